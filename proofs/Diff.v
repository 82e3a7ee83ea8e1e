(** From documents to patches: changes, diff and undo. They compare values by [≡]. *)
From Proofs Require Export Bodies.

Section diff.
Context {K V : Type} `{Countable K, Equiv V, !Equivalence (≡@{V}), !RelDecision (≡@{V})}.
Implicit Types (a b d : object K V) (p q : patch K V) (k : K).

(** The root keys in which two documents differ, each with its value in the second, if any. *)
Definition difference a b : gmap K (held V) :=
  base.merge (λ old new, if decide (old ≡ new) then None else Some new) a b.

(** [Patch::changes], which does not apply the patch: the keys that the patch names and really
    changes, and the keys that a clear removes. *)
Definition changes p d : gmap K (held V) :=
  base.merge (λ stored e,
    match e with
    | Some (SetTo v) => if decide (stored ≡ Some (Value v)) then None else Some (Some (Value v))
    | Some Remove => if stored then Some None else None
    | None => if clears p then (if stored then Some None else None) else None
    end) d (entries p).

(** The patch that gives each key its wanted value. There is none if that value is a root null. *)
Definition patch_of (wanted : gmap K (held V)) : option (patch K V) :=
  if decide (map_Forall (λ _ new, new ≠ Some Null) wanted)
  then Some (Patch false ((λ new, match new with Some (Value v) => SetTo v | _ => Remove end) <$> wanted))
  else None.

(** [Patch::diff]. *)
Definition diff a b : option (patch K V) := patch_of (difference a b).

(** [Patch::undo], which does not apply the patch: each changed key gets its stored value back. *)
Definition undo p d : option (patch K V) := patch_of (map_imap (λ k _, Some (d !! k)) (changes p d)).

Lemma lookup_difference a b k :
  difference a b !! k = if decide (a !! k ≡@{held V} b !! k) then None else Some (b !! k).
Proof.
  unfold difference. rewrite lookup_merge. by destruct (a !! k), (b !! k).
Qed.

(** The changes are the root keys in which a document differs before and after. *)
Theorem changes_exact p d : changes p d = difference d (apply p d).
Proof.
  apply map_eq. intros k. rewrite lookup_difference, lookup_apply. unfold changes. rewrite lookup_merge.
  destruct (d !! k) as [stored|], (entries p !! k) as [[]|], (clears p); simpl;
    repeat case_decide; compare_values; done.
Qed.

(** The entry of a diff for one key. *)
Lemma lookup_diff a b p k :
  diff a b = Some p →
  entries p !! k =
    if decide (a !! k ≡@{held V} b !! k) then None else
    Some (match b !! k with Some (Value v) => SetTo v | _ => Remove end).
Proof.
  unfold diff, patch_of. case_decide as Hnull; [|done]. intros [= <-]. simpl.
  rewrite lookup_fmap, lookup_difference. case_decide as Hk; [done|]. by destruct (b !! k) as [[]|].
Qed.

(** A diff never clears, not even to empty a document. *)
Theorem diff_never_clears a b p : diff a b = Some p → clears p = false.
Proof. unfold diff, patch_of. case_decide; naive_solver. Qed.

(** There is no diff exactly when the second document holds a root null that the first does not. *)
Theorem diff_refused a b : diff a b = None ↔ ∃ k, b !! k = Some Null ∧ a !! k ≠ Some Null.
Proof.
  unfold diff, patch_of. case_decide as Hnull; split; try done.
  - intros (k & Hb & Ha). destruct (Hnull k (b !! k)); [|done].
    rewrite lookup_difference. case_decide as Hk; [|done]. by rewrite Hb, root_null_equiv in Hk.
  - intros _. apply map_not_Forall in Hnull as (k & new & Hk & Hnull); [|apply _].
    apply dec_stable in Hnull as ->. rewrite lookup_difference in Hk.
    case_decide as Hd; [done|]. injection Hk as Hk. exists k. split; [done|]. intros Ha. by rewrite Hk, Ha in Hd.
Qed.

(** The diff of two documents turns the first into the second. *)
Theorem round_trip a b p : diff a b = Some p → apply p a ≡ b.
Proof.
  intros Hp k. rewrite lookup_apply, (diff_never_clears a b p Hp), (lookup_diff a b p k Hp).
  case_decide as Hk; [done|]. destruct (b !! k) as [[]|] eqn:Hb; try done.
  assert (diff a b = None); [|congruence]. apply diff_refused. exists k. split; [done|].
  intros Ha. by rewrite Ha in Hk.
Qed.

(** There is no diff exactly when no patch at all turns the first document into the second. *)
Theorem diff_complete a b : diff a b = None ↔ ¬ ∃ p, apply p a ≡ b.
Proof.
  split.
  - intros (k & Hb & Ha)%diff_refused [p Hp]. specialize (Hp k).
    rewrite Hb, root_null_equiv, lookup_apply in Hp. by destruct (entries p !! k) as [[]|], (clears p).
  - intros Hno. destruct (diff a b) as [p|] eqn:Hp; [|done]. destruct Hno. exists p. by apply round_trip.
Qed.

(** The diff of two documents is omit exactly if they are equal. *)
Theorem diff_same a b : diff a b = Some omit ↔ a ≡ b.
Proof.
  split.
  - intros Hp. rewrite <- (round_trip a b omit Hp). by rewrite apply_omit.
  - intros Hab. unfold diff. assert (difference a b = ∅) as ->.
    { apply map_eq. intros k. by rewrite lookup_difference, lookup_empty, decide_True. }
    unfold patch_of. rewrite decide_True by apply map_Forall_empty. by rewrite fmap_empty.
Qed.

(** A diff names exactly the root keys in which the documents differ. *)
Theorem diff_names a b p k : diff a b = Some p → is_Some (entries p !! k) ↔ ¬ a !! k ≡@{held V} b !! k.
Proof.
  intros Hp. rewrite (lookup_diff a b p k Hp). case_decide; [by rewrite is_Some_alt|].
  split; [done|]. destruct (b !! k) as [[]|]; eauto.
Qed.

(** Every patch that turns [a] into [b] and does not clear has every entry of the diff, up to equal
    values. So the diff is the smallest. *)
Theorem diff_smallest a b p q k e :
  diff a b = Some p → apply q a ≡ b → clears q = false → entries p !! k = Some e →
  entries q !! k ≡@{option (entry V)} Some e.
Proof.
  intros Hp Hb Hq Hk. rewrite (lookup_diff _ _ _ k Hp) in Hk. specialize (Hb k). rewrite lookup_apply, Hq in Hb.
  case_decide as Hd; [done|]. injection Hk as <-.
  destruct (entries q !! k) as [[v|]|], (b !! k) as [[|w]|]; simpl in *; compare_values; try done.
  by do 2 constructor.
Qed.

(** A diff changes no key that did not differ, in any document. So a key that another writer adds or
    changes survives. *)
Theorem diff_spares a b p d k : diff a b = Some p → a !! k ≡@{held V} b !! k → apply p d !! k = d !! k.
Proof.
  intros Hp Hk. by rewrite lookup_apply, (diff_never_clears a b p Hp), (lookup_diff a b p k Hp), decide_True.
Qed.

(** A diff is no body if the documents are equal, otherwise one body, and never [{}]. *)
Theorem diff_bodies a b p :
  diff a b = Some p →
  (a ≡ b → length (bodies p) = 0) ∧ (¬ a ≡ b → length (bodies p) = 1) ∧ ∅ ∉ bodies p.
Proof.
  intros Hp. pose proof (diff_never_clears a b p Hp) as Hc. rewrite no_wipe, Hc. split_and!; [..|done].
  - intros Hab%diff_same. rewrite Hab in Hp. injection Hp as <-. done.
  - intros Hab. unfold bodies, normal. rewrite Hc, Hc. rewrite decide_False; [done|].
    rewrite fmap_empty_iff. intros Hm. destruct Hab. apply diff_same. rewrite Hp.
    f_equal. destruct p. simpl in *. by subst.
Qed.

(** The undo of a patch is the diff from the patched document to the stored one. *)
Theorem undo_is_diff p d : undo p d = diff (apply p d) d.
Proof.
  unfold undo, diff. f_equal. apply map_eq. intros k. rewrite map_lookup_imap, changes_exact, !lookup_difference.
  by destruct (decide (d !! k ≡@{held V} apply p d !! k)) as [Hk|Hk],
    (decide (apply p d !! k ≡@{held V} d !! k)) as [Hk'|Hk'].
Qed.

(** The undo of a patch brings the document back. *)
Theorem undo_brings_back p d u : undo p d = Some u → apply u (apply p d) ≡ d.
Proof. rewrite undo_is_diff. apply round_trip. Qed.

(** There is no undo exactly when the patch removes or replaces a root null: it clears, or it names
    the key. *)
Theorem undo_refused p d :
  undo p d = None ↔ ∃ k, d !! k = Some Null ∧ (clears p = true ∨ is_Some (entries p !! k)).
Proof.
  rewrite undo_is_diff, diff_refused. split; intros (k & Hk & Hp); exists k; split; try done.
  - rewrite lookup_apply, Hk in Hp. destruct (entries p !! k), (clears p); naive_solver.
  - rewrite lookup_apply. destruct Hp as [->|[[] ->]]; [|done..]. by destruct (entries p !! k) as [[]|].
Qed.

Lemma patch_of_respects_equality (w w' : gmap K (held V)) : w ≡ w' → patch_of w ≡ patch_of w'.
Proof.
  assert (∀ v v' : gmap K (held V), v ≡ v' →
    map_Forall (λ _ new, new ≠ Some Null) v → map_Forall (λ _ new, new ≠ Some Null) v') as Hforall.
  { intros v v' Hv Hall k new Hk ->. specialize (Hv k). rewrite Hk in Hv. inversion Hv as [x y Hxy Hx|]; subst.
    apply (Hall k x); [done|]. by apply root_null_equiv. }
  intros Hw. unfold patch_of. case_decide as Hd; case_decide as Hd'; try done.
  - constructor. split; [done|]. simpl. intros k. specialize (Hw k). rewrite !lookup_fmap.
    destruct Hw as [x y Hxy|]; [|done]. constructor.
    destruct Hxy as [i j Hij|]; [|done]. destruct Hij; [done|]. by constructor.
  - destruct Hd'. by eapply Hforall.
  - destruct Hd. by eapply Hforall; [symmetry|].
Qed.

(** Equal documents have equal diffs. *)
Theorem diff_respects_equality a a' b b' : a ≡ a' → b ≡ b' → diff a b ≡ diff a' b'.
Proof.
  intros Ha Hb. apply patch_of_respects_equality. intros k. rewrite !lookup_difference.
  specialize (Ha k). specialize (Hb k). case_decide as Hd; case_decide as Hd'; [done|..|by constructor].
  - destruct Hd'. by rewrite <- Ha, <- Hb.
  - destruct Hd. by rewrite Ha, Hb.
Qed.

End diff.
