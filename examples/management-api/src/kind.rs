//! The differences between users and clients: fields, limits, attributes and messages. To serve
//! another resource, add a `Kind` here and name it in `KINDS`.

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
    pub limits: &'static [Limit],
}

pub static KINDS: [&Kind; 2] = [&USERS, &CLIENTS];

pub static USERS: Kind = Kind {
    resource: USER,
    collection: "users",
    table: "management_api_users",
    id: "user_id",
    id_prefix: "auth0|",
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
    limits: limits::USER,
};

pub static CLIENTS: Kind = Kind {
    resource: CLIENT,
    collection: "clients",
    table: "management_api_clients",
    id: "client_id",
    id_prefix: "",
    unique: None,
    required: Some("name"),
    permanent: &["name"],
    read_only: &["client_id", "tenant", "global", "signing_keys"],
    not_stored: &["client_secret"],
    texts: &["name", "description", "logo_uri", "app_type"],
    booleans: &["is_first_party", "oidc_conformant", "sso"],
    limits: limits::CLIENT,
};

/// This server's own limits: many small requests cannot make a resource that is slow to read, and an
/// entry of the audit log, which nests four levels deeper, stays within what a JSON parser reads.
pub const BOUNDS: [Limit; 2] = [Limit::whole(Check::MaxSize(1 << 20)), Limit::whole(Check::MaxDepth(100))];

impl Kind {
    /// Returns a random id.
    pub fn new_id(&self) -> Result<String, ApiError> {
        let random = || getrandom::u64().map_err(|_| ApiError::unavailable("there is no randomness"));
        Ok(format!("{}{:016x}{:016x}", self.id_prefix, random()?, random()?))
    }

    pub fn missing(&self) -> ApiError {
        let name = self.resource.name;
        ApiError::new(StatusCode::NOT_FOUND, format!("inexistent_{name}"), format!("The {name} does not exist."))
    }

    pub fn taken(&self) -> ApiError {
        let message = format!("The {} already exists.", self.resource.name);
        ApiError::new(StatusCode::CONFLICT, "auth0_idp_error", message)
    }
}
