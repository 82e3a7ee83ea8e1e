(** The patch as one database expression, equal to the merge. *)
From Proofs Require Export Field.

Section push_down.
Context {K V : Type} `{Countable K, EqDecision V}.
Implicit Types (d : object K V) (p q : patch K V) (k : K) (reads_absent : bool).

(** [Patch::removals]. *)
Definition removals p : gset K := if clears p then ∅ else dom (filter (λ '(_, e), e = Remove) (entries p)).

Lemma elem_of_removals p k : k ∈ removals p ↔ clears p = false ∧ entries p !! k = Some Remove.
Proof.
  unfold removals. destruct (clears p); [set_solver|].
  rewrite elem_of_dom. unfold is_Some. setoid_rewrite map_filter_lookup_Some. naive_solver.
Qed.

(** [CASE WHEN clear THEN sets ELSE (document || sets) - removals END]; of two values for a key, [||] takes its right
    one, and [∪] its left. *)
Definition plan p d : object K V :=
  if clears p then sets p else filter (λ '(k, _), k ∉ removals p) (sets p ∪ d).

(** The plan of a patch does what the patch does. *)
Theorem push_down p d : plan p d = apply p d.
Proof.
  apply map_eq. intros k. rewrite lookup_apply. unfold plan. destruct (clears p) eqn:Hp; [apply lookup_sets|].
  rewrite map_filter_lookup, lookup_union, lookup_sets.
  destruct (entries p !! k) as [[v|]|] eqn:Hk, (d !! k) eqn:?; simpl;
    try (case_option_guard as Hr; rewrite elem_of_removals in Hr); naive_solver.
Qed.

(** A column of the database: SQL's NULL, JSON's, or an object. *)
Inductive column := SqlNull | JsonNull | Stored (d : object K V).
Definition field (c : column) : option (object K V) := match c with Stored d => Some d | _ => None end.

(** The statement, in which [COALESCE(NULLIF(m, 'null'), '{}')] stands for the document; an omit issues none. *)
Definition statement (reads_absent : bool) p (c : column) : column :=
  if is_omit p then c
  else if reads_absent && only_clears p then SqlNull
  else Stored (plan p (default ∅ (field c))).

(** The statement does to the column what the patch does to the field. *)
Theorem push_down_field reads_absent p c : field (statement reads_absent p c) = update reads_absent p (field c).
Proof.
  unfold statement, update. destruct (is_omit p), (reads_absent && only_clears p); simpl; by rewrite ?push_down.
Qed.

End push_down.
