//! The differences between users and clients: fields, limits, attributes and messages. To serve
//! another resource, add a `Kind` here and name it in `KINDS`.

use std::sync::LazyLock;

use axum::http::StatusCode;
use metadata_merge::limits::{self, Check, Limit};
use metadata_merge::resource::{CLIENT, Resource, USER};

use crate::error::ApiError;

/// A kind of resource, which has a table and routes of its own.
#[derive(Debug)]
pub struct Kind {
    pub resource: Resource<'static>,
    /// The name in paths and lists: `users`.
    pub collection: &'static str,
    pub table: &'static str,
    /// The attribute that holds the id.
    pub id: &'static str,
    pub id_prefix: &'static str,
    pub id_bytes: usize,
    /// The attribute that no two resources share, compared without case.
    pub unique: Option<&'static str>,
    /// The attribute that a create must have.
    pub required: Option<&'static str>,
    /// Attributes that no body can remove.
    pub permanent: &'static [&'static str],
    /// Attributes that no body can set or remove.
    pub read_only: &'static [&'static str],
    /// Members of a body that are accepted and never stored: secrets, and orders to act.
    pub not_stored: &'static [&'static str],
    /// Attributes that hold a string.
    pub texts: &'static [&'static str],
    /// Attributes that hold a boolean. All others accept any type.
    pub booleans: &'static [&'static str],
    pub limits: LazyLock<Vec<Limit>>,
    not_found: (&'static str, &'static str),
    conflict: &'static str,
}

pub static KINDS: [&Kind; 2] = [&USERS, &CLIENTS];

pub static USERS: Kind = Kind {
    resource: USER,
    collection: "users",
    table: "management_api_users",
    id: "user_id",
    id_prefix: "auth0|",
    id_bytes: 12,
    unique: Some("email"),
    required: None,
    permanent: &["connection"],
    read_only: &["user_id", "identities", "created_at", "updated_at", "last_ip", "last_login", "logins_count"],
    not_stored: &["password", "verify_email", "verify_phone_number", "client_id"],
    texts: &[
        "connection",
        "email",
        "phone_number",
        "username",
        "name",
        "nickname",
        "given_name",
        "family_name",
        "picture",
    ],
    booleans: &["email_verified", "phone_verified", "blocked"],
    limits: LazyLock::new(|| with_bounds(limits::USER)),
    not_found: ("inexistent_user", "The user does not exist."),
    conflict: "The user already exists.",
};

pub static CLIENTS: Kind = Kind {
    resource: CLIENT,
    collection: "clients",
    table: "management_api_clients",
    id: "client_id",
    id_prefix: "",
    id_bytes: 16,
    unique: None,
    required: Some("name"),
    permanent: &["name"],
    read_only: &["client_id", "tenant", "global", "signing_keys"],
    not_stored: &["client_secret"],
    texts: &["name", "description", "logo_uri", "app_type"],
    booleans: &["is_first_party", "oidc_conformant", "sso"],
    limits: LazyLock::new(|| with_bounds(limits::CLIENT)),
    not_found: ("inexistent_client", "The client does not exist."),
    conflict: "The client already exists.",
};

/// The service's limits and this server's own: many small requests cannot make a resource that is
/// slow to read, and an entry of the audit log, which nests four levels deeper, stays within what a
/// JSON parser reads.
fn with_bounds(limits: &[Limit]) -> Vec<Limit> {
    let bounds = [Limit::whole(Check::MaxSize(1 << 20)), Limit::whole(Check::MaxDepth(100))];
    limits.iter().cloned().chain(bounds).collect()
}

impl Kind {
    /// Returns a random id.
    pub fn new_id(&self) -> Result<String, ApiError> {
        let mut bytes = vec![0; self.id_bytes];
        getrandom::fill(&mut bytes).map_err(|_| ApiError::unavailable("there is no randomness"))?;
        Ok(self.id_prefix.chars().chain(bytes.iter().flat_map(|byte| hex(*byte))).collect())
    }

    pub fn missing(&self) -> ApiError {
        ApiError::new(StatusCode::NOT_FOUND, self.not_found.0, self.not_found.1)
    }

    pub fn taken(&self) -> ApiError {
        ApiError::new(StatusCode::CONFLICT, "auth0_idp_error", self.conflict)
    }
}

fn hex(byte: u8) -> [char; 2] {
    [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or_default())
}
