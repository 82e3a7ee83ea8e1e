//! The query of a list.

use std::ops::RangeInclusive;

use crate::error::ApiError;

/// Which part of a list is asked for.
pub struct Page {
    /// From 0.
    pub page: u32,
    pub per_page: u32,
    /// Whether the list comes in an object that says how long it is.
    pub include_totals: bool,
}

impl Page {
    pub fn read(query: &str) -> Result<Page, ApiError> {
        let mut page = Page { page: 0, per_page: 50, include_totals: false };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match name {
                "page" => page.page = number(name, value, 0..=1_000_000)?,
                "per_page" => page.per_page = number(name, value, 0..=100)?,
                "include_totals" => {
                    page.include_totals = match value {
                        "true" => true,
                        "false" => false,
                        _ => return Err(ApiError::query("include_totals must be true or false")),
                    }
                }
                // To search or to sort and to be answered with everything would be worse than a refusal.
                _ => {
                    return Err(ApiError::query(
                        "the parameters are page, per_page and include_totals; no other is known here",
                    ));
                }
            }
        }
        Ok(page)
    }
}

fn number(name: &str, value: &str, allowed: RangeInclusive<u32>) -> Result<u32, ApiError> {
    let number = value.parse().ok().filter(|number| allowed.contains(number));
    number.ok_or_else(|| {
        ApiError::query(format!("{name} must be an integer from {} to {}", allowed.start(), allowed.end()))
    })
}
