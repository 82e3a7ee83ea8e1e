(** Three-way reconciliation and the guards. [base] is the document that was applied last, [mine]
    the wanted one, and [theirs] the stored one. *)
From Proofs Require Export Diff.

Section reconcile.
Context {K V : Type} `{Countable K, Equiv V, !Equivalence (≡@{V}), !RelDecision (≡@{V})}.
Implicit Types (base mine theirs d : object K V) (p q : patch K V) (k : K).

(** A root key is owned if it was applied or is wanted. *)
Definition owned base mine k : Prop := is_Some (base !! k) ∨ is_Some (mine !! k).

(** The loop of [Patch::reconcile], which skips keys that are as wanted: the other owned keys, each
    with its wanted value. *)
Definition unsettled base mine theirs : gmap K (held V) :=
  map_imap (λ k _, if decide (theirs !! k ≡@{held V} mine !! k) then None else Some (mine !! k))
    (base ∪ mine).
Definition is_conflict base theirs (wish : K * held V) : Prop := ¬ theirs !! wish.1 ≡@{held V} base !! wish.1.
Global Instance is_conflict_dec base theirs wish : Decision (is_conflict base theirs wish).
Proof. unfold is_conflict. apply _. Defined.

(** [Patch::reconcile]: the patch, and the conflicts as the patch that forces them. There is none if
    either would store a root null. *)
Definition reconcile base mine theirs : option (patch K V * patch K V) :=
  let wishes := unsettled base mine theirs in
  match patch_of (filter (λ wish, ¬ is_conflict base theirs wish) wishes),
        patch_of (filter (is_conflict base theirs) wishes) with
  | Some p, Some conflicts => Some (p, conflicts)
  | _, _ => None
  end.

(** [Reconciliation::force]. *)
Definition force (p conflicts : patch K V) : patch K V := p >> conflicts.

Lemma lookup_unsettled base mine theirs k new :
  unsettled base mine theirs !! k = Some new ↔ owned base mine k ∧ ¬ theirs !! k ≡@{held V} mine !! k ∧ new = mine !! k.
Proof.
  unfold unsettled, owned, is_Some. rewrite map_lookup_imap, lookup_union.
  destruct (base !! k), (mine !! k); simpl; try case_decide; naive_solver.
Qed.

Definition said (wish : held V) : entry V := match wish with Some (Value v) => SetTo v | _ => Remove end.

Lemma lookup_patch_of wishes p k : patch_of wishes = Some p → entries p !! k = said <$> wishes !! k.
Proof. unfold patch_of. case_decide; [|done]. intros [= <-]. simpl. apply lookup_fmap. Qed.

Lemma patch_of_never_clears (wishes : gmap K (held V)) p : patch_of wishes = Some p → clears p = false.
Proof. unfold patch_of. case_decide; naive_solver. Qed.

Lemma patch_of_refused (wishes : gmap K (held V)) :
  patch_of wishes = None ↔ ∃ k, wishes !! k = Some (Some Null).
Proof.
  unfold patch_of. case_decide as Hnull; split; try done.
  - intros [k Hk]. by destruct (Hnull k _ Hk).
  - intros _. apply map_not_Forall in Hnull as (k & new & Hk & Hnull); [|apply _].
    apply dec_stable in Hnull as ->. eauto.
Qed.

Lemma reconcile_some base mine theirs p c :
  reconcile base mine theirs = Some (p, c) →
  patch_of (filter (λ wish, ¬ is_conflict base theirs wish) (unsettled base mine theirs)) = Some p ∧
  patch_of (filter (is_conflict base theirs) (unsettled base mine theirs)) = Some c.
Proof. unfold reconcile. simpl. repeat case_match; naive_solver. Qed.

Lemma lookup_wishes (P : K * held V → Prop) `{!∀ wish, Decision (P wish)} base mine theirs p k e :
  patch_of (filter P (unsettled base mine theirs)) = Some p →
  entries p !! k = Some e ↔
    owned base mine k ∧ ¬ theirs !! k ≡@{held V} mine !! k ∧ P (k, mine !! k) ∧ e = said (mine !! k).
Proof.
  intros Hp. rewrite (lookup_patch_of _ _ _ Hp), fmap_Some. setoid_rewrite map_filter_lookup_Some.
  setoid_rewrite lookup_unsettled. naive_solver.
Qed.

(** The patch names exactly the owned keys that are stored as applied and not as wanted. *)
Theorem reconcile_names base mine theirs p c k e :
  reconcile base mine theirs = Some (p, c) →
  entries p !! k = Some e ↔
    owned base mine k ∧ theirs !! k ≡@{held V} base !! k ∧ ¬ theirs !! k ≡@{held V} mine !! k ∧ e = said (mine !! k).
Proof.
  intros [Hp _]%reconcile_some. rewrite (lookup_wishes _ _ _ _ _ _ _ Hp). unfold is_conflict. simpl.
  split; [|naive_solver]. intros (? & ? & Hb & ?). apply dec_stable in Hb. done.
Qed.

(** The conflicts are exactly the owned keys that are stored neither as applied nor as wanted. *)
Theorem conflicts_exact base mine theirs p c k e :
  reconcile base mine theirs = Some (p, c) →
  entries c !! k = Some e ↔
    owned base mine k ∧ ¬ theirs !! k ≡@{held V} base !! k ∧ ¬ theirs !! k ≡@{held V} mine !! k ∧ e = said (mine !! k).
Proof.
  intros [_ Hc]%reconcile_some. rewrite (lookup_wishes _ _ _ _ _ _ _ Hc). unfold is_conflict. simpl. naive_solver.
Qed.

(** There is no reconciliation exactly when a root null is wanted that is not stored. *)
Theorem reconcile_refused base mine theirs :
  reconcile base mine theirs = None ↔ ∃ k, mine !! k = Some Null ∧ theirs !! k ≠ Some Null.
Proof.
  trans (∃ k, unsettled base mine theirs !! k = Some (Some Null)).
  - unfold reconcile. set (wishes := unsettled base mine theirs).
    assert (∀ P `{!∀ wish, Decision (P wish)}, patch_of (filter P wishes) = None ↔
      ∃ k, wishes !! k = Some (Some Null) ∧ P (k, Some Null)) as Hrefused.
    { intros. rewrite patch_of_refused. by setoid_rewrite map_filter_lookup_Some. }
    split.
    + destruct (patch_of (filter (λ wish, ¬ is_conflict base theirs wish) wishes)) eqn:Hp.
      * destruct (patch_of (filter (is_conflict base theirs) wishes)) eqn:Hc; [done|].
        apply (Hrefused (is_conflict base theirs)) in Hc as (k & Hk & _). eauto.
      * apply (Hrefused (λ wish, ¬ is_conflict base theirs wish)) in Hp as (k & Hk & _). eauto.
    + intros [k Hk]. destruct (decide (is_conflict base theirs (k, Some Null))) as [Hc|Hc].
      * rewrite (proj2 (Hrefused (is_conflict base theirs) _)) by eauto. by case_match.
      * by rewrite (proj2 (Hrefused (λ wish, ¬ is_conflict base theirs wish) _)) by eauto.
  - setoid_rewrite lookup_unsettled. split; intros [k Hk]; exists k.
    + destruct Hk as (_ & Hm & Hn). split; [done|]. intros Ht. by rewrite <- Hn, Ht in Hm.
    + destruct Hk as [Hm Ht]. unfold owned. rewrite Hm. split_and!; [by right; eexists| |done].
      by rewrite root_null_equiv.
Qed.

(** The entry for a wanted value gives the key that value, because no root null is wanted. *)
Lemma step_said base mine theirs p c k stored :
  reconcile base mine theirs = Some (p, c) → ¬ theirs !! k ≡@{held V} mine !! k →
  step stored (Some (said (mine !! k))) = mine !! k.
Proof.
  intros Hr Hm. destruct (mine !! k) as [[|v]|] eqn:Hk; try done.
  exfalso. assert (reconcile base mine theirs = None); [|congruence].
  apply reconcile_refused. exists k. split; [done|]. by rewrite root_null_equiv in Hm.
Qed.

(** The patch never clears, forced or not. *)
Theorem reconcile_never_clears base mine theirs p c :
  reconcile base mine theirs = Some (p, c) → clears p = false ∧ clears (force p c) = false.
Proof.
  intros [Hp Hc]%reconcile_some. apply patch_of_never_clears in Hp, Hc. split; [done|].
  unfold force, compose. by rewrite Hc.
Qed.

(** An owned key that nobody else changed has its wanted value after the patch; any other keeps the
    identical value. *)
Theorem reconcile_applies base mine theirs p c k :
  reconcile base mine theirs = Some (p, c) →
  (owned base mine k → theirs !! k ≡@{held V} base !! k → apply p theirs !! k ≡@{held V} mine !! k) ∧
  (¬ (owned base mine k ∧ theirs !! k ≡@{held V} base !! k) → apply p theirs !! k = theirs !! k).
Proof.
  intros Hr. destruct (reconcile_never_clears _ _ _ _ _ Hr) as [Hp _]. rewrite lookup_apply, Hp.
  destruct (entries p !! k) as [e|] eqn:He.
  - apply (reconcile_names _ _ _ _ _ _ _ Hr) in He as (Ho & Hb & Hm & ->). split; [|tauto]. intros _ _.
    by rewrite (step_said _ _ _ _ _ _ _ Hr).
  - split; [|done]. simpl. intros Ho Hb. apply dec_stable. intros Hm.
    assert (entries p !! k = Some (said (mine !! k))) as Hs by by apply (reconcile_names _ _ _ _ _ _ _ Hr). congruence.
Qed.

(** The forced patch gives every owned key its wanted value and leaves every other key unchanged. *)
Theorem force_converges base mine theirs p c k :
  reconcile base mine theirs = Some (p, c) →
  (owned base mine k → apply (force p c) theirs !! k ≡@{held V} mine !! k) ∧
  (¬ owned base mine k → apply (force p c) theirs !! k = theirs !! k).
Proof.
  intros Hr. pose proof (reconcile_applies _ _ _ _ _ k Hr) as [Ha Hb].
  destruct (reconcile_some _ _ _ _ _ Hr) as [_ Hc%patch_of_never_clears].
  unfold force. rewrite action, lookup_apply, Hc. destruct (entries c !! k) as [e|] eqn:He.
  - apply (conflicts_exact _ _ _ _ _ _ _ Hr) in He as (Ho & Hn & Hm & ->). split; [|done]. intros _.
    by rewrite (step_said _ _ _ _ _ _ _ Hr).
  - simpl. split; [|intros Ho; apply Hb; tauto]. intros Ho.
    destruct (decide (theirs !! k ≡@{held V} base !! k)) as [Ht|Ht]; [auto|].
    rewrite Hb by tauto. apply dec_stable. intros Hm.
    assert (entries c !! k = Some (said (mine !! k))) as Hs by by apply (conflicts_exact _ _ _ _ _ _ _ Hr). congruence.
Qed.

Lemma patch_of_nothing : patch_of (∅ : gmap K (held V)) = Some omit.
Proof. unfold patch_of. rewrite decide_True by apply map_Forall_empty. by rewrite fmap_empty. Qed.

Lemma reconcile_settled base mine theirs :
  (∀ k, owned base mine k → theirs !! k ≡@{held V} mine !! k) → reconcile base mine theirs = Some (omit, omit).
Proof.
  intros Hk. assert (unsettled base mine theirs = ∅) as Hu.
  { apply map_eq. intros k. rewrite lookup_empty. destruct (unsettled _ _ _ !! k) eqn:He; [|done].
    apply lookup_unsettled in He as (Ho & Hm & _). by destruct (Hm (Hk k Ho)). }
  unfold reconcile. by rewrite Hu, !map_filter_empty, patch_of_nothing.
Qed.

(** After the forced patch, with [mine] as the next base, there is nothing left to do. *)
Theorem reconcile_again base mine theirs p c :
  reconcile base mine theirs = Some (p, c) →
  reconcile mine mine (apply (force p c) theirs) = Some (omit, omit).
Proof.
  intros Hr. apply reconcile_settled. intros k Ho. apply (force_converges _ _ _ _ _ k Hr).
  unfold owned in *. tauto.
Qed.

(** [Reconciliation::next_base]: the wanted document, but each key in conflict as in [base]. *)
Definition next_base base mine (conflicts : patch K V) : object K V :=
  filter (λ '(k, _), entries conflicts !! k = None) mine ∪ filter (λ '(k, _), entries conflicts !! k ≠ None) base.

(** After the patch that is not forced, the same conflicts are left and nothing else. *)
Theorem reconcile_goes_on base mine theirs p c :
  reconcile base mine theirs = Some (p, c) →
  reconcile (next_base base mine c) mine (apply p theirs) = Some (omit, c).
Proof.
  intros Hr. set (next := next_base base mine c).
  assert (∀ k, next !! k = if entries c !! k then base !! k else mine !! k) as Hnext.
  { intros k. unfold next, next_base. rewrite lookup_union, !map_filter_lookup.
    destruct (mine !! k), (base !! k); simpl; repeat case_option_guard; by destruct (entries c !! k). }
  assert (unsettled next mine (apply p theirs) =
    filter (is_conflict base theirs) (unsettled base mine theirs)) as Hu.
  { apply map_eq. intros k. apply option_eq. intros new. rewrite map_filter_lookup_Some, !lookup_unsettled.
    pose proof (reconcile_applies _ _ _ _ _ k Hr) as [Ha Hb]. unfold is_conflict, owned in *. simpl in *.
    rewrite Hnext. destruct (entries c !! k) as [e|] eqn:He.
    - apply (conflicts_exact _ _ _ _ _ _ _ Hr) in He as (Ho & Hn & Hm & _). rewrite Hb by tauto. tauto.
    - assert (¬ (owned base mine k ∧ ¬ theirs !! k ≡@{held V} base !! k ∧ ¬ theirs !! k ≡@{held V} mine !! k)) as Hno.
      { intros (Ho & Hn & Hm). assert (entries c !! k = Some (said (mine !! k))) as Hs; [|congruence].
        by apply (conflicts_exact _ _ _ _ _ _ _ Hr). }
      unfold owned in Hno. split; [|tauto]. intros (Ho & Hm & _).
      destruct (decide (theirs !! k ≡@{held V} base !! k)) as [Ht|Ht]; [by rewrite Ha in Hm by tauto|].
      rewrite Hb in Hm by tauto. tauto. }
  destruct (reconcile_some _ _ _ _ _ Hr) as [_ Hc]. unfold reconcile. rewrite Hu.
  assert (∀ k new, filter (is_conflict base theirs) (unsettled base mine theirs) !! k = Some new →
    is_conflict next (apply p theirs) (k, new)) as Hall.
  { intros k new [Hk Ht]%map_filter_lookup_Some. apply lookup_unsettled in Hk as (Ho & Hm & ->).
    unfold is_conflict in *. simpl in *. assert (entries c !! k = Some (said (mine !! k))) as He.
    { by apply (conflicts_exact _ _ _ _ _ _ _ Hr). }
    rewrite Hnext, He. by rewrite (proj2 (reconcile_applies _ _ _ _ _ k Hr)) by tauto. }
  rewrite (map_filter_id (is_conflict next (apply p theirs))) by apply Hall. rewrite Hc.
  assert (filter (λ wish, ¬ is_conflict next (apply p theirs) wish)
    (filter (is_conflict base theirs) (unsettled base mine theirs)) = ∅) as ->.
  { apply map_eq. intros k. rewrite lookup_empty, map_filter_lookup_None. right. intros new Hk Hn. by apply Hn, Hall. }
  by rewrite patch_of_nothing.
Qed.

(** If nobody else wrote, the patch is the diff and there is no conflict. *)
Theorem undisturbed base mine : reconcile base mine base = (λ p, (p, omit)) <$> diff base mine.
Proof.
  unfold reconcile, diff. simpl.
  assert (unsettled base mine base = difference base mine) as ->.
  { apply map_eq. intros k. rewrite lookup_difference. unfold unsettled.
    rewrite map_lookup_imap, lookup_union. destruct (base !! k), (mine !! k); simpl; by repeat case_decide. }
  assert (filter (is_conflict base base) (difference base mine) = ∅) as ->.
  { apply map_eq. intros k. rewrite lookup_empty, map_filter_lookup_None. right. intros new _ Hc. by apply Hc. }
  assert (filter (λ wish, ¬ is_conflict base base wish) (difference base mine) = difference base mine) as ->.
  { apply map_filter_id. intros k new _ Hc. by apply Hc. }
  rewrite patch_of_nothing. by destruct (patch_of (difference base mine)).
Qed.

(** Equal documents have equal reconciliations, so it does not matter which of two equal numbers a
    tool or a store keeps. *)
Theorem reconcile_respects_equality base base' mine mine' theirs theirs' :
  base ≡ base' → mine ≡ mine' → theirs ≡ theirs' → reconcile base mine theirs ≡ reconcile base' mine' theirs'.
Proof.
  intros Hb Hm Ht. set (w := unsettled base mine theirs). set (w' := unsettled base' mine' theirs').
  assert (∀ k : K, w !! k ≡@{option (held V)} w' !! k) as Hw.
  { intros k. unfold w, w', unsettled. rewrite !map_lookup_imap.
    assert ((base ∪ mine) !! k ≡@{held V} (base' ∪ mine') !! k) as Hu by (by apply union_proper).
    specialize (Hm k). specialize (Ht k).
    destruct ((base ∪ mine) !! k), ((base' ∪ mine') !! k); try by inversion Hu. simpl.
    case_decide as Hd; case_decide as Hd'; [done|..|by constructor].
    - destruct Hd'. by rewrite <- Ht, <- Hm.
    - destruct Hd. by rewrite Ht, Hm. }
  assert (∀ k new new', is_conflict base theirs (k, new) ↔ is_conflict base' theirs' (k, new')) as Hc.
  { intros k new new'. unfold is_conflict. simpl. specialize (Hb k). specialize (Ht k).
    split; intros Hn He; apply Hn; [by rewrite Ht, Hb|by rewrite <- Ht, <- Hb]. }
  assert (patch_of (filter (λ wish, ¬ is_conflict base theirs wish) w) ≡
    patch_of (filter (λ wish, ¬ is_conflict base' theirs' wish) w')) as Hp.
  { apply patch_of_respects_equality. intros k. rewrite !map_filter_lookup.
    destruct (Hw k) as [new new' Hnew|]; [|done]. simpl.
    case_option_guard as Hd; case_option_guard as Hd'; [by constructor|..|done].
    - by apply (Hc k new new') in Hd'.
    - by apply (Hc k new new') in Hd. }
  assert (patch_of (filter (is_conflict base theirs) w) ≡ patch_of (filter (is_conflict base' theirs') w')) as Hq.
  { apply patch_of_respects_equality. intros k. rewrite !map_filter_lookup.
    destruct (Hw k) as [new new' Hnew|]; [|done]. simpl.
    case_option_guard as Hd; case_option_guard as Hd'; [by constructor|..|done].
    - destruct Hd'. by apply (Hc k new new').
    - destruct Hd. by apply (Hc k new new'). }
  unfold reconcile. fold w w'. destruct Hp as [p p' Hp|]; [|done].
  destruct Hq as [q q' Hq|]; [|done]. by do 2 constructor.
Qed.

(** ** The guards *)

(** The members of a document that a patch removes, found without applying it. *)
Definition removes p k : bool :=
  match entries p !! k with Some (SetTo _) => false | Some Remove => true | None => clears p end.
Definition removed_from p d : object K V := filter (λ '(k, _), removes p k = true) d.

(** [Patch::deny_removals]. *)
Definition deny_removals p d : option (patch K V) := if decide (removed_from p d = ∅) then Some p else None.

(** [Patch::deny_wipe], which compares counts. *)
Definition deny_wipe p d : option (patch K V) :=
  if decide (removed_from p d ≠ ∅ ∧ size (removed_from p d) = size d ∧ sets p = ∅) then None else Some p.

Lemma lookup_removed_from p d k : removed_from p d !! k = if apply p d !! k then None else d !! k.
Proof.
  unfold removed_from. rewrite map_filter_lookup, lookup_apply.
  destruct (d !! k); simpl; [|by destruct (step _ _)]. case_option_guard as Hr; unfold removes in Hr;
    destruct (entries p !! k) as [[]|], (clears p); naive_solver.
Qed.

(** [deny_removals] denies exactly a patch that would remove a stored key. *)
Theorem deny_removals_exact p d :
  deny_removals p d = if decide (dom d ⊆ dom (apply p d)) then Some p else None.
Proof.
  unfold deny_removals. apply decide_ext. rewrite map_eq_iff, elem_of_subseteq.
  setoid_rewrite lookup_removed_from. setoid_rewrite elem_of_dom. setoid_rewrite lookup_empty.
  unfold is_Some. split; intros Hk k; specialize (Hk k); destruct (apply p d !! k), (d !! k); naive_solver.
Qed.

(** [deny_wipe] denies exactly a patch that would leave a non-empty document empty. *)
Theorem deny_wipe_exact p d : deny_wipe p d = if decide (d ≠ ∅ ∧ apply p d = ∅) then None else Some p.
Proof.
  unfold deny_wipe. apply decide_ext.
  assert (removed_from p d ⊆ d) as Hsub by apply map_filter_subseteq.
  split.
  - intros (Hr & Hsize & Hsets). assert (removed_from p d = d) as Hall.
    { apply map_eq. intros k. destruct (removed_from p d !! k) eqn:Hk; [by apply (lookup_weaken _ d) in Hk|].
      destruct (d !! k) eqn:Hd; [|done]. exfalso.
      assert (dom (removed_from p d) ⊂ dom d) as Hlt%subset_size; [|rewrite !size_dom in Hlt; lia].
      split; [by apply subseteq_dom|]. intros Hge. apply not_elem_of_dom in Hk. apply Hk, Hge, elem_of_dom. eauto. }
    split; [congruence|]. apply map_eq. intros k. rewrite lookup_empty.
    assert (removed_from p d !! k = d !! k) as Hk by by rewrite Hall. rewrite lookup_removed_from in Hk.
    assert (sets p !! k = None) as Hs by by rewrite Hsets. rewrite lookup_sets in Hs. rewrite lookup_apply in *.
    destruct (entries p !! k) as [[]|], (clears p), (d !! k); naive_solver.
  - intros [Hd Hnone]. assert (removed_from p d = d) as ->.
    { apply map_eq. intros k. by rewrite lookup_removed_from, Hnone, lookup_empty. }
    split_and!; [done..|]. apply map_eq. intros k. rewrite lookup_sets, lookup_empty.
    assert (apply p d !! k = None) as Hk by by rewrite Hnone. rewrite lookup_apply in Hk.
    by destruct (entries p !! k) as [[]|].
Qed.

End reconcile.
