//! Three-way: what was applied, what is wanted, and what is stored by now.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::{Map, Value};

use crate::excerpt::{Excerpt, Quoted};
use crate::{Error, Patch};

impl Patch {
    /// The smallest patch that brings what *I* own to what I want, and touches nothing that others wrote.
    ///
    /// `base` is what I applied last (`{}` at first), `mine` is what I want, and `theirs` is what is stored now. I own the root
    /// keys of `base` and of `mine`, and each is judged by itself:
    ///
    /// | `theirs` holds | then | rule |
    /// |---|---|---|
    /// | what `mine` does | there is nothing to do | `reconcile-agreed` |
    /// | what `base` does | the patch sets the key to what `mine` holds, or removes it | `reconcile` |
    /// | anything else | it is a [`Conflict`]: somebody else changed it since | `reconcile-conflict` |
    ///
    /// To hold no such key is to hold something too. Keys that I do not own are never touched (rule `reconcile-foreign`), and
    /// no patch that comes of this clears.
    ///
    /// ```
    /// use metadata_merge::Patch;
    /// use serde_json::json;
    ///
    /// let base = json!({"plan": "free", "beta": true, "seats": 5});
    /// let mine = json!({"plan": "full", "seats": 9});
    /// let theirs = json!({"plan": "free", "beta": true, "seats": 7, "hobby": "surfing"});
    /// let [base, mine, theirs] = [&base, &mine, &theirs].map(|document| document.as_object().unwrap());
    ///
    /// let reconciliation = Patch::reconcile(base, mine, theirs)?;
    /// assert_eq!(reconciliation.patch, Patch::omit().set("plan", "full").remove("beta"));
    /// assert_eq!(
    ///     reconciliation.to_string(),
    ///     "! \"seats\": is 7, was 5, should be 9\n1 set, 1 removed, 1 in conflict and left alone",
    /// );
    /// assert_eq!(reconciliation.insist(), Patch::omit().set("plan", "full").remove("beta").set("seats", 9));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # The mistakes that it prevents
    ///
    /// - *Whatever I do not know of goes.* The [`diff`](Patch::diff) from `theirs` to `mine` removes the hobby.
    /// - *What I no longer want stays.* A patch of `mine` alone leaves `beta` behind, for good: nobody names it again.
    /// - *The last one wins.* The diff from `base` to `mine`, sent blindly, writes over the 7 that somebody else put there.
    /// - *A change that nobody sees.* Where I want what I applied before and `theirs` differs, that diff says nothing. Here it
    ///   is a conflict like any other.
    ///
    /// # How to go on
    ///
    /// Apply the patch, and remember [`next_base`](Reconciliation::next_base). To do it all again, after a crash in between, is
    /// harmless. What is in conflict stays so until somebody decides: [insist](Reconciliation::insist) on `mine`, put what
    /// `theirs` holds into `mine`, or leave the key out of both `base` and `mine` to give it up. (To leave it out of `mine`
    /// alone asks for its removal.)
    ///
    /// Between the look at `theirs` and the patch, another may write. What the patch does not name is safe; for the rest, do
    /// both in one transaction.
    ///
    /// # Why so
    ///
    /// | tool | a key of mine that others changed |
    /// |---|---|
    /// | `kubectl apply`, by its last-applied annotation; Terraform's plan and apply | is written over |
    /// | diff3, a merge of git | keeps their change, unless I changed it too |
    /// | server-side apply of Kubernetes, by field managers | is a conflict, unless forced |
    ///
    /// Stored metadata has no reviewer, so neither side wins unseen: this follows server-side apply. But who changed a key is
    /// not stored in metadata; that it changed, `base` tells. And what I no longer want is judged as what I want is, where
    /// server-side apply leaves a field to its other managers.
    ///
    /// # Errors
    ///
    /// [`Error::RootNull`] if `mine` holds null at a root key where `theirs` does not, conflict or not: no patch stores a null
    /// there.
    ///
    /// # Complexity
    ///
    /// A few look-ups and at most two comparisons (as [`Patch::diff`] compares) for each root key of `base` and `mine`, and a
    /// clone of each value that is set.
    pub fn reconcile<'a>(
        base: &'a Map<String, Value>,
        mine: &'a Map<String, Value>,
        theirs: &'a Map<String, Value>,
    ) -> Result<Reconciliation<'a>, Error> {
        let (mut entries, mut conflicts) = (Map::new(), Vec::new());
        let unwanted = base.keys().filter(|key| !mine.contains_key(*key));
        for key in unwanted.chain(mine.keys()) {
            let [base, mine, theirs] = [base, mine, theirs].map(|document| document.get(key));
            if theirs == mine {
                continue;
            }
            if mine == Some(&Value::Null) {
                return Err(Error::RootNull { key: key.clone() });
            }
            if theirs == base {
                entries.insert(key.clone(), mine.cloned().unwrap_or_default());
            } else {
                conflicts.push(Conflict { key, base, mine, theirs });
            }
        }
        Ok(Reconciliation { patch: Patch::of_entries(entries), conflicts, mine })
    }
}

/// What [`Patch::reconcile`] makes of three documents: a patch, and what it leaves alone because somebody else changed it.
///
/// As text it has a line for each conflict, and a closing count; what the patch would do, its
/// [`changes`](Patch::changes) say. Keys and values stand as there.
///
/// Serialized, it is `{"bodies": [BODY], "conflicts": {KEY: {"base": B, "mine": M, "theirs": T}}}`, with no body if there is
/// nothing to do; a document that does not hold the key has no member.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Reconciliation<'a> {
    /// What can be done without a conflict. It never clears.
    pub patch: Patch,
    /// The root keys that are mine and that somebody else changed, first those that I no longer want.
    pub conflicts: Vec<Conflict<'a>>,
    mine: &'a Map<String, Value>,
}

/// A root key that is mine, and that `theirs` holds neither as `base` nor as `mine` does. Where a document does not hold it, there is
/// none.
///
/// Its text is `"plan": is "free", was "full", should be "gold"`, in the order of `theirs`, `base` and `mine`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conflict<'a> {
    /// The root key.
    pub key: &'a str,
    /// What I applied last.
    pub base: Option<&'a Value>,
    /// What I want.
    pub mine: Option<&'a Value>,
    /// What is stored now.
    pub theirs: Option<&'a Value>,
}

impl Reconciliation<'_> {
    /// The patch that gives every key of mine what I want, over what anybody else wrote: what `kubectl` calls
    /// `--force-conflicts`.
    ///
    /// Look at the conflicts first. What insists without a look is the plain overwriting that
    /// [`reconcile`](Patch::reconcile) is there to prevent.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// # use serde_json::json;
    /// let [base, theirs] = [json!({"plan": "free"}), json!({"plan": "full"})];
    /// let [base, theirs] = [&base, &theirs].map(|document| document.as_object().unwrap());
    /// let reconciliation = Patch::reconcile(base, base, theirs)?;
    /// assert!(reconciliation.patch.is_omit());
    /// assert_eq!(reconciliation.insist(), Patch::omit().set("plan", "free"));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Complexity
    ///
    /// One insertion and a clone of the value for each conflict.
    #[must_use]
    pub fn insist(self) -> Patch {
        self.conflicts.into_iter().fold(self.patch, |patch, conflict| {
            patch.set(conflict.key, conflict.mine.cloned().unwrap_or_default()) // null removes
        })
    }

    /// What to remember as the next `base` once the patch is applied: `mine`, but each key in conflict as `base` has it.
    /// (Once one has insisted, it is `mine`.)
    ///
    /// With `mine` in its place, a key that I no longer want and that somebody else changed would be nobody's: its conflict would
    /// never be told again.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// # use serde_json::json;
    /// let [base, mine, theirs] = [json!({"plan": "free", "beta": 1}), json!({"plan": "full"}), json!({"plan": "free", "beta": 2})];
    /// let [base, mine, theirs] = [&base, &mine, &theirs].map(|document| document.as_object().unwrap());
    /// let reconciliation = Patch::reconcile(base, mine, theirs)?;
    /// assert_eq!(json!(reconciliation.next_base()), json!({"plan": "full", "beta": 1}));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Complexity
    ///
    /// For each key of mine a search among those in conflict, and a clone of its value.
    #[must_use]
    pub fn next_base(&self) -> Map<String, Value> {
        let conflicts: BTreeMap<_, _> = self.conflicts.iter().map(|conflict| (conflict.key, conflict.base)).collect();
        let settled = self.mine.iter().map(|(key, value)| (key.as_str(), value));
        let settled = settled.filter(|(key, _)| !conflicts.contains_key(key));
        let unsettled = conflicts.iter().filter_map(|(key, base)| Some((*key, (*base)?)));
        settled.chain(unsettled).map(|(key, value)| (key.into(), value.clone())).collect()
    }
}

impl fmt::Display for Reconciliation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.conflicts.iter().try_for_each(|conflict| writeln!(f, "! {conflict}"))?;
        let (sets, removals) = (self.patch.sets().count(), self.patch.removals().count());
        match self.conflicts.len() {
            0 if self.patch.is_omit() => f.write_str("nothing to do"),
            0 => write!(f, "{sets} set, {removals} removed"),
            conflicts => write!(f, "{sets} set, {removals} removed, {conflicts} in conflict and left alone"),
        }
    }
}

impl fmt::Display for Conflict<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Quoted(self.key))?;
        for (before, held) in [(": is ", self.theirs), (", was ", self.base), (", should be ", self.mine)] {
            f.write_str(before)?;
            match held {
                Some(value) => write!(f, "{}", Excerpt::short(value))?,
                None => f.write_str("absent")?,
            }
        }
        Ok(())
    }
}

/// As data: `{"bodies": [BODY], "conflicts": {KEY: {"base": B, "mine": M, "theirs": T}}}`.
impl Serialize for Reconciliation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Conflicts<'a>(&'a [Conflict<'a>]);
        impl Serialize for Conflicts<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|conflict| (conflict.key, Sides(conflict))))
            }
        }
        struct Sides<'a>(&'a Conflict<'a>);
        impl Serialize for Sides<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let sides = [("base", self.0.base), ("mine", self.0.mine), ("theirs", self.0.theirs)];
                serializer.collect_map(sides.into_iter().filter_map(|(name, held)| Some((name, held?))))
            }
        }
        let bodies: &[&Patch] = if self.patch.is_omit() { &[] } else { &[&self.patch] };
        let mut object = serializer.serialize_struct("Reconciliation", 2)?;
        object.serialize_field("bodies", bodies)?;
        object.serialize_field("conflicts", &Conflicts(&self.conflicts))?;
        object.end()
    }
}
