//! The three-way reconcile of one document: base, mine and theirs.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};
use serde_json::{Map, Value};

use super::Patch;
use super::changes::{Changes, Lines, Masked};
use super::mask::{mask, mask_pair};
use crate::equality::same;
use crate::error::Error;
use crate::excerpt::{Excerpt, Quoted};

impl Patch {
    /// Returns the smallest patch that gives the caller's root keys their wanted values. A key that
    /// someone else changed becomes a [`Conflict`] instead.
    ///
    /// `base` is the document that the caller applied last (`{}` at first), `mine` the wanted one,
    /// and `theirs` the stored one. **The compiler cannot detect a wrong order.** The caller owns
    /// the root keys of `base` and `mine`. Each is reconciled separately:
    ///
    /// | `theirs` has at the key | result | rule |
    /// |---|---|---|
    /// | the value of `mine` | nothing to do | `reconcile-agreed` |
    /// | the value of `base` | the patch sets the key to `mine`'s value, or removes it | `reconcile` |
    /// | another value | a [`Conflict`]: someone else changed the key | `reconcile-conflict` |
    ///
    /// Absent counts as a value here. It equals absent, and differs from every other value, null
    /// included. Other keys are unchanged (rule `reconcile-foreign`), and
    /// the patch never clears.
    ///
    /// **Do not use it for a field in [replace mode](crate::resource::Mode::Replace)**, such as the
    /// metadata of an organization. The patch would replace the field and remove the keys of
    /// others. [`Resource::reconcile`](crate::resource::Resource::reconcile) treats such a field as
    /// one unit.
    ///
    /// ```
    /// use metadata_merge::{Patch, object};
    /// use serde_json::json;
    ///
    /// let base = json!({"plan": "free", "beta": true, "seats": 5});
    /// let mine = json!({"plan": "full", "seats": 9});
    /// let theirs = json!({"plan": "free", "beta": true, "seats": 7, "hobby": "surfing"});
    ///
    /// let reconciliation = Patch::reconcile(object(&base)?, object(&mine)?, object(&theirs)?)?;
    /// assert_eq!(reconciliation.patch, Patch::omit().set("plan", "full").remove("beta"));
    /// assert_eq!(
    ///     reconciliation.to_string(),
    ///     "! \"seats\": is 7, was 5, should be 9\n1 set, 1 removed, 1 in conflict and left alone",
    /// );
    /// assert_eq!(reconciliation.force(), Patch::omit().set("plan", "full").remove("beta").set("seats", 9));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Mistakes that it prevents
    ///
    /// - The [`diff`](Patch::diff) from `theirs` to `mine` removes the keys of others.
    /// - The patch with `mine` as its body never removes `beta`.
    /// - The diff from `base` to `mine` overwrites the 7 that someone else stored.
    /// - If `mine` equals `base` and `theirs` differs, that diff is empty. `reconcile` reports a
    ///   conflict.
    ///
    /// # The cycle
    ///
    /// Apply the patch, and store [`next_base`](Reconciliation::next_base). Repeating the cycle
    /// after a crash is safe. A conflict is reported until it is resolved. To resolve it,
    /// [force](Reconciliation::force) `mine`, copy the value of `theirs` into `mine`, or drop the
    /// key from `base` and `mine`. To drop the key from `mine` alone is to ask for its removal.
    ///
    /// Read `theirs` and apply the patch in one transaction, to protect the keys in the patch.
    ///
    /// # Other tools
    ///
    /// | tool | an owned key that someone else changed |
    /// |---|---|
    /// | `kubectl apply`, by its last-applied annotation; Terraform | is overwritten |
    /// | diff3, `git merge` | keeps their change, unless the caller changed it too |
    /// | server-side apply of Kubernetes, by field managers | is a conflict, unless forced |
    ///
    /// Nobody reviews stored metadata, so neither side should win silently. `reconcile` follows
    /// server-side apply.
    ///
    /// # Errors
    ///
    /// [`Error::RootNull`] if `mine` holds a root null where `theirs` does not (rule
    /// `reconcile-reject`), in conflict or not.
    ///
    /// # Complexity
    ///
    /// O(n) lookups and comparisons of values, where n is the number of root keys in `base` and
    /// `mine`. Each set value is cloned.
    pub fn reconcile<'a>(
        base: &'a Map<String, Value>,
        mine: &'a Map<String, Value>,
        theirs: &'a Map<String, Value>,
    ) -> Result<Reconciliation<'a>, Error> {
        Reconciliation::of_members(Some(base), Some(mine), Some(theirs))
    }
}

impl<'a> Reconciliation<'a> {
    /// Reconciles documents that may be absent, which count as `{}`.
    pub(crate) fn of_members(
        base: Option<&'a Map<String, Value>>,
        mine: Option<&'a Map<String, Value>>,
        theirs: Option<&'a Map<String, Value>>,
    ) -> Result<Reconciliation<'a>, Error> {
        let (mut entries, mut conflicts) = (Map::new(), Vec::new());
        let wanted = |key: &str| mine.and_then(|mine| mine.get(key));
        let unwanted = base.into_iter().flat_map(Map::keys).filter(|key| wanted(key).is_none());
        for key in unwanted.chain(mine.into_iter().flat_map(Map::keys)) {
            let [base, mine, theirs] = [base, mine, theirs].map(|document| document.and_then(|it| it.get(key)));
            if same(theirs, mine) {
                continue; // reconcile-agreed
            }
            if mine.is_some_and(Value::is_null) {
                return Err(Error::RootNull { key: key.clone() }); // reconcile-reject
            }
            if same(theirs, base) {
                entries.insert(key.clone(), mine.cloned().unwrap_or_default()); // reconcile
            } else {
                let values = [base, mine, theirs].map(|value| value.map(Cow::Borrowed));
                conflicts.push(Conflict::new(Cow::Borrowed(key), values)); // reconcile-conflict
            }
        }
        // reconcile-foreign: no other key was looked at.
        Ok(Reconciliation { patch: Patch::of_entries(entries), conflicts })
    }
}

/// The result of [`Patch::reconcile`]: a patch, and the conflicts that it leaves unchanged.
///
/// The [`Display`](fmt::Display) output has one line per conflict and a summary. The
/// [`changes`](Patch::changes) of the patch show its effect. Methods take O(n log n) time for n
/// conflicts, and clone the values that they return. [`next_base`](Reconciliation::next_base) also
/// clones `mine`, and [`masked`](Reconciliation::masked) the patch.
///
/// A reconciliation serializes to `{"bodies": [BODY], "conflicts": {KEY: {"base": B, "mine": M,
/// "theirs": T}}}`, and cannot be read back. `bodies` is empty if there is nothing to send. A
/// document that lacks the key is left out.
#[derive(Clone, Debug)]
#[must_use]
pub struct Reconciliation<'a> {
    /// The changes that are not in conflict. The patch never clears.
    pub patch: Patch,
    /// The conflicts. Keys that `mine` lacks come first.
    pub conflicts: Vec<Conflict<'a>>,
}

/// A root key whose value in `theirs` differs from both `base` and `mine`. The caller owns the key.
///
/// The `Display` output is `"plan": is "free", was "full", should be "gold"`, in the order of
/// `theirs`, `base` and `mine`. If `theirs` and `mine` are objects, their differing members follow,
/// one on each line.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Conflict<'a> {
    /// The root key.
    pub key: Cow<'a, str>,
    /// The value in `base`, if any.
    pub base: Option<Cow<'a, Value>>,
    /// The value in `mine`, if any.
    pub mine: Option<Cow<'a, Value>>,
    /// The value in `theirs`, if any.
    pub theirs: Option<Cow<'a, Value>>,
}

impl<'a> Conflict<'a> {
    pub(crate) fn new(key: Cow<'a, str>, values: [Option<Cow<'a, Value>>; 3]) -> Conflict<'a> {
        let [base, mine, theirs] = values;
        Conflict { key, base, mine, theirs }
    }

    /// Writes where `theirs` and `mine` differ, since large values are cut.
    fn write_differences(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(theirs), Some(mine)) = (self.theirs.as_deref(), self.mine.as_deref()) else { return Ok(()) };
        let mut differences = Changes::default();
        if let (Value::Object(theirs), Value::Object(mine)) = (theirs, mine) {
            for key in theirs.keys().chain(mine.keys().filter(|key| !theirs.contains_key(*key))) {
                differences.compare(key, theirs.get(key), mine.get(key));
            }
        } else if Excerpt::short(theirs).to_string() == Excerpt::short(mine).to_string() {
            differences.compare(&self.key, Some(theirs), Some(mine));
        }
        match Lines(&differences, 1).to_string().trim_end() {
            "" => Ok(()),
            lines => write!(f, "\n{lines}"),
        }
    }

    pub(crate) fn masked_by(&self, hide: &dyn Fn(&str) -> bool) -> Conflict<'static> {
        let theirs = self.theirs.as_deref();
        let masked = |value: &Option<Cow<'a, Value>>| {
            let value = value.as_deref()?;
            Some(Cow::Owned(match theirs {
                Some(theirs) => mask_pair(&self.key, theirs, value, hide).1,
                None => mask(&self.key, value, hide),
            }))
        };
        Conflict {
            key: Cow::Owned(self.key.clone().into_owned()),
            base: masked(&self.base),
            mine: masked(&self.mine),
            theirs: masked(&self.theirs),
        }
    }
}

impl<'a> Reconciliation<'a> {
    /// Returns the patch extended by the conflicts: it also sets each key in conflict to its value
    /// in `mine`, or removes it. It overwrites the changes of others, as `kubectl apply
    /// --force-conflicts` does. Show the conflicts first.
    ///
    /// ```
    /// # use metadata_merge::{Patch, object};
    /// # use serde_json::json;
    /// let (base, theirs) = (json!({"plan": "free"}), json!({"plan": "full"}));
    /// let reconciliation = Patch::reconcile(object(&base)?, object(&base)?, object(&theirs)?)?;
    /// assert!(reconciliation.patch.is_omit());
    /// assert_eq!(reconciliation.force(), Patch::omit().set("plan", "free"));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    #[must_use]
    pub fn force(self) -> Patch {
        let mut patch = self.patch;
        for Conflict { key, mine, .. } in self.conflicts {
            let mine = mine.map(Cow::into_owned).unwrap_or_default(); // null removes
            patch.extend([(key.into_owned(), mine)]);
        }
        patch
    }

    /// Returns the next `base`, to be stored after the patch is applied. It is `mine`, except that
    /// each key in conflict is as in `base`. Pass the same `mine` as to [`Patch::reconcile`]. After
    /// [`force`](Reconciliation::force), the next base is `mine`.
    ///
    /// Do not store `mine` instead. A key that `mine` dropped and someone else changed would then
    /// never be reported again.
    ///
    /// ```
    /// # use metadata_merge::{Patch, object};
    /// # use serde_json::json;
    /// let (base, mine) = (json!({"plan": "free", "beta": 1}), json!({"plan": "full"}));
    /// let theirs = json!({"plan": "free", "beta": 2});
    /// let reconciliation = Patch::reconcile(object(&base)?, object(&mine)?, object(&theirs)?)?;
    /// assert_eq!(json!(reconciliation.next_base(object(&mine)?)), json!({"plan": "full", "beta": 1}));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    #[must_use]
    pub fn next_base(&self, mine: &Map<String, Value>) -> Map<String, Value> {
        let mut unsettled = Patch::omit();
        for conflict in &self.conflicts {
            let base = conflict.base.as_deref().cloned().unwrap_or_default(); // null removes
            unsettled.extend([(conflict.key.clone().into_owned(), base)]);
        }
        let mut next = mine.clone();
        unsettled.apply(&mut next);
        // A null that was applied once stays the base; a patch would remove it.
        for conflict in self.conflicts.iter().filter(|conflict| conflict.base.as_deref() == Some(&Value::Null)) {
            next.insert(conflict.key.clone().into_owned(), Value::Null);
        }
        next
    }

    /// Returns a copy for display or logs, as [`Changes::masked`] does. A hidden value in `base` or
    /// `mine` that differs from that in `theirs` becomes `*** (changed)`.
    ///
    /// ```
    /// # use metadata_merge::{Patch, object};
    /// # use serde_json::json;
    /// let (base, mine, theirs) = (json!({}), json!({"token": "secret-1"}), json!({"token": "secret-2"}));
    /// let reconciliation = Patch::reconcile(object(&base)?, object(&mine)?, object(&theirs)?)?;
    /// assert!(!reconciliation.masked(|key| key == "token").to_string().contains("secret"));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    #[must_use]
    pub fn masked(&self, hide: impl Fn(&str) -> bool) -> Masked<'_, Reconciliation<'static>> {
        let sets = self.patch.sets().map(|(key, value)| (key, mask(key, value, &hide)));
        let mut patch = Patch::omit();
        patch.extend(sets);
        patch.extend(self.patch.removals().map(|key| (key, Value::Null)));
        let conflicts = self.conflicts.iter().map(|conflict| conflict.masked_by(&hide)).collect();
        Masked::new(Reconciliation { patch, conflicts })
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
        write!(f, "{}", Quoted(&self.key))?;
        for (before, value) in [(": is ", &self.theirs), (", was ", &self.base), (", should be ", &self.mine)] {
            f.write_str(before)?;
            match value {
                Some(value) => write!(f, "{}", Excerpt::short(value))?,
                None => f.write_str("absent")?,
            }
        }
        self.write_differences(f)
    }
}

impl PartialEq for Conflict<'_> {
    fn eq(&self, other: &Conflict<'_>) -> bool {
        self.key == other.key
            && same(self.base.as_deref(), other.base.as_deref())
            && same(self.mine.as_deref(), other.mine.as_deref())
            && same(self.theirs.as_deref(), other.theirs.as_deref())
    }
}

impl Eq for Conflict<'_> {}

/// Equal reconciliations have equal patches and the same conflicts, in any order.
impl PartialEq for Reconciliation<'_> {
    fn eq(&self, other: &Reconciliation<'_>) -> bool {
        fn by_key<'r>(reconciliation: &'r Reconciliation<'_>) -> BTreeMap<&'r str, &'r Conflict<'r>> {
            reconciliation.conflicts.iter().map(|conflict| (&*conflict.key, conflict)).collect()
        }
        self.patch == other.patch && by_key(self) == by_key(other)
    }
}

impl Eq for Reconciliation<'_> {}

/// Encodes `{"base": B, "mine": M, "theirs": T}`, without the members that are absent.
impl Serialize for Conflict<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = [("base", &self.base), ("mine", &self.mine), ("theirs", &self.theirs)];
        let present = values.iter().filter(|(_, value)| value.is_some()).count();
        let mut object = serializer.serialize_map(Some(present))?;
        for (name, value) in values {
            if let Some(value) = value {
                object.serialize_entry(name, &**value)?;
            }
        }
        object.end()
    }
}

impl Serialize for Reconciliation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bodies: &[&Patch] = if self.patch.is_omit() { &[] } else { &[&self.patch] };
        let mut object = serializer.serialize_struct("Reconciliation", 2)?;
        object.serialize_field("bodies", bodies)?;
        object.serialize_field("conflicts", &ByKey(&self.conflicts))?;
        object.end()
    }
}

struct ByKey<'c, 'a>(&'c [Conflict<'a>]);

impl Serialize for ByKey<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.0.len()))?;
        for conflict in self.0 {
            object.serialize_entry(&conflict.key, conflict)?;
        }
        object.end()
    }
}
