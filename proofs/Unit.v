(** Three-way reconciliation of a field in replace mode, which is one unit: its body replaces it. *)
From Proofs Require Export Field Diff.

Section unit.
Context {K V : Type} `{Countable K, Equiv V, !Equivalence (≡@{V}), !RelDecision (≡@{V})}.
Implicit Types (base mine theirs f : option (object K V)) (reads_absent : bool).

Global Instance object_equiv_dec : RelDecision (≡@{object K V}).
Proof.
  intros a b. refine (cast_if (decide (Diff.difference a b = ∅))).
  - abstract (apply diff_same; unfold diff, patch_of;
      by rewrite e, decide_True, fmap_empty by apply map_Forall_empty).
  - abstract (intros Hab; apply n, map_eq; intros k; by rewrite lookup_difference, lookup_empty, decide_True).
Defined.

(** Null counts as absent, and so does [{}]. *)
Definition present f : option (object K V) := f ≫= λ d, if decide (d = ∅) then None else Some d.

Definition same_unit f f' : bool :=
  match present f, present f' with
  | None, None => true
  | Some d, Some d' => bool_decide (d ≡ d')
  | _, _ => false
  end.

Lemma same_unit_iff f f' : same_unit f f' = true ↔ present f ≡ present f'.
Proof.
  unfold same_unit. destruct (present f) as [d|], (present f') as [d'|]; split; try done; try by inversion 1.
  - intros Heq%bool_decide_eq_true. by constructor.
  - intros Heq. apply bool_decide_eq_true. by inversion Heq.
Qed.

(** The value to send, if any, and whether there is a conflict. The value [None] goes by null. *)
Definition reconcile_unit base mine theirs : option (option (object K V)) * bool :=
  if same_unit theirs mine then (None, false)
  else if same_unit theirs base then (Some (present mine), false)
  else (None, true).

(** A unit that is sent is the whole wanted field, or null if no field is wanted, and never [{}]. *)
Theorem unit_sent_whole base mine theirs sent conflict :
  reconcile_unit base mine theirs = (Some sent, conflict) → sent = present mine ∧ sent ≠ Some ∅ ∧ conflict = false.
Proof.
  unfold reconcile_unit. destruct (same_unit theirs mine), (same_unit theirs base); try done. intros [= <- <-].
  split_and!; [done| |done]. unfold present. destruct mine as [d|]; [|done]. simpl. by case_decide; [|intros [= ->]].
Qed.

(** After the body, the field is equal to the wanted one. A conflict leaves the field identical. *)
Theorem unit_applies reads_absent base mine theirs sent conflict :
  reconcile_unit base mine theirs = (sent, conflict) →
  let after := update_replaced reads_absent (default ∅ <$> sent) theirs in
  if conflict then after = theirs else present after ≡ present mine.
Proof.
  unfold reconcile_unit. destruct (same_unit theirs mine) eqn:Hm.
  { intros [= <- <-]. by apply same_unit_iff. }
  destruct (same_unit theirs base); intros [= <- <-]; [|done]. simpl. unfold present at 3. unfold present at 2 3.
  destruct mine as [d|]; simpl; [case_decide as Hd|]; simpl; destruct reads_absent; simpl;
    repeat case_bool_decide; simplify_eq; simpl; repeat case_decide; simplify_eq; done.
Qed.

(** There is a conflict exactly if the stored field is equal to neither the applied nor the wanted
    one. *)
Theorem unit_conflict base mine theirs :
  (reconcile_unit base mine theirs).2 = true ↔ ¬ present theirs ≡ present base ∧ ¬ present theirs ≡ present mine.
Proof.
  rewrite <- !same_unit_iff. unfold reconcile_unit.
  destruct (same_unit theirs mine), (same_unit theirs base); naive_solver.
Qed.

End unit.
