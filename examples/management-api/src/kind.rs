//! What users and clients have apart: their fields, limits, attributes and messages.

use metadata_merge::limits::{self, Limit, Strength};
use metadata_merge::resource::{CLIENT, Resource, USER};
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::log;
use crate::store::{Row, decode};

/// A kind of resource that is stored in a table of its own.
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
    /// The attribute that no two of the kind share, whatever its case.
    pub unique: Option<&'static str>,
    /// The attribute that a create must have.
    pub required: Option<&'static str>,
    /// Attributes that no body sets.
    pub read_only: &'static [&'static str],
    /// What a body may hold beside, and is never stored: secrets, and orders to act.
    pub not_kept: &'static [&'static str],
    /// Attributes whose type is checked. All others take anything.
    pub types: &'static [(&'static str, Type)],
    limits: &'static [Limit<'static>],
    not_found: (&'static str, &'static str),
    conflict: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub enum Type {
    Text,
    TextOrNull,
    Boolean,
}

pub static USERS: Kind = Kind {
    resource: USER,
    collection: "users",
    table: "management_api_users",
    id: "user_id",
    id_prefix: "auth0|",
    id_bytes: 12,
    unique: Some("email"),
    required: None,
    read_only: &["user_id", "identities", "created_at", "updated_at", "last_ip", "last_login", "logins_count"],
    not_kept: &["password", "verify_email", "verify_phone_number", "client_id"],
    types: &[
        ("connection", Type::Text),
        ("email", Type::TextOrNull),
        ("phone_number", Type::TextOrNull),
        ("username", Type::TextOrNull),
        ("name", Type::TextOrNull),
        ("nickname", Type::TextOrNull),
        ("given_name", Type::TextOrNull),
        ("family_name", Type::TextOrNull),
        ("picture", Type::TextOrNull),
        ("email_verified", Type::Boolean),
        ("phone_verified", Type::Boolean),
        ("blocked", Type::Boolean),
    ],
    limits: limits::USER,
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
    read_only: &["client_id", "tenant", "global", "signing_keys"],
    not_kept: &["client_secret"],
    types: &[
        ("name", Type::Text),
        ("description", Type::TextOrNull),
        ("logo_uri", Type::TextOrNull),
        ("app_type", Type::TextOrNull),
        ("is_first_party", Type::Boolean),
        ("oidc_conformant", Type::Boolean),
        ("sso", Type::Boolean),
    ],
    limits: limits::CLIENT,
    not_found: ("inexistent_client", "The client does not exist."),
    conflict: "The client already exists.",
};

impl Kind {
    /// An id that is not taken, as far as chance goes.
    pub fn new_id(&self) -> Result<String, ApiError> {
        let mut bytes = vec![0; self.id_bytes];
        getrandom::fill(&mut bytes).map_err(|_| ApiError::store(true))?;
        Ok(self.id_prefix.chars().chain(bytes.iter().flat_map(|byte| hex(*byte))).collect())
    }

    /// The columns that hold what a resource is made of: its attributes, then its metadata fields.
    pub fn columns(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once("attributes").chain(self.resource.fields.iter().map(|field| field.name))
    }

    /// The resource that a row holds.
    pub fn read(&self, row: Row) -> Result<Value, ApiError> {
        let mut resource = decode(&row.attributes)?;
        resource.insert(self.id.to_owned(), json!(row.id));
        for (field, text) in self.resource.fields.iter().zip(&row.fields) {
            if let Some(text) = text {
                resource.insert(field.name.to_owned(), Value::Object(decode(text)?));
            }
        }
        Ok(Value::Object(resource))
    }

    /// The resource that a row is about to hold, if the limits allow it.
    pub fn accept(&self, row: Row) -> Result<Value, ApiError> {
        let resource = self.read(row)?;
        let violations = limits::check(self.limits, &resource).map_err(|_| ApiError::store(false))?;
        let (refused, warned): (Vec<_>, Vec<_>) =
            violations.into_iter().partition(|violation| violation.limit.strength == Strength::Refused);
        if !refused.is_empty() {
            let texts: Vec<String> = refused.iter().map(ToString::to_string).collect();
            return Err(ApiError::body(texts.join("; ")));
        }
        for violation in warned {
            log::line(json!({"event": "limit", "resource": self.resource.name, "limit": violation.limit.check.slug()}));
        }
        Ok(resource)
    }

    pub fn missing(&self) -> ApiError {
        ApiError::not_found(self.not_found.0, self.not_found.1)
    }

    pub fn taken(&self) -> ApiError {
        ApiError::conflict(self.conflict)
    }
}

fn hex(byte: u8) -> [char; 2] {
    [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or_default())
}
