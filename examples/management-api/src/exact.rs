//! What a store would not give back as it was sent. It is refused everywhere, so that all stores answer alike.
//!
//! PostgreSQL's `jsonb` cannot hold U+0000, and rewrites numbers without changing their value. A number that is neither a 64-bit
//! integer nor what a double is written as would be rounded on its way here.

/// Looks through a text that is known to be JSON.
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

/// The digits of a number without zeros at their ends, and the power of ten of the first. Zero has none.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_come_back_are_taken() {
        for number in [
            "0",
            "-0",
            "-0.0",
            "1",
            "1.0",
            "1.50",
            "1e2",
            "1E+2",
            "0.1",
            "5e-324",
            "1e308",
            "1.7976931348623157e308",
            "0e999999999999999999999",
            "9007199254740993",
            "18446744073709551615",
            "-9223372036854775808",
            "123456789.125",
            "1e21",
            "0.000001",
            "100e-2",
        ] {
            assert_eq!(check(&format!("[{number}, {{\"a\":{number}}}]")), Ok(()), "{number}");
        }
    }

    #[test]
    fn numbers_that_would_be_rounded_are_refused() {
        for number in [
            "18446744073709551616",
            "-9223372036854775809",
            "0.12345678901234567890",
            "1e-400",
            "1.00000000000000000001",
            "123456789012345678901234567890",
            "1e99999999999999999999",
        ] {
            assert!(check(&format!("{{\"a\": [{number}]}}")).is_err(), "{number}");
        }
    }

    #[test]
    fn the_null_character_is_refused_and_a_text_about_it_is_not() {
        assert!(check(r#"{"a": "\u0000"}"#).is_err());
        assert!(check(r#"{"a\\\u0000": 1}"#).is_err());
        assert_eq!(check(r#"{"a": "\\u0000", "\\\\u0000": "\"18446744073709551616\u0001"}"#), Ok(()));
    }
}
