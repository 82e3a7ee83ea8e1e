//! The parameters in the query of a request.

use std::ops::RangeInclusive;

use crate::error::ApiError;

/// The part of a list that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// From 0.
    pub page: u32,
    pub per_page: u32,
    /// Whether the list comes in an object with the number of all resources.
    pub include_totals: bool,
}

impl Page {
    pub fn read(query: &str) -> Result<Page, ApiError> {
        let mut page = Page { page: 0, per_page: 50, include_totals: false };
        for (name, value) in pairs(query) {
            match name {
                "page" => page.page = number(name, value, 0..=1_000_000)?,
                "per_page" => page.per_page = number(name, value, 0..=100)?,
                "include_totals" => page.include_totals = boolean(name, value)?,
                // To ignore a filter would be worse than to reject it: the answer would hold
                // everything.
                _ => return Err(ApiError::query("the parameters are page, per_page and include_totals")),
            }
        }
        Ok(page)
    }

    pub fn start(self) -> u32 {
        self.page * self.per_page
    }
}

/// Reads `dry_run` of an update.
pub fn dry_run(query: &str) -> Result<bool, ApiError> {
    let mut dry_run = false;
    for (name, value) in pairs(query) {
        match name {
            "dry_run" => dry_run = boolean(name, value)?,
            _ => return Err(ApiError::query("the only parameter is dry_run")),
        }
    }
    Ok(dry_run)
}

/// Rejects every parameter: a create or a delete that ignored `dry_run` would be one.
pub fn none(query: &str) -> Result<(), ApiError> {
    match pairs(query).next() {
        Some(_) => Err(ApiError::query("there are no parameters")),
        None => Ok(()),
    }
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

fn boolean(name: &str, value: &str) -> Result<bool, ApiError> {
    value.parse().map_err(|_| ApiError::query(format!("{name} must be true or false")))
}

fn number(name: &str, value: &str, allowed: RangeInclusive<u32>) -> Result<u32, ApiError> {
    let number = value.parse().ok().filter(|number| allowed.contains(number));
    number.ok_or_else(|| {
        ApiError::query(format!("{name} must be an integer from {} to {}", allowed.start(), allowed.end()))
    })
}
