(** A metadata field of a resource. Absent and [{}] must count as the same for the laws to hold. *)
From Proofs Require Export Bodies.

Section field.
Context {K V : Type} `{Countable K}.
Implicit Types (b : object K V) (f : option (object K V)) (p q : patch K V) (k : K) (reads_absent : bool).

(** [Patch::is_omit]. *)
Definition is_omit p : bool := negb (clears p) && bool_decide (entries p = ∅).
Definition only_clears p : bool := clears p && bool_decide (sets p = ∅).

(** A field in merge mode after a patch. [None] is absent: rules [omit] and [absent]. By rule
    [cleared-form], a cleared field reads back as absent or as [{}], depending on the resource. *)
Definition update (reads_absent : bool) p f : option (object K V) :=
  if is_omit p then f
  else if reads_absent && only_clears p then None
  else Some (apply p (default ∅ f)).

Lemma is_omit_eq p : is_omit p = true ↔ p = omit.
Proof.
  unfold is_omit. destruct p as [c m]. rewrite andb_true_iff, negb_true_iff, bool_decide_eq_true. simpl.
  split; [by intros [-> ->]|by intros [= -> ->]].
Qed.

Lemma only_clears_eq p : only_clears p = true ↔ clears p = true ∧ sets p = ∅.
Proof. unfold only_clears. by rewrite andb_true_iff, bool_decide_eq_true. Qed.

Lemma apply_only_clears p d : only_clears p = true → apply p d = ∅.
Proof.
  rewrite only_clears_eq. intros [Hc Hs]. apply map_eq. intros k. by rewrite lookup_apply, Hc, <- lookup_sets, Hs.
Qed.

Lemma is_omit_parse b : is_omit (parse b) = false.
Proof.
  apply not_true_iff_false. rewrite is_omit_eq. unfold parse, omit. intros [= Hb Hm].
  apply bool_decide_eq_false in Hb. by apply fmap_empty_iff in Hm.
Qed.

Lemma only_clears_parse b : only_clears (parse b) = bool_decide (b = ∅).
Proof.
  destruct (decide (b = ∅)) as [->|Hb]; [by rewrite parse_empty|].
  by rewrite parse_nonempty, bool_decide_eq_false_2 by done.
Qed.

(** The update of a field by a body is the merge of the body, unless a cleared field reads back as
    absent. *)
Theorem update_is_merge reads_absent b f :
  update reads_absent (parse b) f =
    if reads_absent && bool_decide (b = ∅) then None else Some (merge (default ∅ f) b).
Proof. unfold update. by rewrite is_omit_parse, only_clears_parse, definition. Qed.

(** An update is an application, if absent and [{}] count as the same. *)
Theorem update_applies reads_absent p f : default ∅ (update reads_absent p f) = apply p (default ∅ f).
Proof.
  unfold update. destruct (is_omit p) eqn:Ho.
  - apply is_omit_eq in Ho as ->. by rewrite apply_omit.
  - destruct reads_absent; [|done]. simpl. destruct (only_clears p) eqn:Hc; [|done]. by rewrite apply_only_clears.
Qed.

(** A composition updates a field as its patches do one after the other, if absent and [{}] count
    as the same. *)
Theorem update_composes reads_absent p q f :
  default ∅ (update reads_absent (p >> q) f) = default ∅ (update reads_absent q (update reads_absent p f)).
Proof. by rewrite !update_applies, action. Qed.

(** When it does so exactly: always, unless a cleared field reads back as absent and the patch after
    the clear leaves it empty. *)
Theorem update_composes_unless reads_absent p q f :
  update reads_absent (p >> q) f = update reads_absent q (update reads_absent p f) ↔
  ¬ (reads_absent = true ∧ only_clears (p >> q) = true ∧ clears q = false ∧ q ≠ omit).
Proof.
  destruct (is_omit q) eqn:Hq.
  { apply is_omit_eq in Hq as ->. rewrite identity_right. naive_solver. }
  destruct (is_omit p) eqn:Hp.
  { apply is_omit_eq in Hp as ->. rewrite identity_left. split; [|done].
    intros _ (_ & Ho & Hc & _). apply only_clears_eq in Ho as [Ho _]. congruence. }
  assert (q ≠ omit) as Hne by (rewrite <- is_omit_eq; congruence).
  assert (is_omit (p >> q) = false) as Hpq.
  { apply not_true_iff_false. rewrite is_omit_eq. intros Hpq. apply Hne. destruct q as [[] m]; [done|].
    unfold compose in Hpq. simpl in Hpq. injection Hpq as _ Hpq. by rewrite (map_positive_l _ _ Hpq). }
  unfold update at 1 2. rewrite Hq, Hpq, update_applies, action. destruct (clears q) eqn:Hc.
  - unfold compose. rewrite Hc. naive_solver.
  - assert (only_clears q = false) as -> by (unfold only_clears; by rewrite Hc).
    rewrite andb_false_r. destruct reads_absent, (only_clears (p >> q)); naive_solver.
Qed.

(** An example of the exception: a clear, then a removal. *)
Theorem absent_is_not_empty k f :
  let p := Patch true ∅ in
  let q := Patch false {[k := Remove]} in
  update true (p >> q) f = None ∧ update true q (update true p f) = Some ∅.
Proof.
  intros p q. assert (is_omit q = false) as Hq.
  { apply not_true_iff_false. rewrite is_omit_eq. intros Hq.
    exact (map_non_empty_singleton k Remove (f_equal entries Hq)). }
  assert (only_clears (p >> q) = true) as Hpq.
  { apply only_clears_eq. split; [done|]. apply map_eq. intros k'. rewrite lookup_sets, lookup_empty. simpl.
    rewrite lookup_union, lookup_empty. destruct (decide (k = k')) as [<-|].
    - by rewrite lookup_singleton.
    - by rewrite lookup_singleton_ne. }
  split; [unfold update; by rewrite Hpq|]. unfold update at 1. rewrite Hq, update_applies, <- action.
  by rewrite apply_only_clears.
Qed.

(** Updating a field twice is updating it once, absence included. *)
Theorem update_idempotence reads_absent p f : update reads_absent p (update reads_absent p f) = update reads_absent p f.
Proof.
  rewrite <- (idempotence p) at 3. symmetry. apply update_composes_unless. rewrite idempotence.
  intros (_ & Ho & Hc & _). apply only_clears_eq in Ho as [Ho _]. congruence.
Qed.

(** ** Replace mode *)

(** A field in replace mode after a body: rule [replace]. [None] omits the field. Null and [{}]
    clear, so null is the empty object here. Any other object is stored as sent, root nulls included. *)
Definition update_replaced (reads_absent : bool) (sent f : option (object K V)) : option (object K V) :=
  match sent with
  | None => f
  | Some b => if reads_absent && bool_decide (b = ∅) then None else Some b
  end.

(** Every key reads back as sent. *)
Theorem replaced_as_sent reads_absent b f : default ∅ (update_replaced reads_absent (Some b) f) = b.
Proof. simpl. destruct reads_absent; simpl; [|done]. by case_bool_decide. Qed.

(** The last body that carries the field decides, absence included. So a retry is harmless. *)
Theorem last_replaces reads_absent sent sent' f :
  update_replaced reads_absent sent' (update_replaced reads_absent sent f) =
  update_replaced reads_absent (if sent' then sent' else sent) f.
Proof. by destruct sent'. Qed.

End field.
