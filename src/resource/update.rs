//! Create and update: a body applied to a stored resource.

use alloc::string::String;

use serde_json::{Map, Value};

use super::Resource;
use crate::error::Error;

impl Resource<'_> {
    /// Creates a resource from `body`, as [`update`](Resource::update) does from `{}` (rule
    /// `create`). A field in merge mode therefore holds no root null, and no attribute is null.
    ///
    /// ```
    /// use metadata_merge::resource::CLIENT;
    /// use serde_json::{Value, json};
    ///
    /// let client = CLIENT.create(json!({"name": "My App", "client_metadata": {"mycolor": "red", "mysize": null}}))?;
    /// assert_eq!(Value::Object(client), json!({"name": "My App", "client_metadata": {"mycolor": "red"}}));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`update`](Resource::update).
    ///
    /// # Complexity
    ///
    /// As [`update_in_place`](Resource::update_in_place).
    pub fn create(&self, body: impl Into<Value>) -> Result<Map<String, Value>, Error> {
        let mut created = Map::new();
        self.update_in_place(&mut created, body)?; // create
        Ok(created)
    }

    /// Returns `stored` after a PATCH with `body`.
    ///
    /// | root key of the body | effect | rule |
    /// |---|---|---|
    /// | a metadata field in merge mode | merges; `{}` clears | `independent`, `absent`, `cleared-form` |
    /// | a metadata field in replace mode | replaces; null and `{}` clear | `replace` |
    /// | an attribute that is null | is removed | `attribute-null` |
    /// | an attribute that is an object, if attributes merge | merges; `{}` clears to `{}` | `attribute-object` |
    /// | any other attribute | replaces | `attribute` |
    /// | absent | is unchanged | `omit` |
    ///
    /// ```
    /// use metadata_merge::resource::USER;
    /// use serde_json::{Value, json};
    ///
    /// let stored = USER.create(json!({"user_metadata": {"hobby": "surfing"}, "app_metadata": {"plan": "full"}}))?;
    /// let updated = USER.update(&stored, json!({"app_metadata": {"plan": null}}))?;
    /// assert_eq!(Value::Object(updated), json!({"user_metadata": {"hobby": "surfing"}, "app_metadata": {}}));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// **A body may change any attribute.** To limit it, make a [`plan`](Resource::plan) and
    /// [`allow`](super::Plan::allow) names.
    ///
    /// # Errors
    ///
    /// [`Error::NotAnObject`] if `body` is not an object. [`Error::Field`] if a metadata field in
    /// the body has the wrong type. Also if the body names a field in merge mode whose stored value
    /// is not an object, even to clear it. The body is validated first. After an error, nothing is
    /// applied (rule `atomic`).
    ///
    /// # Complexity
    ///
    /// That of [`update_in_place`](Resource::update_in_place). `stored` is cloned.
    pub fn update(&self, stored: &Map<String, Value>, body: impl Into<Value>) -> Result<Map<String, Value>, Error> {
        let mut updated = stored.clone();
        self.update_in_place(&mut updated, body)?;
        Ok(updated)
    }

    /// Updates `stored` in place, as [`update`](Resource::update) does, and moves the values of the
    /// body instead of cloning them. It applies the [`plan`](Resource::plan) of the body.
    ///
    /// ```
    /// use metadata_merge::resource::CLIENT;
    /// use serde_json::{Value, json};
    ///
    /// let mut client = CLIENT.create(json!({"name": "My App", "client_metadata": {"mycolor": "red"}}))?;
    /// CLIENT.update_in_place(&mut client, json!({"client_metadata": {"mycolor": "blue"}}))?;
    /// assert_eq!(client["client_metadata"], json!({"mycolor": "blue"}));
    ///
    /// assert!(CLIENT.update_in_place(&mut client, json!({"name": "Other", "client_metadata": []})).is_err());
    /// assert_eq!(client["name"], "My App");
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`update`](Resource::update). `stored` is then unchanged.
    ///
    /// # Complexity
    ///
    /// O(n) lookups, where n is the number of root keys in the body. Each is compared with the
    /// names of the fields. Each object that merges adds the cost of
    /// [`Patch::apply`](crate::Patch::apply). With the feature `preserve_order` of `serde_json`,
    /// removals add at most three passes over `stored`. Values are neither cloned nor inspected.
    pub fn update_in_place(&self, stored: &mut Map<String, Value>, body: impl Into<Value>) -> Result<(), Error> {
        self.plan(body)?.apply(stored)
    }
}
