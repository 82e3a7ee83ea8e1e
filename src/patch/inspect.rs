//! Questions about a patch.

use serde_json::Value;

use super::Patch;

impl Patch {
    /// Returns whether the patch changes no document.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// assert!(Patch::default().is_omit());
    /// assert!(!Patch::clear().is_omit());
    /// ```
    #[must_use]
    pub fn is_omit(&self) -> bool {
        !self.clear && self.entries.is_empty()
    }

    /// Returns whether the patch equals [`Patch::clear`]: it leaves every document empty.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// assert!(Patch::clear().is_clear());
    /// assert!(!Patch::clear().set("a", 1).is_clear());
    /// ```
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.clear && self.entries.is_empty()
    }

    /// Returns whether the patch first removes every key. Unlike with [`Patch::is_clear`], it may
    /// then set keys.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// assert!(Patch::clear().set("a", 1).clears());
    /// assert!(!Patch::omit().remove("a").clears());
    /// ```
    #[must_use]
    pub fn clears(&self) -> bool {
        self.clear
    }

    /// Returns the root keys that the patch sets, with their values, which are never null.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// let patch = Patch::omit().set("a", 1).remove("b");
    /// assert!(patch.sets().eq([("a", &serde_json::json!(1))]));
    /// ```
    pub fn sets(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.entries.iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.as_str(), value))
    }

    /// Returns the root keys that the patch removes by name; none if it [`clears`](Patch::clears).
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// assert!(Patch::omit().set("a", 1).remove("b").removals().eq(["b"]));
    /// assert!(Patch::clear().remove("b").removals().eq([""; 0]));
    /// ```
    pub fn removals(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(|(_, value)| value.is_null()).map(|(key, _)| key.as_str())
    }
}
