(** Patches on the wire: what one body says, and which bodies say a patch. *)
From Proofs Require Export Algebra.

Section bodies.
Context {K V : Type} `{Countable K, EqDecision V}.
Implicit Types (d b : object K V) (p q : patch K V) (l : list (object K V)).

Definition entry_of (sent : json V) : entry V := match sent with Null => Remove | Value v => SetTo v end.
Definition sent_for (e : entry V) : json V := match e with Remove => Null | SetTo v => Value v end.

(** [From<Map> for Patch]: the empty object clears. *)
Definition parse b : patch K V := Patch (bool_decide (b = ∅)) (entry_of <$> b).

(** [Patch::bodies]. *)
Definition bodies p : list (object K V) :=
  let body := sent_for <$> entries (normal p) in
  (if clears (normal p) then [∅] else []) ++ (if decide (body = ∅) then [] else [body]).

(** A document after all bodies. *)
Definition send l d : object K V := foldl merge d l.

(** The patch that many bodies make. *)
Definition composition l : patch K V := foldl compose omit (parse <$> l).

(** To merge a body is to apply the patch that it says. *)
Theorem definition d b : merge d b = apply (parse b) d.
Proof.
  apply map_eq. intros k. rewrite lookup_apply. simpl. rewrite lookup_fmap.
  case_bool_decide as Hb; [by subst|]. rewrite lookup_merge_nonempty by done. by destruct (b !! k) as [[]|].
Qed.

(** [p], and [p] again, merge as [p] alone. *)
Theorem merge_retry d b : merge (merge d b) b = merge d b.
Proof. by rewrite !definition, <- action, retry. Qed.

(** [p], [q], and [p] again, merge as [q], then [p]. *)
Theorem merge_band d b c : merge (merge (merge d b) c) b = merge (merge d c) b.
Proof. by rewrite !definition, <- !action, <- associative, band. Qed.

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
  - apply map_eq. intros k. by rewrite lookup_apply.
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

(** To send the bodies of a patch one after the other is to apply it. *)
Theorem bodies_are_the_patch p d : send (bodies p) d = apply p d.
Proof. rewrite <- composition_action, bodies_compose. apply normal_form. Qed.

(** [{}] is among the bodies of a patch exactly if it clears. *)
Theorem no_wipe p : ∅ ∈ bodies p ↔ clears p = true.
Proof.
  unfold bodies. rewrite clears_normal. destruct (clears p), (decide _); set_solver.
Qed.

(** [{}] is in a composition exactly if it is among the bodies that are composed. *)
Theorem composition_no_wipe l : ∅ ∈ bodies (composition l) ↔ ∅ ∈ l.
Proof.
  rewrite no_wipe. induction l as [|b l IH] using rev_ind; [set_solver|].
  rewrite composition_snoc, elem_of_app, elem_of_list_singleton, <- IH. unfold compose, parse. simpl.
  case_bool_decide; naive_solver.
Qed.

(** A patch has no more than two bodies. *)
Theorem at_most_two p : length (bodies p) ≤ 2.
Proof. unfold bodies. destruct (clears _), (decide _); simpl; lia. Qed.

Lemma bodies_of_one b : length (bodies (parse b)) ≤ 1.
Proof.
  unfold bodies. destruct (decide (b = ∅)) as [->|Hb].
  - by rewrite parse_empty.
  - rewrite parse_nonempty by done. simpl. destruct (decide _); simpl; lia.
Qed.

(** No list of bodies that does the same to every document is shorter. *)
Theorem shortest `{!Infinite K} p l : (∀ d, send l d = apply p d) → length (bodies p) ≤ length l.
Proof.
  intros Hl. assert (normal p = normal (composition l)) as Hn.
  { apply equal_exactly_when_alike. intros d. by rewrite composition_action. }
  assert (bodies p = bodies (composition l)) as -> by (unfold bodies; by rewrite Hn).
  destruct l as [|b [|c l]].
  - done.
  - unfold composition. simpl. rewrite identity_left. apply bodies_of_one.
  - simpl. pose proof (at_most_two (composition (b :: c :: l))). lia.
Qed.

(** How many that is: none for no bodies, one for bodies that do not clear, one for a clear and a second if they leave
    anything. *)
Theorem shortest_count l :
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
