//! The result of a reconcile of a whole resource.

use alloc::borrow::{Cow, ToOwned};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde_json::{Map, Value};

use crate::equality::{map_eq, same};
use crate::in_place;
use crate::limits::{names, pointer};
use crate::patch::{Conflict, Masked, mask};
use crate::resource::{Mode, Resource};

/// The result of [`Resource::reconcile`]: an optional body, and the conflicts that the body leaves
/// unchanged. Methods take O(n log n) time for n conflicts, and clone the values that they return.
/// [`next_base`](ResourceReconciliation::next_base) also clones `mine`.
///
/// The [`Display`](fmt::Display) output has one line per conflict, with the differing members below
/// it, and a summary.
///
/// A reconciliation serializes to `{"bodies": [BODY], "conflicts": {POINTER: {"base": B, "mine": M,
/// "theirs": T}}}`, and can be read back:
///
/// ```
/// use metadata_merge::object;
/// use metadata_merge::resource::{CLIENT, ResourceReconciliation};
/// use serde_json::json;
///
/// let (base, mine) = (json!({"logo_uri": "x", "mobile": {"ios": 1}}), json!({"mobile": {"ios": 2}}));
/// let reconciliation = CLIENT.reconcile(object(&base)?, object(&mine)?, object(&base)?)?;
/// let text = serde_json::to_string(&reconciliation).unwrap();
/// assert_eq!(text, r#"{"bodies":[{"logo_uri":null,"mobile":{"ios":2}}],"conflicts":{}}"#);
/// let loaded: ResourceReconciliation<'static> = serde_json::from_str(&text).unwrap();
/// assert_eq!(loaded, reconciliation);
/// # Ok::<(), metadata_merge::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ResourceReconciliation<'a> {
    pub(super) body: Option<Map<String, Value>>,
    /// The conflicts. Parts that `mine` lacks come first.
    pub conflicts: Vec<ResourceConflict<'a>>,
    pub(super) masked: bool,
}

/// A field, an attribute or a root key of one, whose value in `theirs` differs from both `base` and
/// `mine`. The caller owns this part. The [`Display`](fmt::Display) output and the data are those
/// of a [`Conflict`], with `path` as its key.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ResourceConflict<'a> {
    /// A JSON Pointer (RFC 6901) to an attribute or a field, or to a root key of one that merges.
    pub path: String,
    /// The value in `base`, if any.
    pub base: Option<Cow<'a, Value>>,
    /// The value in `mine`, if any.
    pub mine: Option<Cow<'a, Value>>,
    /// The value in `theirs`, if any.
    pub theirs: Option<Cow<'a, Value>>,
}

impl<'a> ResourceReconciliation<'a> {
    pub(super) fn send(&mut self, name: &str, value: Value) {
        self.body.get_or_insert_default().insert(name.to_owned(), value);
    }

    /// Returns the body to send, or none if there is nothing to send. Conflicts are not in the
    /// body.
    #[must_use]
    pub fn body(&self) -> Option<&Map<String, Value>> {
        self.body.as_ref()
    }

    /// Returns the body extended by the conflicts, or none if there is nothing to send. Each part
    /// in conflict gets its value in `mine`, or is removed. The body overwrites the changes of
    /// others. Pass the same `resource` as for the reconcile.
    ///
    /// If an attribute that merges is in conflict as one unit, the body removes each member that
    /// only `theirs` has, by name. It never has `{}` for a stored object with members.
    ///
    /// ```
    /// # use metadata_merge::object;
    /// # use metadata_merge::resource::USER;
    /// # use serde_json::json;
    /// let (base, theirs) = (json!({"name": "a"}), json!({"name": "b"}));
    /// let reconciliation = USER.reconcile(object(&base)?, object(&base)?, object(&theirs)?)?;
    /// assert_eq!(json!(reconciliation.force(&USER)), json!({"name": "a"}));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    #[must_use]
    pub fn force(self, resource: &Resource<'_>) -> Option<Map<String, Value>> {
        let mut body = self.body.unwrap_or_default();
        for conflict in self.conflicts {
            let mut path = names(&conflict.path).into_iter();
            let (Some(name), member) = (path.next(), path.next()) else { continue };
            match member {
                Some(key) => {
                    let members = body.entry(name).or_insert_with(|| Value::Object(Map::new()));
                    if let Value::Object(members) = members {
                        members.insert(key, conflict.mine.map(Cow::into_owned).unwrap_or_default());
                    }
                }
                None => {
                    let merges = resource.attributes == Mode::Merge && resource.field(&name).is_none();
                    body.insert(name, conflict.forced(merges));
                }
            }
        }
        (!body.is_empty()).then_some(body)
    }

    /// Returns the next `base`, to be stored after the body is applied. It is `mine`, except that
    /// each part in conflict is as in `base`. Pass the same `mine` as for the reconcile.
    ///
    /// ```
    /// # use metadata_merge::object;
    /// # use metadata_merge::resource::USER;
    /// # use serde_json::{Value, json};
    /// let (base, mine, theirs) = (json!({"name": "a"}), json!({"name": "b"}), json!({"name": "c"}));
    /// let reconciliation = USER.reconcile(object(&base)?, object(&mine)?, object(&theirs)?)?.into_owned();
    /// assert_eq!(Value::Object(reconciliation.next_base(object(&mine)?)), base);
    /// assert!(!reconciliation.masked(|key| key == "name").to_string().contains("is \"c\""));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    #[must_use]
    pub fn next_base(&self, mine: &Map<String, Value>) -> Map<String, Value> {
        let mut next = mine.clone();
        // By the name of the field or attribute; none for units. They are removed together, because
        // each removal from a map that keeps order moves all later members.
        let mut removals: BTreeMap<Option<String>, Map<String, Value>> = BTreeMap::new();
        for conflict in &self.conflicts {
            let mut path = names(&conflict.path).into_iter();
            let (Some(name), member) = (path.next(), path.next()) else { continue };
            let (parent, key) = member.map_or((None, name.clone()), |key| (Some(name), key));
            match &conflict.base {
                Some(base) => {
                    if let Some(document) = document(&mut next, parent) {
                        document.insert(key, base.clone().into_owned());
                    }
                }
                None => {
                    removals.entry(parent).or_default().insert(key, Value::Null);
                }
            }
        }
        for (parent, keys) in removals {
            if let Some(document) = document(&mut next, parent) {
                in_place::apply(keys, document);
            }
        }
        next
    }

    /// Returns a copy for display or logs, as [`Changes::masked`](crate::Changes::masked) does.
    ///
    /// `hide` is also called with the names of fields and attributes.
    #[must_use]
    pub fn masked(&self, hide: impl Fn(&str) -> bool) -> Masked<'_, ResourceReconciliation<'static>> {
        let body = self.body.as_ref().map(|body| {
            let members = body.iter().map(|(name, value)| (name.clone(), mask(name, value, &hide)));
            members.collect()
        });
        let mut conflicts: Vec<ResourceConflict<'static>> = Vec::new();
        let mut hidden_paths = BTreeSet::new();
        for conflict in &self.conflicts {
            let mut path = names(&conflict.path);
            // The names below a hidden one are part of the hidden value.
            let hidden = path.iter().position(|name| hide(name));
            path.truncate(hidden.map_or(path.len(), |place| place + 1));
            let shown = pointer(path.iter().map(String::as_str));
            if hidden.is_some() && !hidden_paths.insert(shown.clone()) {
                continue;
            }
            let key = path.last().map_or("", |name| name);
            let masked = conflict.as_conflict(key).masked_by(&|key| hidden.is_some() || hide(key));
            conflicts.push(ResourceConflict::new(shown, [masked.base, masked.mine, masked.theirs]));
        }
        let mut masked = ResourceReconciliation { body, conflicts, masked: false };
        masked.masked = masked != *self;
        Masked::new(masked)
    }

    /// Returns the reconciliation, with borrowed values cloned.
    pub fn into_owned(self) -> ResourceReconciliation<'static> {
        let conflicts = self.conflicts.into_iter().map(|conflict| {
            let values = [conflict.base, conflict.mine, conflict.theirs];
            ResourceConflict::new(conflict.path, values.map(|value| value.map(|value| Cow::Owned(value.into_owned()))))
        });
        ResourceReconciliation { body: self.body, conflicts: conflicts.collect(), masked: self.masked }
    }

    fn by_path(&self) -> Vec<&ResourceConflict<'a>> {
        let mut conflicts: Vec<_> = self.conflicts.iter().collect();
        conflicts.sort_by(|left, right| left.path.cmp(&right.path));
        conflicts
    }
}

impl<'a> ResourceConflict<'a> {
    pub(super) fn new(path: String, values: [Option<Cow<'a, Value>>; 3]) -> ResourceConflict<'a> {
        let [base, mine, theirs] = values;
        ResourceConflict { path, base, mine, theirs }
    }

    pub(super) fn as_conflict<'c>(&'c self, key: &'c str) -> Conflict<'c> {
        let values = [&self.base, &self.mine, &self.theirs];
        Conflict::new(Cow::Borrowed(key), values.map(|value| value.as_deref().map(Cow::Borrowed)))
    }

    /// Returns the value to send for a unit, so that the unit becomes equal to `mine`.
    fn forced(self, merges: bool) -> Value {
        let mine = self.mine.map(Cow::into_owned).unwrap_or_default(); // null removes
        let (Value::Object(mine), Some(Value::Object(theirs)), true) = (&mine, self.theirs.as_deref(), merges) else {
            return mine;
        };
        let unwanted = theirs.keys().filter(|key| !mine.contains_key(*key)).map(|key| (key.clone(), Value::Null));
        let wanted = mine.iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.clone(), value.clone()));
        Value::Object(unwanted.chain(wanted).collect())
    }
}

/// Returns the resource, or the object under the name of a part, which is `{}` if it is absent.
fn document(resource: &mut Map<String, Value>, part: Option<String>) -> Option<&mut Map<String, Value>> {
    match part {
        None => Some(resource),
        Some(name) => resource.entry(name).or_insert_with(|| Value::Object(Map::new())).as_object_mut(),
    }
}

/// Equal reconciliations have equal bodies and the same conflicts, in any order.
impl PartialEq for ResourceReconciliation<'_> {
    fn eq(&self, other: &ResourceReconciliation<'_>) -> bool {
        let bodies = match (&self.body, &other.body) {
            (Some(body), Some(other)) => map_eq(body, other),
            (body, other) => body.is_none() && other.is_none(),
        };
        let (conflicts, others) = (self.by_path(), other.by_path());
        bodies
            && conflicts.len() == others.len()
            && conflicts.iter().zip(others).all(|(conflict, other)| **conflict == *other)
    }
}

impl Eq for ResourceReconciliation<'_> {}

impl PartialEq for ResourceConflict<'_> {
    fn eq(&self, other: &ResourceConflict<'_>) -> bool {
        self.path == other.path
            && same(self.base.as_deref(), other.base.as_deref())
            && same(self.mine.as_deref(), other.mine.as_deref())
            && same(self.theirs.as_deref(), other.theirs.as_deref())
    }
}

impl Eq for ResourceConflict<'_> {}

impl fmt::Display for ResourceReconciliation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.conflicts.iter().try_for_each(|conflict| writeln!(f, "! {conflict}"))?;
        let sent = self.body.as_ref().map_or(0, Map::len);
        match (sent, self.conflicts.len()) {
            (0, 0) => return f.write_str("nothing to do"),
            (0, _) => f.write_str("nothing to send")?,
            (1, _) => f.write_str("1 field or attribute to send")?,
            _ => write!(f, "{sent} fields or attributes to send")?,
        }
        match self.conflicts.len() {
            0 => Ok(()),
            1 => f.write_str(", 1 conflict left alone"),
            conflicts => write!(f, ", {conflicts} conflicts left alone"),
        }
    }
}

impl fmt::Display for ResourceConflict<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_conflict(&self.path).fmt(f)
    }
}
