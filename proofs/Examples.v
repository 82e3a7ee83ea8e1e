(** The definitions at work, so that a reader can see that they mean what they should. *)
From stdpp Require Import strings.
From Coq Require Import QArith.
From Proofs Require Import Attributes Commutation Diff Field Reconcile.

(** Strings are equal if they are identical. *)
Local Instance string_equiv : Equiv string := (=).
Local Instance string_equivalence : Equivalence (≡@{string}) := eq_equivalence.
Local Instance string_equiv_dec : RelDecision (≡@{string}) := String.string_dec.
Local Instance string_leibniz : LeibnizEquiv string.
Proof. by intros x y. Qed.

(** Identity is decidable in the examples, so that Coq can check them by computing. *)
Local Instance json_eq_dec {V} : EqDecision V → EqDecision (json V).
Proof. solve_decision. Defined.
Local Instance entry_eq_dec {V} : EqDecision V → EqDecision (entry V).
Proof. solve_decision. Defined.
Local Instance patch_eq_dec {V} : EqDecision V → EqDecision (patch string V).
Proof.
  intros ? [c m] [c' m']. refine (cast_if_and (decide (c = c')) (decide (m = m'))); congruence.
Defined.
Local Instance node_eq_dec {V} : EqDecision V → EqDecision (node string V).
Proof.
  intros ? x y.
  refine (
    match x, y with
    | NullNode, NullNode => left _
    | Object d, Object d' => cast_if (decide (d = d'))
    | Other v, Other v' => cast_if (decide (v = v'))
    | _, _ => right _
    end); congruence.
Defined.
Local Instance number_eq_dec : EqDecision Q.
Proof. solve_decision. Defined.

Notation "k ↦ v" := (k, Value v) (at level 60).
Notation "k ↦null" := (k, Null) (at level 60).
Definition obj {V} : list (string * json V) → object string V := list_to_map.

Definition client := obj ["mycolor" ↦ "red"; "myflavor" ↦ "grape"].

Example a_key_is_replaced_and_the_other_kept :
  merge client (obj ["mycolor" ↦ "blue"]) = obj ["mycolor" ↦ "blue"; "myflavor" ↦ "grape"].
Proof. compute_done. Qed.

Example null_deletes : merge client (obj ["mycolor" ↦null; "mysize" ↦null]) = obj ["myflavor" ↦ "grape"].
Proof. compute_done. Qed.

Example the_empty_object_clears : merge client (obj []) = obj [].
Proof. compute_done. Qed.

Example nulls_that_remove_the_last_key_leave_the_empty_object :
  update true (parse (obj ["mycolor" ↦null])) (Some (obj ["mycolor" ↦ "red"])) = Some (obj []).
Proof. compute_done. Qed.

Example the_diff_to_the_empty_object_removes_by_name :
  bodies <$> diff client (obj []) = Some [obj ["mycolor" ↦null; "myflavor" ↦null]].
Proof. compute_done. Qed.

Example a_clear_and_a_set_take_two_bodies :
  bodies (composition [obj []; obj ["mycolor" ↦ "blue"; "mysize" ↦null]]) = [obj []; obj ["mycolor" ↦ "blue"]].
Proof. compute_done. Qed.

Example an_undo_brings_the_document_back :
  bodies <$> undo (parse (obj ["mycolor" ↦null; "mysize" ↦ "L"])) client
  = Some [obj ["mycolor" ↦ "red"; "mysize" ↦null]].
Proof. compute_done. Qed.

Example a_change_by_others_is_a_conflict :
  (λ '(p, conflicts), (bodies p, bodies conflicts)) <$> reconcile
    (obj ["plan" ↦ "free"; "beta" ↦ "yes"; "seats" ↦ "5"]) (obj ["plan" ↦ "full"; "seats" ↦ "9"])
    (obj ["plan" ↦ "free"; "beta" ↦ "yes"; "seats" ↦ "7"; "hobby" ↦ "surfing"])
  = Some ([obj ["plan" ↦ "full"; "beta" ↦null]], [obj ["seats" ↦ "9"]]).
Proof. compute_done. Qed.

(** Strings are keys of the kind that the theorems need. With identity as the equivalence, equal
    patches and documents are identical. *)
Example equal_patches_of_strings_are_identical (p q : patch string string) :
  canonical p → canonical q → (∀ d, apply p d = apply q d) → p = q.
Proof. intros Cp Cq Halike. apply leibniz_equiv, normal_form_unique; [done..|]. intros d. by rewrite Halike. Qed.

Example a_diff_of_strings_is_exact (a b : object string string) p : diff a b = Some p → apply p a = b.
Proof. intros Hp. by apply leibniz_equiv, round_trip. Qed.

Example an_object_attribute_of_a_client_merges :
  update_attribute true (Some (Object (obj ["alg" ↦ "RS256"; "scopes" ↦null])))
    (Some (Object (obj ["lifetime" ↦ "60"; "scopes" ↦ "all"])))
  = Some (Object (obj ["alg" ↦ "RS256"; "lifetime" ↦ "60"])).
Proof. compute_done. Qed.

Example an_object_attribute_replaces_where_attributes_do :
  update_attribute false (Some (Object (obj ["alg" ↦ "RS256"; "scopes" ↦null])))
    (Some (Object (obj ["lifetime" ↦ "60"])))
  = Some (Object (obj ["alg" ↦ "RS256"; "scopes" ↦null])).
Proof. compute_done. Qed.

(** ** Equality by number *)

(** Numbers as written: [1] is [1#1], and [1.0] is [10#10]. They are equal and not identical. *)
Local Instance number_equiv : Equiv Q := Qeq.
Local Instance number_equivalence : Equivalence (≡@{Q}) := Q_Setoid.
Local Instance number_equiv_dec : RelDecision (≡@{Q}) := Qeq_dec.

Example a_merge_stores_the_number_as_sent :
  merge (obj ["seats" ↦ (1#1)%Q]) (obj ["seats" ↦ (10#10)%Q]) = obj ["seats" ↦ (10#10)%Q].
Proof. compute_done. Qed.

Example equal_numbers_have_no_diff : diff (obj ["seats" ↦ (1#1)%Q]) (obj ["seats" ↦ (10#10)%Q]) = Some omit.
Proof. compute_done. Qed.

Example equal_numbers_are_no_conflict :
  reconcile (obj ["seats" ↦ (1#1)%Q]) (obj ["seats" ↦ (2#1)%Q]) (obj ["seats" ↦ (20#10)%Q]) = Some (omit, omit).
Proof. compute_done. Qed.

Example an_equal_number_is_not_a_change_by_others :
  (λ '(p, conflicts), (bodies p, bodies conflicts)) <$>
    reconcile (obj ["seats" ↦ (1#1)%Q]) (obj ["seats" ↦ (2#1)%Q]) (obj ["seats" ↦ (10#10)%Q])
  = Some ([obj ["seats" ↦ (2#1)%Q]], []).
Proof. compute_done. Qed.
