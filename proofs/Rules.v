(** Documents, patches as JSON, their merge, and the rules that hold for it. *)
From stdpp Require Export gmap.

(** A JSON value: null or another value. The proofs know nothing of the other values but an
    equivalence, so no function here can look below the root: rules [shallow] and [verbatim]. *)
Inductive json V := Null | Value (v : V).
Global Arguments Null {V}.
Global Arguments Value {V} v.

Global Instance null_dec {V} (j : json V) : Decision (j = Null).
Proof. destruct j; [by left|by right]. Defined.

(** What a document holds under a key. *)
Notation held V := (option (json V)).

(** Equality of values is a parameter: any decidable equivalence, written [≡]. For JSON it is
    equality by number, so [1 ≡ 1.0], although the two are not identical. Identity, written [=], is
    one such equivalence. Objects are equal if they hold equal values under each key. *)
Section equality.
Context {V : Type} `{Equiv V, !Equivalence (≡@{V}), !RelDecision (≡@{V})}.

Inductive json_equiv : Equiv (json V) :=
  | Null_equiv : Null ≡ Null
  | Value_equiv v w : v ≡ w → Value v ≡ Value w.
Global Existing Instance json_equiv.

Global Instance json_equivalence : Equivalence (≡@{json V}).
Proof.
  split.
  - intros []; by constructor.
  - by destruct 1; constructor.
  - intros ??? Hxy Hyz. destruct Hxy as [|v w Hvw]; inversion Hyz as [|w' x Hwx]; subst; constructor. by trans w.
Qed.
Global Instance json_equiv_dec : RelDecision (≡@{json V}).
Proof.
  refine (λ x y,
    match x, y with
    | Null, Null => left _
    | Value v, Value w => cast_if (decide (v ≡ w))
    | _, _ => right _
    end); first [by constructor|by inversion 1].
Defined.
Global Instance stored_equiv_dec : RelDecision (≡@{option (json V)}).
Proof.
  refine (λ x y,
    match x, y with
    | None, None => left _
    | Some a, Some b => cast_if (decide (a ≡ b))
    | _, _ => right _
    end); first [by constructor|by inversion 1].
Defined.
Global Instance json_leibniz : LeibnizEquiv V → LeibnizEquiv (json V).
Proof. intros ???. destruct 1; [done|]. f_equal. by apply leibniz_equiv. Qed.

Lemma Null_equiv_eq (j : json V) : j ≡ Null ↔ j = Null.
Proof. split; [by inversion 1|by intros ->]. Qed.
Lemma Value_equiv_iff (v w : V) : Value v ≡ Value w ↔ v ≡ w.
Proof. split; [by inversion 1|by constructor]. Qed.
End equality.

Lemma Some_equiv_iff `{Equiv A} (x y : A) : Some x ≡ Some y ↔ x ≡ y.
Proof. split; [by inversion 1|by constructor]. Qed.

Global Instance root_null_dec {V} (stored : option (json V)) : Decision (stored = Some Null).
Proof. destruct stored as [[]|]; first [by left|by right]. Defined.
Lemma root_null_equiv `{Equiv V, !Equivalence (≡@{V})} (stored : option (json V)) :
  stored ≡ Some Null ↔ stored = Some Null.
Proof. split; [|by intros ->]. inversion 1 as [?? Heq|]; subst. by inversion Heq. Qed.

(** Splits a case of compared values; closes it if one side has a value and the other has none. *)
Ltac compare_values :=
  repeat match goal with
    | Heq : Some _ ≡ Some _ |- _ => rewrite Some_equiv_iff in Heq
    | Heq : Some _ ≡ None |- _ => by inversion Heq
    | Heq : None ≡ Some _ |- _ => by inversion Heq
    | Heq : None ≡ None |- _ => clear Heq
    | Heq : Value _ ≡ Value _ |- _ => rewrite Value_equiv_iff in Heq
    | Heq : Value _ ≡ Null |- _ => by inversion Heq
    | Heq : Null ≡ Value _ |- _ => by inversion Heq
    | Heq : Null ≡ Null |- _ => clear Heq
    end.

(** A document or a body: finitely many root keys, each with a value. Members have no order. Keys
    are compared by identity: rule [exact-keys]. *)
Notation object K V := (gmap K (json V)).

Section rules.
Context {K V : Type} `{Countable K, Equiv V, !Equivalence (≡@{V}), !RelDecision (≡@{V})}.
Implicit Types (d b : object K V) (k : K).

(** [merge] of src/merge.rs: its early return, what it retains, and what it inserts. *)
Definition merge d b : object K V :=
  if decide (b = ∅) then ∅ else
  filter (λ '(_, new), new ≠ Null) b ∪ filter (λ '(k, _), b !! k ≠ Some Null) d.

(** The result for a key depends only on its stored and its sent value. *)
Lemma lookup_merge_nonempty d b k :
  b ≠ ∅ → merge d b !! k = match b !! k with None => d !! k | Some Null => None | Some new => Some new end.
Proof.
  intros Hb. unfold merge. rewrite decide_False by done.
  rewrite lookup_union, !map_filter_lookup.
  destruct (d !! k); simpl; try case_option_guard as Hk; simpl; try rewrite (right_id_L None _);
    destruct (b !! k) as [[|v]|]; simpl; repeat case_option_guard; naive_solver.
Qed.

(** A root key that the patch does not name keeps its value, also null. *)
Theorem keep d b k : b ≠ ∅ → b !! k = None → merge d b !! k = d !! k.
Proof. intros ? Hk. by rewrite lookup_merge_nonempty, Hk. Qed.

(** A root key that the patch sets to a non-null value takes that value as sent. *)
Theorem set d b k v : b !! k = Some (Value v) → merge d b !! k = Some (Value v).
Proof.
  intros Hk. rewrite lookup_merge_nonempty, Hk; [done|]. intros ->. by rewrite lookup_empty in Hk.
Qed.

(** A root key that the patch sets to null is absent from the result, stored or not. *)
Theorem delete d b k : b !! k = Some Null → merge d b !! k = None.
Proof.
  intros Hk. rewrite lookup_merge_nonempty, Hk; [done|]. intros ->. by rewrite lookup_empty in Hk.
Qed.

(** The empty object removes every key. *)
Theorem clear d : merge d ∅ = ∅.
Proof. done. Qed.

(** A root null of the result was stored before, and the patch does not name its key. So no merge
    stores one, nor does a create, which merges into the empty document. *)
Theorem stored_null d b k : merge d b !! k = Some Null → d !! k = Some Null ∧ b !! k = None.
Proof.
  destruct (decide (b = ∅)) as [->|]; [done|].
  rewrite lookup_merge_nonempty by done. by destruct (b !! k) as [[]|].
Qed.

(** The rules [keep], [set], [delete] and [clear] determine the merge. *)
Theorem the_rules_are_the_definition (f : object K V → object K V → object K V) :
  (∀ d b k, b ≠ ∅ → b !! k = None → f d b !! k = d !! k) →
  (∀ d b k v, b !! k = Some (Value v) → f d b !! k = Some (Value v)) →
  (∀ d b k, b !! k = Some Null → f d b !! k = None) →
  (∀ d, f d ∅ = ∅) →
  ∀ d b, f d b = merge d b.
Proof.
  intros Hkeep Hset Hdelete Hclear d b. destruct (decide (b = ∅)) as [->|Hb]; [by rewrite Hclear|].
  apply map_eq. intros k. destruct (b !! k) as [[|v]|] eqn:Hk.
  - by rewrite Hdelete, delete.
  - by erewrite Hset, set.
  - by rewrite Hkeep, keep.
Qed.

(** The merge of equal documents and patches is equal. *)
Theorem merge_respects_equality d d' b b' : d ≡ d' → b ≡ b' → merge d b ≡ merge d' b'.
Proof.
  intros Hd Hb k. specialize (Hd k). destruct (decide (b = ∅)) as [->|Hne].
  { symmetry in Hb. by apply map_empty_equiv_eq in Hb as ->. }
  assert (b' ≠ ∅) by (intros ->; by apply map_empty_equiv_eq in Hb).
  specialize (Hb k). rewrite !lookup_merge_nonempty by done.
  destruct Hb as [x y Hxy|]; [|done]. destruct Hxy; [done|]. by do 2 constructor.
Qed.

End rules.
