(** From documents back to patches: what changes, diff and undo. *)
From Proofs Require Export Bodies.

Section diff.
Context {K V : Type} `{Countable K, EqDecision V}.
Implicit Types (a b d : object K V) (p q : patch K V) (k : K).

(** The root keys in which two documents differ, each with what it holds in the second, if anything. *)
Definition difference a b : gmap K (option (json V)) :=
  base.merge (λ old new, if decide (old = new) then None else Some new) a b.

(** [Patch::changes], which does not apply the patch: what it names, less what is so already; and what a clear takes. *)
Definition changes p d : gmap K (option (json V)) :=
  base.merge (λ stored e,
    match e with
    | Some (SetTo v) => if decide (stored = Some (Value v)) then None else Some (Some (Value v))
    | Some Remove => if stored then Some None else None
    | None => if clears p then (if stored then Some None else None) else None
    end) d (entries p).

(** The patch that gives each key what it is to hold; there is none if that takes a root null. *)
Definition patch_of (wanted : gmap K (option (json V))) : option (patch K V) :=
  if decide (map_Forall (λ _ new, new ≠ Some Null) wanted)
  then Some (Patch false ((λ new, match new with Some (Value v) => SetTo v | _ => Remove end) <$> wanted))
  else None.

(** [Patch::diff]. *)
Definition diff a b : option (patch K V) := patch_of (difference a b).

(** [Patch::undo], which does not apply the patch either: each changed key gets back what it held. *)
Definition undo p d : option (patch K V) := patch_of (map_imap (λ k _, Some (d !! k)) (changes p d)).

Lemma lookup_difference a b k : difference a b !! k = if decide (a !! k = b !! k) then None else Some (b !! k).
Proof. unfold difference. rewrite lookup_merge. by destruct (a !! k), (b !! k). Qed.

(** The changes are the root keys in which a document differs before and after. *)
Theorem changes_exact p d : changes p d = difference d (apply p d).
Proof.
  apply map_eq. intros k. rewrite lookup_difference, lookup_apply. unfold changes. rewrite lookup_merge.
  destruct (d !! k) as [stored|], (entries p !! k) as [[]|], (clears p); simpl; by repeat case_decide.
Qed.

(** What a diff says of a key. *)
Lemma lookup_diff a b p k :
  diff a b = Some p →
  entries p !! k =
    if decide (a !! k = b !! k) then None else
    Some (match b !! k with Some (Value v) => SetTo v | _ => Remove end).
Proof.
  unfold diff, patch_of. case_decide as Hnull; [|done]. intros [= <-]. simpl.
  rewrite lookup_fmap, lookup_difference. case_decide as Hk; [done|]. by destruct (b !! k) as [[]|].
Qed.

(** A diff never clears, not even to empty a document. *)
Theorem diff_never_clears a b p : diff a b = Some p → clears p = false.
Proof. unfold diff, patch_of. case_decide; naive_solver. Qed.

(** There is no diff exactly when the second document holds a root null that the first does not. *)
Theorem diff_refused a b : diff a b = None ↔ ∃ k, b !! k = Some Null ∧ a !! k ≠ Some Null.
Proof.
  unfold diff, patch_of. case_decide as Hnull; split; try done.
  - intros (k & Hb & Ha). destruct (Hnull k (b !! k)); [|done]. rewrite lookup_difference. case_decide; congruence.
  - intros _. apply map_not_Forall in Hnull as (k & new & Hk & Hnull); [|apply _].
    apply dec_stable in Hnull as ->. rewrite lookup_difference in Hk.
    case_decide; [done|]. injection Hk as Hk. exists k. split; congruence.
Qed.

(** The diff of two documents turns the first into the second. *)
Theorem round_trip a b p : diff a b = Some p → apply p a = b.
Proof.
  intros Hp. apply map_eq. intros k. rewrite lookup_apply, (diff_never_clears a b p Hp), (lookup_diff a b p k Hp).
  case_decide as Hk; [done|]. destruct (b !! k) as [[]|] eqn:Hb; try done.
  assert (diff a b = None) by (apply diff_refused; eauto). congruence.
Qed.

(** There is no diff exactly when no patch at all turns the first document into the second. *)
Theorem diff_complete a b : diff a b = None ↔ ¬ ∃ p, apply p a = b.
Proof.
  rewrite diff_refused. split.
  - intros (k & Hb & Ha) [p <-]. rewrite lookup_apply in Hb.
    by destruct (entries p !! k) as [[]|], (clears p).
  - intros Hno. apply diff_refused. destruct (diff a b) as [p|] eqn:Hp; [|done].
    destruct Hno. exists p. by apply round_trip.
Qed.

(** The diff of equal documents is nothing at all, and of no others. *)
Theorem diff_same a b : diff a b = Some omit ↔ a = b.
Proof.
  split.
  - intros Hp. rewrite <- (round_trip a b omit Hp). apply map_eq. intros k. by rewrite lookup_apply.
  - intros <-. destruct (diff a a) as [p|] eqn:Hp; [|apply diff_refused in Hp; naive_solver].
    pose proof (diff_never_clears a a p Hp). f_equal. destruct p as [c m]. simpl in *. subst. unfold omit. f_equal.
    apply map_eq. intros k. apply (lookup_diff a a _ k) in Hp. simpl in Hp. rewrite Hp. by rewrite decide_True.
Qed.

(** A diff names exactly the root keys in which the documents differ. *)
Theorem diff_names a b p k : diff a b = Some p → is_Some (entries p !! k) ↔ a !! k ≠ b !! k.
Proof.
  intros Hp. rewrite (lookup_diff a b p k Hp). case_decide; [by rewrite is_Some_alt|].
  split; [done|]. destruct (b !! k) as [[]|]; eauto.
Qed.

(** What a diff says, every patch says that does the same and does not clear: the diff is the smallest of them. *)
Theorem diff_smallest a b p q : diff a b = Some p → apply q a = b → clears q = false → entries p ⊆ entries q.
Proof.
  intros Hp <- Hq. apply map_subseteq_spec. intros k e Hk. rewrite (lookup_diff _ _ _ k Hp), lookup_apply, Hq in Hk.
  case_decide as Hd; [done|]. destruct (entries q !! k) as [[]|]; simpl in *; congruence.
Qed.

(** A diff leaves alone, on whatever document it is applied, a key that did not differ: somebody else's survives. *)
Theorem diff_spares a b p d k : diff a b = Some p → a !! k = b !! k → apply p d !! k = d !! k.
Proof.
  intros Hp Hk. by rewrite lookup_apply, (diff_never_clears a b p Hp), (lookup_diff a b p k Hp), decide_True.
Qed.

(** A diff has one body, or none if there is no difference, and it is not [{}]. *)
Theorem diff_bodies a b p :
  diff a b = Some p → length (bodies p) = (if decide (a = b) then 0 else 1) ∧ ∅ ∉ bodies p.
Proof.
  intros Hp. pose proof (diff_never_clears a b p Hp) as Hc. rewrite no_wipe, Hc. split; [|done].
  unfold bodies, normal. rewrite Hc, Hc. destruct (decide (a = b)) as [Hab|Hab].
  - apply diff_same in Hab. rewrite Hab in Hp. injection Hp as <-. done.
  - rewrite decide_False; [done|]. rewrite fmap_empty_iff. intros Hm. destruct Hab. apply diff_same. rewrite Hp.
    f_equal. destruct p. simpl in *. by subst.
Qed.

(** The undo of a patch is the diff back. *)
Theorem undo_is_diff p d : undo p d = diff (apply p d) d.
Proof.
  unfold undo, diff. f_equal. apply map_eq. intros k.
  rewrite map_lookup_imap, changes_exact, !lookup_difference. repeat case_decide; simpl; congruence.
Qed.

(** It brings the document back. *)
Theorem undo_brings_back p d u : undo p d = Some u → apply u (apply p d) = d.
Proof. rewrite undo_is_diff. apply round_trip. Qed.

(** There is no undo exactly when the patch takes away a root null: it clears, or it names the key. *)
Theorem undo_refused p d :
  undo p d = None ↔ ∃ k, d !! k = Some Null ∧ (clears p = true ∨ is_Some (entries p !! k)).
Proof.
  rewrite undo_is_diff, diff_refused. split; intros (k & Hk & Hp); exists k; split; try done.
  - rewrite lookup_apply, Hk in Hp. destruct (entries p !! k), (clears p); naive_solver.
  - rewrite lookup_apply. destruct Hp as [->|[[] ->]]; [|done..]. by destruct (entries p !! k) as [[]|].
Qed.

End diff.
