//! The service's limits.

use alloc::borrow::Cow;

use super::{Characters, Check, Limit};

/// The limits of a stored user. No root key of either field contains `.` or `$`, and a user larger
/// than 10,240 bytes as compact JSON is stored with a warning.
///
/// 18 names are reserved in `app_metadata`: `__tenant`, `_id`, `blocked`, `clientID`, `created_at`,
/// `email_verified`, `email`, `globalClientID`, `global_client_id`, `identities`, `lastIP`,
/// `lastLogin`, `loginsCount`, `metadata`, `multifactor_last_modified`, `multifactor`, `updated_at`
/// and `user_id`.
///
/// Documented: the service's page "Metadata Field Names and Data Types". Decided: `.` and `$` are
/// refused in root keys only, because the page says "field names".
pub const USER: &[Limit] = &[
    Limit::on("user_metadata", Check::KeyCharacters(ALL_BUT_DOT_AND_DOLLAR)),
    Limit::on("app_metadata", Check::KeyCharacters(ALL_BUT_DOT_AND_DOLLAR)),
    Limit::on("app_metadata", Check::ReservedNames(Cow::Borrowed(RESERVED))),
    Limit::whole(Check::MaxSize(10_240)).warned(),
];

/// The limits of `user_metadata` at sign-up: at most 10 keys, keys of at most 100 characters, and
/// values that are strings of at most 500 characters. It is a table of its own and does not include
/// [`USER`].
///
/// Documented: the reference of the Authentication API, "Sign up".
pub const SIGN_UP: &[Limit] = &[
    Limit::on("user_metadata", Check::MaxKeys(10)),
    Limit::on("user_metadata", Check::MaxKeyLength(100)),
    Limit::on("user_metadata", Check::Strings),
    Limit::on("user_metadata", Check::MaxValueLength(500)),
];

/// The limits of a stored client: at most 10 keys; keys of at most 255 characters, which are ASCII
/// letters and digits, ``:,-+=_*?"/\()<>@``, tab and space; values that are strings of at most 255
/// characters.
///
/// Documented: the service's page "Metadata Field Names and Data Types". Decided: values have no
/// forbidden characters, although the page says "special characters" of keys and values.
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

/// The limits of a stored custom domain: at most 10 keys, and values that are strings of at most
/// 255 characters.
///
/// Documented: the API schema of custom domains, which gives no limit on the length of a key.
pub const CUSTOM_DOMAIN: &[Limit] = &[
    Limit::on("domain_metadata", Check::MaxKeys(10)),
    Limit::on("domain_metadata", Check::Strings),
    Limit::on("domain_metadata", Check::MaxValueLength(255)),
];

/// The limits of a stored organization: at most 25 keys, keys of at most 255 characters, and values
/// that are strings of at most 255 characters.
///
/// Documented: the service's page "Create Organizations" and the API schema. Older tools say 10
/// keys.
pub const ORGANIZATION: &[Limit] = &[
    Limit::on("metadata", Check::MaxKeys(25)),
    Limit::on("metadata", Check::MaxKeyLength(255)),
    Limit::on("metadata", Check::Strings),
    Limit::on("metadata", Check::MaxValueLength(255)),
];

/// The limits of a stored session: at most 25 keys; keys of at most 255 characters, which are ASCII
/// letters and digits, `_` and `-`; values that are strings of at most 255 characters.
///
/// Documented: the service's page "Session Metadata".
pub const SESSION: &[Limit] = &[
    Limit::on("session_metadata", Check::MaxKeys(25)),
    Limit::on("session_metadata", Check::MaxKeyLength(255)),
    Limit::on("session_metadata", Check::KeyCharacters(Characters::AlphanumericOr(Cow::Borrowed("_-")))),
    Limit::on("session_metadata", Check::Strings),
    Limit::on("session_metadata", Check::MaxValueLength(255)),
];

/// The limits of a stored refresh token, which are those of a [session](SESSION).
///
/// Documented: the service's page "Refresh Token Metadata".
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
