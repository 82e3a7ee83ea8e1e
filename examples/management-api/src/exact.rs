//! Rejects values that a store could not return as they were sent, so that all stores answer alike.
//!
//! PostgreSQL's `jsonb` cannot hold U+0000, and rewrites the text of numbers without changing their
//! value. A number that is neither a 64-bit integer nor the text of a double would be rounded when
//! it is parsed here.

/// Validates a text that is known to be JSON.
pub fn check(json: &str) -> Result<(), &'static str> {
    let bytes = json.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at += 1;
                while bytes.get(at).is_some_and(|byte| *byte != b'"') {
                    if bytes[at..].starts_with(b"\\u0000") {
                        return Err("a string holds U+0000, which cannot be stored");
                    }
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                let rest = &json[at..];
                let end =
                    rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')).unwrap_or(rest.len());
                if !comes_back(&rest[..end]) {
                    return Err(
                        "a number is neither a 64-bit integer nor what a double is written as, and would be rounded",
                    );
                }
                at += end;
            }
            _ => at += 1,
        }
    }
    Ok(())
}

/// Whether the number has the same value after it was read and written.
fn comes_back(number: &str) -> bool {
    if number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok() {
        return true;
    }
    number.parse::<f64>().is_ok_and(|double| digits(number) == digits(&format!("{double:e}")))
}

/// The digits of a number without zeros at their ends, and the power of ten of the first. Zero has
/// none.
fn digits(number: &str) -> Option<(String, i64)> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let mantissa = mantissa.trim_start_matches('-');
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0');
    let leading = all.len() - significant.len();
    let exponent: i64 = exponent.parse().unwrap_or(i64::MAX / 2);
    let first = exponent + whole.len() as i64 - leading as i64;
    (!significant.is_empty()).then(|| (significant.trim_end_matches('0').to_owned(), first))
}
