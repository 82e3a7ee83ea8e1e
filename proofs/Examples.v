(** The definitions at work, on keys and values that are texts, for a reader to see that they mean what they should. *)
From stdpp Require Import strings.
From Proofs Require Import Diff Field Reconcile.

Notation "k ↦ v" := (k, Value v) (at level 60).
Notation "k ↦null" := (k, Null) (at level 60).
Definition obj : list (string * json string) → object string string := list_to_map.

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

Example an_undo_brings_back :
  bodies <$> undo (parse (obj ["mycolor" ↦null; "mysize" ↦ "L"])) client
  = Some [obj ["mycolor" ↦ "red"; "mysize" ↦null]].
Proof. compute_done. Qed.

Example what_others_changed_is_a_conflict :
  (λ '(p, conflicts), (bodies p, bodies conflicts)) <$> reconcile
    (obj ["plan" ↦ "free"; "beta" ↦ "yes"; "seats" ↦ "5"]) (obj ["plan" ↦ "full"; "seats" ↦ "9"])
    (obj ["plan" ↦ "free"; "beta" ↦ "yes"; "seats" ↦ "7"; "hobby" ↦ "surfing"])
  = Some ([obj ["plan" ↦ "full"; "beta" ↦null]], [obj ["seats" ↦ "9"]]).
Proof. compute_done. Qed.

(** Keys that are texts are of the kind that the theorems speak of, the one about canonical forms included. *)
Example texts_are_keys (p q : patch string string) : canonical p → canonical q → alike p q → p = q.
Proof. apply normal_form_unique. Qed.
