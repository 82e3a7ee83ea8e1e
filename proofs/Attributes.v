(** Attributes: the root properties of a body that are not metadata fields. *)
From Proofs Require Export Field.

(** A JSON value with its root members, if it is an object. [Other] is any other value than null. *)
Inductive node K V `{Countable K} := NullNode | Object (d : object K V) | Other (v : V).
Global Arguments NullNode {K V _ _}.
Global Arguments Object {K V _ _} d.
Global Arguments Other {K V _ _} v.

(** What a plan does to an attribute that it names: [Attribute] of the crate. *)
Inductive attribute K V `{Countable K} := SetNode (n : node K V) | RemoveNode | MergeNode (p : patch K V).
Global Arguments SetNode {K V _ _} n.
Global Arguments RemoveNode {K V _ _}.
Global Arguments MergeNode {K V _ _} p.

Section attributes.
Context {K V : Type} `{Countable K}.
Implicit Types (p q : patch K V) (a b : option (attribute K V)) (sent stored : option (node K V)) (merges : bool).

(** The stored members, if an object is stored; anything else, or nothing, merges as [{}]. *)
Definition members stored : object K V := match stored with Some (Object d) => d | _ => ∅ end.

(** An attribute after a body, [None] being absent: rules [omit], [attribute], [attribute-null] and,
    where attributes merge (a client's), [attribute-object]. *)
Definition update_attribute merges sent stored : option (node K V) :=
  match sent with
  | None => stored
  | Some NullNode => None
  | Some (Object b) => Some (Object (if merges then merge (members stored) b else b))
  | Some (Other v) => Some (Other v)
  end.

(** The action in a plan for an attribute of a body: [Resource::plan]. *)
Definition plan_attribute merges sent : option (attribute K V) :=
  match sent with
  | None => None
  | Some NullNode => Some RemoveNode
  | Some (Object b) => Some (if merges then MergeNode (parse b) else SetNode (Object b))
  | Some (Other v) => Some (SetNode (Other v))
  end.

(** An attribute after its action in a plan. [Patch::omit] names nothing. *)
Definition act a stored : option (node K V) :=
  match a with
  | None => stored
  | Some (SetNode n) => Some n
  | Some RemoveNode => None
  | Some (MergeNode p) => if is_omit p then stored else Some (Object (apply p (members stored)))
  end.

(** [Plan::attribute] for a name that the plan has already: the later set or remove wins, and a
    patch applies to the value before it. *)
Definition then_act a b : option (attribute K V) :=
  match b with
  | None => a
  | Some (MergeNode q) =>
      if is_omit q then a else
      match a with
      | None => Some (MergeNode q)
      | Some (MergeNode p) => Some (MergeNode (p >> q))
      | Some before => Some (SetNode (Object (apply q (members (act (Some before) None)))))
      end
  | Some _ => b
  end.

(** The plan of a body does to an attribute what the body does. *)
Theorem plan_is_update merges sent stored :
  act (plan_attribute merges sent) stored = update_attribute merges sent stored.
Proof.
  destruct sent as [[|b|v]|], merges; try done. simpl. by rewrite definition, is_omit_parse.
Qed.

(** An attribute that is null after a body was null before, and the body does not name it. So a
    create stores no null attribute. *)
Theorem attribute_stored_null merges sent stored :
  update_attribute merges sent stored = Some NullNode → sent = None ∧ stored = Some NullNode.
Proof. by destruct sent as [[]|]. Qed.

(** A root null of an attribute that merges was stored before, so merging stores none. *)
Theorem member_stored_null sent stored d k :
  update_attribute true sent stored = Some (Object d) → d !! k = Some Null → members stored !! k = Some Null.
Proof.
  destruct sent as [[|b|v]|]; simpl; try done.
  - intros [= <-] Hk. by apply stored_null in Hk as [Hk _].
  - by intros ->.
Qed.

(** Actions compose: the composition does what both do one after the other, absence included. *)
Theorem attribute_action a b stored : act (then_act a b) stored = act b (act a stored).
Proof.
  destruct b as [[n| |q]|]; try done. simpl. destruct (is_omit q) eqn:Hq; [done|].
  destruct a as [[n| |p]|]; simpl; rewrite ?Hq; try done.
  assert (is_omit (p >> q) = false) as ->.
  { apply not_true_iff_false. rewrite is_omit_eq. intros Hpq. apply not_true_iff_false in Hq. apply Hq, is_omit_eq.
    destruct q as [[] m]; [done|]. unfold compose in Hpq. simpl in Hpq. injection Hpq as _ Hpq.
    by rewrite (map_positive_l _ _ Hpq). }
  destruct (is_omit p) eqn:Hp; [|by rewrite action]. apply is_omit_eq in Hp as ->. by rewrite identity_left.
Qed.

(** Updating an attribute twice is updating it once. *)
Theorem attribute_idempotence merges sent stored :
  update_attribute merges sent (update_attribute merges sent stored) = update_attribute merges sent stored.
Proof. destruct sent as [[|b|v]|], merges; try done. simpl. by rewrite merge_idempotence. Qed.

End attributes.
