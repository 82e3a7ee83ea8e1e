//! The parameters in the query of a request. An unknown one is rejected: a list that ignored a filter
//! would hold everything, and a create that ignored `dry_run` would be one.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use serde::Deserialize;

use crate::error::ApiError;

pub type Parameters<T> = Result<Query<T>, QueryRejection>;

/// The part of a list that is asked for.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Page {
    /// From 0.
    pub page: u32,
    pub per_page: u32,
    /// Whether the list comes in an object with the number of all resources.
    pub include_totals: bool,
}

impl Default for Page {
    fn default() -> Page {
        Page { page: 0, per_page: 50, include_totals: false }
    }
}

impl Page {
    pub fn validated(self) -> Result<Page, ApiError> {
        match self {
            Page { page: ..=1_000_000, per_page: ..=100, .. } => Ok(self),
            _ => Err(ApiError::query("page must be at most 1000000, and per_page at most 100")),
        }
    }

    pub fn start(self) -> u32 {
        self.page * self.per_page
    }
}

/// The parameters of an update.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Update {
    /// Whether the change is only shown.
    #[serde(default)]
    pub dry_run: bool,
}

/// No parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}
