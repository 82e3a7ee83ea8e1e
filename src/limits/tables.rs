//! The service's limits.

use alloc::borrow::Cow;

use super::{Characters, Check, Limit};

/// Limits for a stored user:
///
/// - No root key of `user_metadata` or `app_metadata` contains `.` or `$`.
/// - A user larger than 10,240 bytes as compact JSON is stored with a warning.
/// - 18 names are reserved in `app_metadata`: `__tenant`, `_id`, `blocked`, `clientID`,
///   `created_at`, `email_verified`, `email`, `globalClientID`, `global_client_id`, `identities`,
///   `lastIP`, `lastLogin`, `loginsCount`, `metadata`, `multifactor_last_modified`, `multifactor`,
///   `updated_at` and `user_id`.
pub const USER: &[Limit] = &[
    Limit::on("user_metadata", Check::KeyCharacters(ALL_BUT_DOT_AND_DOLLAR)),
    Limit::on("app_metadata", Check::KeyCharacters(ALL_BUT_DOT_AND_DOLLAR)),
    Limit::on("app_metadata", Check::ReservedNames(Cow::Borrowed(RESERVED))),
    Limit::whole(Check::MaxSize(10_240)).warned(),
];

/// Limits for `user_metadata` at sign-up. They do not include those of [`USER`].
///
/// - At most 10 keys, of at most 100 characters.
/// - Values are strings of at most 500 characters.
pub const SIGN_UP: &[Limit] = &[
    Limit::on("user_metadata", Check::MaxKeys(10)),
    Limit::on("user_metadata", Check::MaxKeyLength(100)),
    Limit::on("user_metadata", Check::Strings),
    Limit::on("user_metadata", Check::MaxValueLength(500)),
];

/// Limits for `client_metadata`:
///
/// - At most 10 keys, of at most 255 characters.
/// - Keys have only ASCII letters, digits, ``:,-+=_*?"/\()<>@``, tab and space.
/// - Values are strings of at most 255 characters.
pub const CLIENT: &[Limit] = &[
    Limit::on("client_metadata", Check::MaxKeys(10)),
    Limit::on("client_metadata", Check::MaxKeyLength(255)),
    Limit::on(
        "client_metadata",
        Check::KeyCharacters(Characters::AlphanumericOr(Cow::Borrowed(":,-+=_*?\"/\\()<>@\t "))),
    ),
    Limit::on("client_metadata", Check::Strings),
    Limit::on("client_metadata", Check::MaxValueLength(255)),
];

/// Limits for `domain_metadata`:
///
/// - At most 10 keys.
/// - Values are strings of at most 255 characters.
pub const CUSTOM_DOMAIN: &[Limit] = &[
    Limit::on("domain_metadata", Check::MaxKeys(10)),
    Limit::on("domain_metadata", Check::Strings),
    Limit::on("domain_metadata", Check::MaxValueLength(255)),
];

/// Limits for the `metadata` of an organization:
///
/// - At most 25 keys, of at most 255 characters.
/// - Values are strings of at most 255 characters.
pub const ORGANIZATION: &[Limit] = &[
    Limit::on("metadata", Check::MaxKeys(25)),
    Limit::on("metadata", Check::MaxKeyLength(255)),
    Limit::on("metadata", Check::Strings),
    Limit::on("metadata", Check::MaxValueLength(255)),
];

/// Limits for `session_metadata`:
///
/// - At most 25 keys, of at most 255 characters.
/// - Keys have only ASCII letters, digits, `_` and `-`.
/// - Values are strings of at most 255 characters.
pub const SESSION: &[Limit] = &[
    Limit::on("session_metadata", Check::MaxKeys(25)),
    Limit::on("session_metadata", Check::MaxKeyLength(255)),
    Limit::on("session_metadata", Check::KeyCharacters(Characters::AlphanumericOr(Cow::Borrowed("_-")))),
    Limit::on("session_metadata", Check::Strings),
    Limit::on("session_metadata", Check::MaxValueLength(255)),
];

/// Limits for `refresh_token_metadata`, equal to those of a [session](SESSION).
pub const REFRESH_TOKEN: &[Limit] = &[
    Limit::on("refresh_token_metadata", Check::MaxKeys(25)),
    Limit::on("refresh_token_metadata", Check::MaxKeyLength(255)),
    Limit::on("refresh_token_metadata", Check::KeyCharacters(Characters::AlphanumericOr(Cow::Borrowed("_-")))),
    Limit::on("refresh_token_metadata", Check::Strings),
    Limit::on("refresh_token_metadata", Check::MaxValueLength(255)),
];

const ALL_BUT_DOT_AND_DOLLAR: Characters = Characters::AllBut(Cow::Borrowed(".$"));

const RESERVED: &[Cow<'static, str>] = &[
    Cow::Borrowed("__tenant"),
    Cow::Borrowed("_id"),
    Cow::Borrowed("blocked"),
    Cow::Borrowed("clientID"),
    Cow::Borrowed("created_at"),
    Cow::Borrowed("email_verified"),
    Cow::Borrowed("email"),
    Cow::Borrowed("globalClientID"),
    Cow::Borrowed("global_client_id"),
    Cow::Borrowed("identities"),
    Cow::Borrowed("lastIP"),
    Cow::Borrowed("lastLogin"),
    Cow::Borrowed("loginsCount"),
    Cow::Borrowed("metadata"),
    Cow::Borrowed("multifactor_last_modified"),
    Cow::Borrowed("multifactor"),
    Cow::Borrowed("updated_at"),
    Cow::Borrowed("user_id"),
];

/// Returns the table of the resource of this name.
pub(crate) fn of_resource(name: &str) -> &'static [Limit] {
    match name {
        "user" => USER,
        "client" => CLIENT,
        "custom_domain" => CUSTOM_DOMAIN,
        "organization" => ORGANIZATION,
        "session" => SESSION,
        "refresh_token" => REFRESH_TOKEN,
        _ => &[],
    }
}
