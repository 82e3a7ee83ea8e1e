(** Patches as values: how they apply, how they compose, and when they are equal. *)
From Proofs Require Export Rules.

(** What a patch does to a root key that it names. No entry sets null: that is a removal. *)
Inductive entry V := SetTo (v : V) | Remove.
Global Arguments SetTo {V} v.
Global Arguments Remove {V}.
Global Instance remove_dec {V} (e : entry V) : Decision (e = Remove).
Proof. destruct e; [by right|by left]. Defined.

(** [Patch] of the crate. The crate keeps it canonical; here any pair is a patch. *)
Record patch K V `{Countable K} := Patch { clears : bool; entries : gmap K (entry V) }.
Global Arguments Patch {K V _ _} clears entries.
Global Arguments clears {K V _ _} p.
Global Arguments entries {K V _ _} p.

(** Entries and patches are equal if what they set is equal. *)
Section equality.
Context {K V : Type} `{Countable K, Equiv V, !Equivalence (≡@{V}), !RelDecision (≡@{V})}.

Inductive entry_equiv : Equiv (entry V) :=
  | SetTo_equiv v w : v ≡ w → SetTo v ≡ SetTo w
  | Remove_equiv : Remove ≡ Remove.
Global Existing Instance entry_equiv.
Global Instance entry_equivalence : Equivalence (≡@{entry V}).
Proof.
  split.
  - intros []; by constructor.
  - by destruct 1; constructor.
  - intros ??? Hxy Hyz. destruct Hxy as [v w Hvw|]; inversion Hyz as [w' x Hwx|]; subst; constructor. by trans w.
Qed.
Global Instance entry_leibniz : LeibnizEquiv V → LeibnizEquiv (entry V).
Proof. intros ???. destruct 1; [|done]. f_equal. by apply leibniz_equiv. Qed.
Lemma SetTo_equiv_iff (v w : V) : SetTo v ≡ SetTo w ↔ v ≡ w.
Proof. split; [by inversion 1|by constructor]. Qed.
Lemma Remove_equiv_eq (e : entry V) : e ≡ Remove ↔ e = Remove.
Proof. split; [by inversion 1|by intros ->]. Qed.

Global Instance patch_equiv : Equiv (patch K V) := λ p q, clears p = clears q ∧ entries p ≡ entries q.
Global Instance patch_equivalence : Equivalence (≡@{patch K V}).
Proof.
  split.
  - by intros p.
  - intros p q [Hc He]. by split.
  - intros p q r [Hc He] [Hc' He']. split; [congruence|by trans (entries q)].
Qed.
Global Instance patch_leibniz : LeibnizEquiv V → LeibnizEquiv (patch K V).
Proof. intros ? [] [] [Hc He]. simpl in *. f_equal; [done|]. by apply leibniz_equiv. Qed.
End equality.

Section algebra.
Context {K V : Type} `{Countable K, Equiv V, !Equivalence (≡@{V}), !RelDecision (≡@{V})}.
Implicit Types (d b : object K V) (p q r : patch K V) (k : K).

(** What a key holds after an entry, or after none. *)
Definition step (stored : option (json V)) (e : option (entry V)) : option (json V) :=
  match e with None => stored | Some (SetTo v) => Some (Value v) | Some Remove => None end.

Global Instance step_proper : Proper ((≡) ==> (≡) ==> (≡)) step.
Proof.
  intros x y Hxy e f Hef. destruct Hef as [a b Hab|]; [|done]. destruct Hab; [|done]. by do 2 constructor.
Qed.

Definition apply p d : object K V := base.merge step (if clears p then ∅ else d) (entries p).

Definition omit : patch K V := Patch false ∅.

(** [Patch::then]: applying the composition is applying [p] and then [q]. *)
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

(** The composition of two patches does what they do one after the other. *)
Theorem action p q d : apply (p >> q) d = apply q (apply p d).
Proof.
  apply map_eq. intros k. rewrite !lookup_apply. unfold compose. destruct (clears q) eqn:Hq; simpl; [by rewrite Hq|].
  rewrite lookup_union. by destruct (entries q !! k) as [[]|], (entries p !! k) as [[]|].
Qed.

(** Composition is associative. *)
Theorem associativity p q r : p >> q >> r = p >> (q >> r).
Proof.
  unfold compose. destruct (clears r) eqn:Hr, (clears q) eqn:Hq; simpl; rewrite ?Hr, ?Hq; try done.
  f_equal. apply (assoc_L _).
Qed.

(** Omit, then [p], is [p]. *)
Theorem identity_left p : omit >> p = p.
Proof. unfold compose. destruct p as [[] m]; simpl; [done|]. f_equal. apply (right_id_L _ _). Qed.

(** [p], then omit, is [p]. *)
Theorem identity_right p : p >> omit = p.
Proof. unfold compose. destruct p as [c m]; simpl. f_equal. apply (left_id_L _ _). Qed.

(** A patch that clears absorbs the patch before it. *)
Theorem absorption p q : clears q = true → p >> q = q.
Proof. unfold compose. by intros ->. Qed.

(** [p], then [q], then [p] again, is [q], then [p]: a right regular band. *)
Theorem right_regular p q : p >> q >> p = q >> p.
Proof.
  unfold compose. destruct (clears p) eqn:Hp; [done|]. destruct (clears q) eqn:Hq; simpl; [by rewrite Hq|].
  f_equal. apply map_eq. intros k. rewrite !lookup_union. by destruct (entries p !! k), (entries q !! k).
Qed.

(** [p], then [p] again, is [p], so a retry is harmless. *)
Theorem idempotence p : p >> p = p.
Proof. rewrite <- (identity_right p) at 1. rewrite right_regular. apply identity_left. Qed.

(** ** When two patches are equal *)

(** The canonical form has no removals after a clear. *)
Definition canonical p := clears p = true → ∀ k, entries p !! k ≠ Some Remove.

Definition normal p : patch K V :=
  if clears p then Patch true (filter (λ '(_, e), e ≠ Remove) (entries p)) else p.

Lemma clears_normal p : clears (normal p) = clears p.
Proof. unfold normal. by destruct (clears p) eqn:Hp; rewrite ?Hp. Qed.

(** Patches are alike if they turn every document into equal documents. *)
Definition alike p q := ∀ d, apply p d ≡ apply q d.

(** Every patch has a canonical form with identical results. *)
Theorem normal_form p : canonical (normal p) ∧ ∀ d, apply (normal p) d = apply p d.
Proof.
  unfold normal, canonical. destruct (clears p) eqn:Hp; [|by rewrite Hp]. split.
  - intros _ k. simpl. rewrite map_filter_lookup_Some. naive_solver.
  - intros d. apply map_eq. intros k. rewrite !lookup_apply. simpl. rewrite Hp, map_filter_lookup.
    by destruct (entries p !! k) as [[]|].
Qed.

(** Equal patches turn equal documents into equal documents. *)
Theorem apply_respects_equality p q d d' : p ≡ q → d ≡ d' → apply p d ≡ apply q d'.
Proof.
  intros [Hc He] Hd k. rewrite !lookup_apply, Hc. specialize (Hd k). specialize (He k).
  destruct (clears q); by f_equiv.
Qed.

(** The canonical form is the only one: canonical patches that are alike are equal. (With finitely
    many keys, a patch that sets all of them would clear without saying so.) *)
Theorem normal_form_unique `{!Infinite K} p q : canonical p → canonical q → alike p q → p ≡ q.
Proof.
  assert (∀ p q, clears p = true → clears q = false → ¬ alike p q) as Hclear.
  { intros p' q' Hp Hq Halike. set (k := fresh (dom (entries q'))).
    assert (entries q' !! k = None) as Hk by apply not_elem_of_dom, is_fresh.
    specialize (Halike {[k := Null]} k). rewrite !lookup_apply, Hp, Hq, Hk, lookup_singleton in Halike.
    simpl in Halike. destruct (entries p' !! k) as [[]|]; inversion Halike as [?? Hn|]; by inversion Hn. }
  intros Cp Cq Halike. assert (clears p = clears q) as Hc.
  { destruct (clears p) eqn:Hp, (clears q) eqn:Hq; try done; exfalso.
    - by apply (Hclear p q).
    - apply (Hclear q p); [done..|]. intros d. by symmetry. }
  split; [done|]. intros k. specialize (Halike {[k := Null]} k).
  rewrite !lookup_apply, <- Hc, lookup_singleton in Halike.
  unfold canonical in *. rewrite <- Hc in Cq.
  destruct (clears p); [specialize (Cp eq_refl k); specialize (Cq eq_refl k)|clear Cp Cq];
    destruct (entries p !! k) as [[]|], (entries q !! k) as [[]|]; simpl in *; try done;
    compare_values; first [done|by do 2 constructor].
Qed.

(** Patches are equal in canonical form exactly when they are alike: [==] of patches. *)
Theorem equal_exactly_when_alike `{!Infinite K} p q : normal p ≡ normal q ↔ alike p q.
Proof.
  destruct (normal_form p) as [Cp Ap], (normal_form q) as [Cq Aq]. split.
  - intros E d. rewrite <- Ap, <- Aq. by apply apply_respects_equality.
  - intros A. apply normal_form_unique; [done..|]. intros d. by rewrite Ap, Aq.
Qed.

(** Equal patches compose to equal patches, whether they are made canonical before or after. *)
Theorem compose_respects_equality `{!Infinite K} p p' q q' :
  normal p ≡ normal p' → normal q ≡ normal q' → normal (p >> q) ≡ normal (p' >> q').
Proof.
  intros Hp Hq. rewrite equal_exactly_when_alike in *. intros d. rewrite !action.
  rewrite (Hq (apply p d)). by apply apply_respects_equality.
Qed.

(** Omit changes no document, and it is the only such patch: [Patch::is_omit]. *)
Theorem omit_exact `{!Infinite K} p : p = omit ↔ ∀ d, apply p d ≡ d.
Proof.
  split; [intros -> d; by rewrite apply_omit|]. intros Hp. assert (normal p ≡ normal omit) as [Hc He].
  { apply equal_exactly_when_alike. intros d. by rewrite Hp, apply_omit. }
  rewrite !clears_normal in Hc. simpl in Hc. unfold normal in He. rewrite Hc in He. simpl in He.
  apply map_empty_equiv_eq in He. destruct p. simpl in *. by subst.
Qed.

End algebra.

Infix ">>" := compose (at level 50, left associativity).
