(** Which patches may be applied in either order. *)
From Proofs Require Export Algebra.

Section commutation.
Context {K V : Type} `{Countable K, EqDecision V}.
Implicit Types (d : object K V) (p q : patch K V) (k : K).

(** That [p], which clears, gives the same before [q], which does not, as after it: all that [q] sets is among what [p]
    sets, and nothing that [q] removes is. *)
Definition absorbs p q :=
  (∀ k v, entries q !! k = Some (SetTo v) → entries p !! k = Some (SetTo v)) ∧
  (∀ k v, entries q !! k = Some Remove → entries p !! k ≠ Some (SetTo v)).

(** [Patch::commutes_with]. *)
Definition commutes p q :=
  match clears p, clears q with
  | false, false => ∀ k e f, entries p !! k = Some e → entries q !! k = Some f → e = f
  | true, true => sets p = sets q
  | true, false => absorbs p q
  | false, true => absorbs q p
  end.

Lemma absorbs_by_key p q :
  absorbs p q ↔ ∀ k, step (step None (entries p !! k)) (entries q !! k) = step None (entries p !! k).
Proof.
  split.
  - intros [Hset Hremove] k. specialize (Hset k). specialize (Hremove k).
    destruct (entries p !! k) as [[]|], (entries q !! k) as [[]|]; naive_solver.
  - intros Hk. split; intros k v Hq; specialize (Hk k); rewrite Hq in Hk;
      destruct (entries p !! k) as [[]|]; naive_solver.
Qed.

(** Whatever the document, either order gives the same on it exactly when the patches commute. *)
Lemma commutes_on p q d : commutes p q ↔ apply q (apply p d) = apply p (apply q d).
Proof.
  rewrite map_eq_iff. setoid_rewrite lookup_apply. setoid_rewrite lookup_apply. unfold commutes.
  destruct (clears p), (clears q).
  - rewrite map_eq_iff. setoid_rewrite lookup_sets. naive_solver.
  - apply absorbs_by_key.
  - rewrite absorbs_by_key. naive_solver.
  - split.
    + intros Hk k. specialize (Hk k). destruct (entries p !! k) as [e|], (entries q !! k) as [f|]; try done.
      by rewrite (Hk e f).
    + intros Hk k e f Hp Hq. specialize (Hk k). rewrite Hp, Hq in Hk. destruct e, f; simpl in Hk; congruence.
Qed.

(** Two patches commute exactly when either order gives the same on every document. *)
Theorem commutation p q : commutes p q ↔ ∀ d, apply q (apply p d) = apply p (apply q d).
Proof. split; [intros ? d|intros Hd; specialize (Hd ∅)]; by eapply commutes_on. Qed.

(** If it does on one document, it does on all. *)
Theorem one_document_tells p q :
  (∃ d, apply q (apply p d) = apply p (apply q d)) → ∀ d, apply q (apply p d) = apply p (apply q d).
Proof. intros [d Hd] d'. apply commutes_on. by apply commutes_on in Hd. Qed.

End commutation.
