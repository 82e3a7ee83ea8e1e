(** Documents, bodies, the merge of the two, and what its rules say. *)
From stdpp Require Export gmap.

(** A JSON value: null, or another one, of which nothing is known but which are equal. So nothing here can look below
    the root: rules [shallow] and [verbatim]. *)
Inductive json V := Null | Value (v : V).
Global Arguments Null {V}.
Global Arguments Value {V} v.
Global Instance json_eq_dec {V} : EqDecision V → EqDecision (json V).
Proof. solve_decision. Defined.

(** A document or a body: finitely many root keys, each with a value. Which object it is says what its keys hold, and
    nothing else: not their order. Keys are compared by equality alone: rule [exact-keys]. *)
Notation object K V := (gmap K (json V)).

Section rules.
Context {K V : Type} `{Countable K, EqDecision V}.
Implicit Types (d b : object K V) (k : K).

(** [merge] of src/merge.rs: its early return, its loop over the target, its loop over the patch. *)
Definition merge d b : object K V :=
  if decide (b = ∅) then ∅ else
  map_imap (λ k stored,
    match b !! k with
    | None => Some stored
    | Some Null => None
    | Some new => Some new
    end) d
  ∪ filter (λ '(k, new), d !! k = None ∧ new ≠ Null) b.

(** What a key holds afterwards depends on what it held and what was sent for it alone. *)
Lemma lookup_merge_nonempty d b k :
  b ≠ ∅ → merge d b !! k = match b !! k with None => d !! k | Some Null => None | Some new => Some new end.
Proof.
  intros Hb. unfold merge. rewrite decide_False by done.
  rewrite lookup_union, map_lookup_imap, map_filter_lookup.
  destruct (b !! k) as [[|v]|]; simpl; try case_option_guard; destruct (d !! k) eqn:?; naive_solver.
Qed.

(** A root key that the patch does not name keeps its value, be it null. *)
Theorem keep d b k : b ≠ ∅ → b !! k = None → merge d b !! k = d !! k.
Proof. intros ? Hk. by rewrite lookup_merge_nonempty, Hk. Qed.

(** A root key that the patch names with a value that is not null takes that value, as it was sent. *)
Theorem set d b k v : b !! k = Some (Value v) → merge d b !! k = Some (Value v).
Proof.
  intros Hk. rewrite lookup_merge_nonempty, Hk; [done|]. intros ->. by rewrite lookup_empty in Hk.
Qed.

(** A root key that the patch names with null is removed, or is not there anyway. *)
Theorem delete d b k : b !! k = Some Null → merge d b !! k = None.
Proof.
  intros Hk. rewrite lookup_merge_nonempty, Hk; [done|]. intros ->. by rewrite lookup_empty in Hk.
Qed.

(** The empty object removes every key. *)
Theorem clear d : merge d ∅ = ∅.
Proof. done. Qed.

(** A root null of the result was stored before, and the patch does not name its key; so nothing stores one (nor a
    create, which merges into the empty document). *)
Theorem stored_null d b k : merge d b !! k = Some Null → d !! k = Some Null ∧ b !! k = None.
Proof.
  destruct (decide (b = ∅)) as [->|]; [done|].
  rewrite lookup_merge_nonempty by done. by destruct (b !! k) as [[]|].
Qed.

(** There is nothing else to know: what keeps, sets, deletes and clears as above is the merge. *)
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

End rules.
