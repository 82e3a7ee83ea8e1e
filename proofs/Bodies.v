(** Patches as request bodies: from a body to a patch, and from a patch to its bodies. *)
From Proofs Require Export Algebra.

Section bodies.
Context {K V : Type} `{Countable K, Equiv V, !Equivalence (≡@{V}), !RelDecision (≡@{V})}.
Implicit Types (d b : object K V) (p q : patch K V) (l : list (object K V)).

Definition entry_of (sent : json V) : entry V := match sent with Null => Remove | Value v => SetTo v end.
Definition sent_for (e : entry V) : json V := match e with Remove => Null | SetTo v => Value v end.

(** [Patch::from_body]: the empty object clears. *)
Definition parse b : patch K V := Patch (bool_decide (b = ∅)) (entry_of <$> b).

(** [Patch::bodies]. *)
Definition bodies p : list (object K V) :=
  let body := sent_for <$> entries (normal p) in
  (if clears (normal p) then [∅] else []) ++ (if decide (body = ∅) then [] else [body]).

(** The document after all bodies are merged, one after the other. *)
Definition send l d : object K V := foldl merge d l.

(** The composition of a list of bodies, as a patch. *)
Definition composition l : patch K V := foldl compose omit (parse <$> l).

(** Merging a body is applying the patch that it represents. *)
Theorem definition d b : merge d b = apply (parse b) d.
Proof.
  apply map_eq. intros k. rewrite lookup_apply. simpl. rewrite lookup_fmap.
  case_bool_decide as Hb; [by subst|]. rewrite lookup_merge_nonempty by done. by destruct (b !! k) as [[]|].
Qed.

(** Merging a body twice is merging it once. *)
Theorem merge_idempotence d b : merge (merge d b) b = merge d b.
Proof. by rewrite !definition, <- action, idempotence. Qed.

(** Merging [p], [q] and [p] again is merging [q] and [p]. *)
Theorem merge_right_regular d b c : merge (merge (merge d b) c) b = merge (merge d c) b.
Proof. by rewrite !definition, <- !action, <- associativity, right_regular. Qed.

Lemma parse_empty : parse ∅ = Patch true ∅.
Proof. unfold parse. by rewrite bool_decide_eq_true_2, fmap_empty. Qed.

Lemma parse_nonempty b : b ≠ ∅ → parse b = Patch false (entry_of <$> b).
Proof. intros Hb. unfold parse. by rewrite bool_decide_eq_false_2. Qed.

Lemma composition_snoc l b : composition (l ++ [b]) = composition l >> parse b.
Proof. unfold composition. by rewrite fmap_app, foldl_app. Qed.

(** The composition of any number of bodies does what they do one after the other. *)
Theorem composition_action l d : apply (composition l) d = send l d.
Proof.
  revert d. induction l as [|b l IH] using rev_ind; intros d.
  - apply apply_omit.
  - unfold send. rewrite composition_snoc, action, IH, foldl_app, <- definition. done.
Qed.

(** The bodies of a patch compose to it. *)
Theorem bodies_compose p : composition (bodies p) = normal p.
Proof.
  assert (∀ m : gmap K (entry V), entry_of <$> (sent_for <$> m) = m) as Hback.
  { intros m. apply map_eq. intros k. rewrite !lookup_fmap. by destruct (m !! k) as [[]|]. }
  unfold bodies, composition. destruct (normal p) as [[] m]; simpl; case_decide as Hm; simpl.
  - apply fmap_empty_iff in Hm as ->. by rewrite parse_empty.
  - rewrite parse_empty, parse_nonempty, Hback by done. unfold compose. simpl. f_equal. apply (right_id_L _ _).
  - by apply fmap_empty_iff in Hm as ->.
  - by rewrite parse_nonempty, Hback, identity_left.
Qed.

(** Sending the bodies of a patch one after the other is applying it. *)
Theorem bodies_are_the_patch p d : send (bodies p) d = apply p d.
Proof. rewrite <- composition_action, bodies_compose. apply normal_form. Qed.

(** A patch has the body [{}] exactly if it clears. *)
Theorem no_wipe p : ∅ ∈ bodies p ↔ clears p = true.
Proof.
  unfold bodies. rewrite clears_normal. destruct (clears p), (decide _); set_solver.
Qed.

(** A composition has the body [{}] exactly if one of the composed bodies is [{}]. *)
Theorem composition_no_wipe l : ∅ ∈ bodies (composition l) ↔ ∅ ∈ l.
Proof.
  rewrite no_wipe. induction l as [|b l IH] using rev_ind; [set_solver|].
  rewrite composition_snoc, elem_of_app, elem_of_list_singleton, <- IH. unfold compose, parse. simpl.
  case_bool_decide; naive_solver.
Qed.

(** A patch has at most two bodies. *)
Theorem at_most_two p : length (bodies p) ≤ 2.
Proof. unfold bodies. destruct (clears _), (decide _); simpl; lia. Qed.

(** Equal patches have equally many bodies. *)
Lemma equal_bodies p q : normal p ≡ normal q → length (bodies p) = length (bodies q).
Proof.
  assert (∀ m : gmap K (entry V), sent_for <$> m = ∅ ↔ m = ∅) as Hempty by (intros; apply fmap_empty_iff).
  intros [Hc He]. unfold bodies. rewrite !app_length, Hc. f_equal.
  destruct (decide (sent_for <$> entries (normal p) = ∅)) as [Hp|Hp],
    (decide (sent_for <$> entries (normal q) = ∅)) as [Hq|Hq]; try done; rewrite Hempty in Hp, Hq.
  - rewrite Hp in He. symmetry in He. by apply map_empty_equiv_eq in He.
  - rewrite Hq in He. by apply map_empty_equiv_eq in He.
Qed.

Lemma bodies_of_one b : length (bodies (parse b)) ≤ 1.
Proof.
  unfold bodies. destruct (decide (b = ∅)) as [->|Hb].
  - by rewrite parse_empty.
  - rewrite parse_nonempty by done. simpl. destruct (decide _); simpl; lia.
Qed.

(** No list of bodies with equal results for every document is shorter. *)
Theorem shortest_composition `{!Infinite K} p l : (∀ d, send l d ≡ apply p d) → length (bodies p) ≤ length l.
Proof.
  intros Hl. assert (normal p ≡ normal (composition l)) as Hn.
  { apply equal_exactly_when_alike. intros d. by rewrite composition_action, Hl. }
  apply equal_bodies in Hn as ->.
  destruct l as [|b [|c l]].
  - done.
  - unfold composition. simpl. rewrite identity_left. apply bodies_of_one.
  - simpl. pose proof (at_most_two (composition (b :: c :: l))). lia.
Qed.

Global Instance has_clear_dec l : Decision (∅ ∈ l).
Proof.
  refine (cast_if (decide (Exists (λ b, b = ∅) l))).
  - abstract (by rewrite Exists_exists in *; naive_solver).
  - abstract (rewrite Exists_exists in *; naive_solver).
Defined.

(** The length of a composition: 0 for no bodies, 1 for bodies that do not clear, and otherwise 1
    for the clear and 1 more if anything is set after it. *)
Theorem shortest_composition_length l :
  length (bodies (composition l)) =
    if decide (l = []) then 0 else if decide (∅ ∈ l) then (if decide (send l ∅ = ∅) then 1 else 2) else 1.
Proof.
  destruct (decide (l = [])) as [->|Hl]; [done|].
  unfold bodies. rewrite clears_normal, app_length. destruct (decide (∅ ∈ l)) as [Hc|Hc].
  - apply composition_no_wipe, no_wipe in Hc. rewrite Hc.
    assert (sent_for <$> entries (normal (composition l)) = send l ∅) as ->.
    { rewrite <- composition_action. apply map_eq. intros k. unfold normal.
      rewrite lookup_apply, Hc, lookup_fmap. simpl. rewrite map_filter_lookup.
      by destruct (entries (composition l) !! k) as [[]|]. }
    by destruct (decide (send l ∅ = ∅)).
  - destruct (clears (composition l)) eqn:Hq; [by destruct Hc; apply composition_no_wipe, no_wipe|].
    rewrite decide_False; [done|]. unfold normal. rewrite Hq, fmap_empty_iff. revert Hl Hc Hq.
    destruct l as [|b l _] using rev_ind; [done|]. rewrite composition_snoc. unfold compose, parse. simpl.
    case_bool_decide as Hb; [set_solver|]. simpl. intros _ _ _ Hm.
    by apply Hb, (fmap_empty_iff entry_of), (map_positive_l _ _ Hm).
Qed.

End bodies.
