//! Rejects values that a store could not return as they were sent, so that all stores answer alike.
//!
//! PostgreSQL's `jsonb` cannot hold U+0000, and rewrites the text of numbers without changing their
//! value. A number that is neither a 64-bit integer nor the text of a double would be rounded when
//! it is parsed here.

/// Validates a text that is known to be JSON.
pub fn check(json: &str) -> Result<(), &'static str> {
    let mut rest = json;
    while let Some(start) = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        rest = &rest[start..];
        let end = if rest.starts_with('"') { string(rest)? } else { number(rest)? };
        rest = &rest[end..];
    }
    Ok(())
}

/// Returns the length of the string at the start.
fn string(json: &str) -> Result<usize, &'static str> {
    let mut at = 1;
    loop {
        match json.as_bytes().get(at) {
            Some(b'"') | None => return Ok(at + 1),
            Some(b'\\') if json[at..].starts_with("\\u0000") => {
                return Err("a string holds U+0000, which cannot be stored");
            }
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}

/// Returns the length of the number at the start.
fn number(json: &str) -> Result<usize, &'static str> {
    let end = json.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')).unwrap_or(json.len());
    let number = &json[..end];
    let is_integer = number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok();
    // A double with the same digits as the number has the same exponent too, since it is the nearest.
    if is_integer || number.parse::<f64>().is_ok_and(|double| digits(number) == digits(&format!("{double:e}"))) {
        return Ok(end);
    }
    Err("a number is neither a 64-bit integer nor what a double is written as, and would be rounded")
}

/// Returns the digits of a number without zeros at their ends.
fn digits(number: &str) -> String {
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').to_owned()
}
