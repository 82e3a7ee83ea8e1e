(** A plan as one database statement, equal to the merge. *)
From Proofs Require Export Attributes.

(** SQL's NULL is [None]. An operator with a NULL operand gives NULL. *)
Definition coalesce {A} (value : option A) (fallback : A) : option A := Some (default fallback value).

Section push_down.
Context {K V : Type} `{Countable K}.
Implicit Types (p : patch K V) (k : K) (reads_absent : bool).

(** jsonb's [||], by which the right operand wins, and [- text[]]. *)
Definition concat {A} (left right : option (gmap K A)) : option (gmap K A) :=
  l ← left; r ← right; Some (r ∪ l).
Definition minus {A} (left : option (gmap K A)) (keys : option (gset K)) : option (gmap K A) :=
  l ← left; ks ← keys; Some (filter (λ '(k, _), k ∉ ks) l).

(** [CASE WHEN $clear THEN $sets ELSE (COALESCE(m, '{}') || $sets) - $removals::text[] END] *)
Definition statement (clear : bool) (sets : option (object K V)) (removals : option (gset K)) m : option (object K V) :=
  if clear then sets else minus (concat (coalesce m ∅) sets) removals.

(** [Patch::removals]. A canonical patch that clears has none. *)
Definition removals p : gset K := if clears p then ∅ else dom (filter (λ '(_, e), e = Remove) (entries p)).

Lemma elem_of_removals p k : k ∈ removals p ↔ clears p = false ∧ entries p !! k = Some Remove.
Proof.
  unfold removals. destruct (clears p); [set_solver|].
  rewrite elem_of_dom. unfold is_Some. setoid_rewrite map_filter_lookup_Some. naive_solver.
Qed.

(** The statement does to a column of NULL or an object what the patch does to the document. *)
Theorem push_down p m : statement (clears p) (Some (sets p)) (Some (removals p)) m = Some (apply p (default ∅ m)).
Proof.
  unfold statement. destruct (clears p) eqn:Hp; simpl; f_equal; apply map_eq; intros k; rewrite lookup_apply, Hp.
  - by rewrite lookup_sets.
  - rewrite map_filter_lookup, lookup_union, lookup_sets.
    destruct (entries p !! k) as [[v|]|] eqn:Hk, (default ∅ m !! k) eqn:?; simpl;
      try (case_option_guard as Hr; rewrite elem_of_removals in Hr); naive_solver.
Qed.

(** With the two other cases of a store: an omit runs no statement, and a clear stores NULL where a
    cleared field reads back as absent. *)
Definition store (reads_absent : bool) p (m : option (object K V)) : option (object K V) :=
  if is_omit p then m
  else if reads_absent && only_clears p then None
  else statement (clears p) (Some (sets p)) (Some (removals p)) m.

(** A store does to the column what the update does to the field, NULL being absent. *)
Theorem push_down_field reads_absent p m : store reads_absent p m = update reads_absent p m.
Proof. unfold store, update. by rewrite push_down. Qed.

(** A parameter that is bound as NULL makes the field NULL, so bind an empty one as empty. *)
Theorem null_parameter_loses_the_field (ks : option (gset K)) (sets : object K V) m :
  statement true None ks m = None ∧ statement false None ks m = None ∧ statement false (Some sets) None m = None.
Proof. done. Qed.

(** ** Attributes, in one column *)

Implicit Types (attributes : gmap K (attribute K V)) (stored : gmap K (node K V)).

Definition set_nodes attributes : gmap K (node K V) :=
  omap (λ a, match a with SetNode n => Some n | _ => None end) attributes.
Definition removed_nodes attributes : gset K :=
  dom (filter (λ '(_, a), match a with RemoveNode => true | _ => false end = true) attributes).
(** For each attribute that merges, the statement of a field, on its object or on [{}]. *)
Definition merged_nodes attributes stored : gmap K (node K V) :=
  map_imap (λ k a,
    match a with
    | MergeNode p =>
        if is_omit p then None else
        Object <$> statement (clears p) (Some (sets p)) (Some (removals p)) (Some (members (stored !! k)))
    | _ => None
    end) attributes.

(** [((m || $set) - $removed::text[]) || merged] does to each attribute what its action does. *)
Theorem push_down_attributes attributes stored k :
  (minus (concat (Some stored) (Some (set_nodes attributes))) (Some (removed_nodes attributes)) ≫= λ m,
    concat (Some m) (Some (merged_nodes attributes stored))) ≫= (.!! k) = act (attributes !! k) (stored !! k).
Proof.
  simpl. unfold merged_nodes. rewrite lookup_union, map_lookup_imap, map_filter_lookup, lookup_union.
  unfold set_nodes. rewrite lookup_omap.
  assert (k ∈ removed_nodes attributes ↔ attributes !! k = Some RemoveNode) as Hr.
  { unfold removed_nodes. rewrite elem_of_dom. unfold is_Some. setoid_rewrite map_filter_lookup_Some.
    split; [intros ([] & ? & ?); naive_solver|]. intros ->. by eexists. }
  destruct (attributes !! k) as [[n| |p]|] eqn:Ha; simpl; [..|];
    try rewrite push_down; destruct (stored !! k) eqn:Hs; simpl; try case_option_guard;
    try destruct (is_omit p) eqn:Ho; naive_solver.
Qed.

End push_down.
