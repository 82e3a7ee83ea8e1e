(** Patches as values: what they do, how they compose, when they are equal, and how they travel. *)
From Proofs Require Export Rules.

(** What a patch says of a root key that it names. There is no null to set: it would be a removal. *)
Inductive entry V := SetTo (v : V) | Remove.
Global Arguments SetTo {V} v.
Global Arguments Remove {V}.
Global Instance entry_eq_dec {V} : EqDecision V → EqDecision (entry V).
Proof. solve_decision. Defined.

(** [Patch] of src/patch.rs. *)
Record patch K V `{Countable K} := Patch { clears : bool; entries : gmap K (entry V) }.
Global Arguments Patch {K V _ _} clears entries.
Global Arguments clears {K V _ _} p.
Global Arguments entries {K V _ _} p.

Section algebra.
Context {K V : Type} `{Countable K, EqDecision V}.
Implicit Types (d b : object K V) (p q r : patch K V) (k : K).

(** What a key holds under an entry, or under none. *)
Definition step (stored : option (json V)) (e : option (entry V)) : option (json V) :=
  match e with None => stored | Some (SetTo v) => Some (Value v) | Some Remove => None end.

Definition apply p d : object K V := base.merge step (if clears p then ∅ else d) (entries p).

Definition omit : patch K V := Patch false ∅.

(** The patch that does what [p] and then [q] do: [Patch::then]. *)
Definition compose p q : patch K V :=
  if clears q then q else Patch (clears p) (entries q ∪ entries p).
Infix ">>" := compose (at level 50, left associativity).

Lemma lookup_apply p d k : apply p d !! k = step (if clears p then None else d !! k) (entries p !! k).
Proof.
  unfold apply. rewrite lookup_merge. destruct (clears p); rewrite ?lookup_empty.
  - by destruct (entries p !! k) as [[]|].
  - by destruct (entries p !! k) as [[]|], (d !! k).
Qed.

(** [Patch::sets]. *)
Definition sets p : object K V := omap (λ e, step None (Some e)) (entries p).

Lemma lookup_sets p k : sets p !! k = step None (entries p !! k).
Proof. unfold sets. rewrite lookup_omap. by destruct (entries p !! k). Qed.

Lemma apply_omit d : apply omit d = d.
Proof. apply map_eq. intros k. by rewrite lookup_apply. Qed.

(** The composition of patches does what they do one after the other. *)
Theorem action p q d : apply (p >> q) d = apply q (apply p d).
Proof.
  apply map_eq. intros k. rewrite !lookup_apply. unfold compose. destruct (clears q) eqn:Hq; simpl; [by rewrite Hq|].
  rewrite lookup_union. by destruct (entries q !! k) as [[]|], (entries p !! k) as [[]|].
Qed.

(** It does not matter which two of three patches are composed first. *)
Theorem associative p q r : p >> q >> r = p >> (q >> r).
Proof.
  unfold compose. destruct (clears r) eqn:Hr, (clears q) eqn:Hq; simpl; rewrite ?Hr, ?Hq; try done.
  f_equal. apply (assoc_L _).
Qed.

(** Nothing, and then [p], is [p]. *)
Theorem identity_left p : omit >> p = p.
Proof. unfold compose. destruct p as [[] m]; simpl; [done|]. f_equal. apply (right_id_L _ _). Qed.

(** [p], and then nothing, is [p]. *)
Theorem identity_right p : p >> omit = p.
Proof. unfold compose. destruct p as [c m]; simpl. f_equal. apply (left_id_L _ _). Qed.

(** Whatever stands before a clear is lost. *)
Theorem absorbing p q : clears q = true → p >> q = q.
Proof. unfold compose. by intros ->. Qed.

(** [p], then [q], then [p] again, is [q], then [p]. *)
Theorem band p q : p >> q >> p = q >> p.
Proof.
  unfold compose. destruct (clears p) eqn:Hp; [done|]. destruct (clears q) eqn:Hq; simpl; [by rewrite Hq|].
  f_equal. apply map_eq. intros k. rewrite !lookup_union. by destruct (entries p !! k), (entries q !! k).
Qed.

(** A retry is harmless: [p], then [p] again, is [p]. *)
Theorem retry p : p >> p = p.
Proof. rewrite <- (identity_right p) at 1. rewrite band. apply identity_left. Qed.

(** ** When two patches are equal *)

(** A removal after a clear says nothing. *)
Definition canonical p := clears p = true → ∀ k, entries p !! k ≠ Some Remove.

Definition normal p : patch K V :=
  if clears p then Patch true (filter (λ '(_, e), e ≠ Remove) (entries p)) else p.

Lemma clears_normal p : clears (normal p) = clears p.
Proof. unfold normal. by destruct (clears p) eqn:Hp; rewrite ?Hp. Qed.

Definition alike p q := ∀ d, apply p d = apply q d.

(** Every patch has a canonical form that does the same. *)
Theorem normal_form p : canonical (normal p) ∧ alike (normal p) p.
Proof.
  unfold normal, canonical. destruct (clears p) eqn:Hp; [|by rewrite Hp]. split.
  - intros _ k. simpl. rewrite map_filter_lookup_Some. naive_solver.
  - intros d. apply map_eq. intros k. rewrite !lookup_apply. simpl. rewrite Hp, map_filter_lookup.
    by destruct (entries p !! k) as [[]|].
Qed.

(** It is the only one: canonical patches that do the same to every document are the same. (Were there only finitely
    many keys, a patch that sets them all would clear, and not say so.) *)
Theorem normal_form_unique `{!Infinite K} p q : canonical p → canonical q → alike p q → p = q.
Proof.
  assert (∀ p q, clears p = true → clears q = false → ¬ alike p q) as Hclear.
  { intros p' q' Hp Hq Halike. set (k := fresh (dom (entries q'))).
    assert (entries q' !! k = None) as Hk by apply not_elem_of_dom, is_fresh.
    specialize (Halike {[k := Null]}). apply (f_equal (.!! k)) in Halike.
    rewrite !lookup_apply, Hp, Hq, Hk, lookup_singleton in Halike. by destruct (entries p' !! k) as [[]|]. }
  intros Cp Cq Halike. destruct p as [c m], q as [c' m'].
  assert (c = c') as <-.
  { destruct c, c'; try done; exfalso.
    - by apply Hclear in Halike.
    - by apply Hclear with (1 := eq_refl) (2 := eq_refl) (3 := λ d, eq_sym (Halike d)). }
  f_equal. apply map_eq. intros k. specialize (Halike {[k := Null]}). apply (f_equal (.!! k)) in Halike.
  rewrite !lookup_apply in Halike. simpl in Halike. rewrite lookup_singleton in Halike.
  specialize (Cp : c = true → ∀ k, m !! k ≠ Some Remove). specialize (Cq : c = true → ∀ k, m' !! k ≠ Some Remove).
  destruct c; destruct (m !! k) as [[]|] eqn:?, (m' !! k) as [[]|] eqn:?; naive_solver.
Qed.
(** Patches are equal, up to what says nothing, exactly when they do the same to every document: [==] of patches. *)
Theorem equal_exactly_when_alike `{!Infinite K} p q : normal p = normal q ↔ alike p q.
Proof.
  destruct (normal_form p) as [Cp Ap], (normal_form q) as [Cq Aq]. split.
  - intros E d. by rewrite <- Ap, E, Aq.
  - intros A. apply normal_form_unique; [done..|]. intros d. by rewrite Ap, A, Aq.
Qed.

(** Equal patches compose to equal ones, so that to drop what says nothing before a composition or after it is the same. *)
Theorem compose_respects_equality `{!Infinite K} p p' q q' :
  normal p = normal p' → normal q = normal q' → normal (p >> q) = normal (p' >> q').
Proof. rewrite !equal_exactly_when_alike. intros Hp Hq d. by rewrite !action, Hp, Hq. Qed.

(** Omit does nothing to any document, and no other patch does nothing to all of them: [Patch::is_omit]. *)
Theorem omit_exact `{!Infinite K} p : p = omit ↔ ∀ d, apply p d = d.
Proof.
  split; [intros ->; apply apply_omit|]. intros Hp. assert (normal p = normal omit) as Hn.
  { apply equal_exactly_when_alike. intros d. by rewrite Hp, apply_omit. }
  unfold normal in Hn. by destruct (clears p) eqn:?.
Qed.

End algebra.

Infix ">>" := compose (at level 50, left associativity).
