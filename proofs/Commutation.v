(** Which patches may be applied in either order. *)
From Proofs Require Export Algebra.

Section commutation.
Context {K V : Type} `{Countable K, Equiv V, !Equivalence (≡@{V}), !RelDecision (≡@{V})}.
Implicit Types (d : object K V) (p q : patch K V) (k : K).

(** [p], which clears, gives the same before [q], which does not clear, as after it: [p] sets every
    key that [q] sets, to an equal value, and sets no key that [q] removes. *)
Definition absorbs p q :=
  (∀ k v, entries q !! k = Some (SetTo v) → entries p !! k ≡ Some (SetTo v)) ∧
  (∀ k v, entries q !! k = Some Remove → entries p !! k ≠ Some (SetTo v)).

(** [Patch::commutes_with]. *)
Definition commutes p q :=
  match clears p, clears q with
  | false, false => ∀ k e f, entries p !! k = Some e → entries q !! k = Some f → e ≡ f
  | true, true => sets p ≡ sets q
  | true, false => absorbs p q
  | false, true => absorbs q p
  end.

Lemma absorbs_by_key p q :
  absorbs p q ↔ ∀ k, step (step None (entries p !! k)) (entries q !! k) ≡ step None (entries p !! k).
Proof.
  split.
  - intros [Hset Hremove] k. specialize (Hset k). specialize (Hremove k).
    destruct (entries q !! k) as [[w|]|].
    + specialize (Hset w eq_refl). apply Some_equiv_eq in Hset as (e & -> & He).
      inversion He as [v w' Hvw|]; subst. by do 2 constructor.
    + destruct (entries p !! k) as [[v|]|]; [|done..]. by destruct (Hremove v eq_refl).
    + done.
  - intros Hk. split; intros k v Hq; specialize (Hk k); rewrite Hq in Hk;
      destruct (entries p !! k) as [[w|]|]; simpl in Hk; compare_values; try done.
    by do 2 constructor.
Qed.

(** Either order gives the same on a given document exactly when the patches commute. *)
Lemma commutes_on p q d : commutes p q ↔ apply q (apply p d) ≡ apply p (apply q d).
Proof.
  assert (apply q (apply p d) ≡ apply p (apply q d) ↔ ∀ k,
    step (if clears q then None else step (if clears p then None else d !! k) (entries p !! k)) (entries q !! k) ≡
    step (if clears p then None else step (if clears q then None else d !! k) (entries q !! k)) (entries p !! k)) as ->.
  { rewrite map_equiv_iff. apply forall_proper. intros k. by rewrite !lookup_apply. }
  unfold commutes. destruct (clears p), (clears q).
  - rewrite map_equiv_iff. apply forall_proper. intros k. rewrite !lookup_sets. by split; intros Hk; symmetry.
  - apply absorbs_by_key.
  - rewrite absorbs_by_key. by split; intros Hk k; symmetry.
  - split.
    + intros Hk k. specialize (Hk k).
      destruct (entries p !! k) as [e|], (entries q !! k) as [f|]; try done.
      specialize (Hk e f eq_refl eq_refl). destruct Hk; [by do 2 constructor|done].
    + intros Hk k e f Hp Hq. specialize (Hk k). rewrite Hp, Hq in Hk.
      destruct e, f; simpl in Hk; compare_values; try done. by constructor.
Qed.

(** Two patches commute exactly when either order gives the same on every document. *)
Theorem commutation p q : commutes p q ↔ ∀ d, apply q (apply p d) ≡ apply p (apply q d).
Proof. split; [intros ? d|intros Hd; specialize (Hd ∅)]; by eapply commutes_on. Qed.

(** If either order gives the same on one document, it does on every document. *)
Theorem one_document_tells p q :
  (∃ d, apply q (apply p d) ≡ apply p (apply q d)) → ∀ d, apply q (apply p d) ≡ apply p (apply q d).
Proof. intros [d Hd] d'. apply commutes_on. by apply commutes_on in Hd. Qed.

End commutation.
