//! The profile of generated samples.

/// The values that samples may hold.
///
/// By default, numbers survive a conversion to a double and back. Integers are at most 2^53, and
/// `-0` is absent. Strings and keys hold any character, including U+0000.
///
/// ```
/// use metadata_merge::laws::Profile;
///
/// let of_a_store = Profile::new().with_exact_numbers().without_nul();
/// assert_ne!(of_a_store, Profile::new());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    numbers: Numbers,
    nul: Nul,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Numbers {
    #[default]
    Doubles,
    Exact,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Nul {
    #[default]
    Allowed,
    LeftOut,
}

impl Profile {
    /// Returns the default profile.
    #[must_use]
    pub const fn new() -> Profile {
        Profile { numbers: Numbers::Doubles, nul: Nul::Allowed }
    }

    /// Adds integers of up to 64 bits, and `-0`.
    #[must_use]
    pub const fn with_exact_numbers(self) -> Profile {
        Profile { numbers: Numbers::Exact, ..self }
    }

    /// Leaves U+0000 out, for stores that reject it.
    #[must_use]
    pub const fn without_nul(self) -> Profile {
        Profile { nul: Nul::LeftOut, ..self }
    }

    /// Returns whether integers of up to 64 bits, and `-0`, are among the values.
    #[must_use]
    pub const fn has_exact_numbers(self) -> bool {
        matches!(self.numbers, Numbers::Exact)
    }

    /// Returns whether U+0000 is among the characters.
    #[must_use]
    pub const fn has_nul(self) -> bool {
        matches!(self.nul, Nul::Allowed)
    }
}
