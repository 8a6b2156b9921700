//! Conditional requests (RFC 9110 section 13).

/// Whether an `If-None-Match` names this tag, by weak comparison.
pub fn names(known: &str, etag: &str) -> bool {
    known
        .split(',')
        .map(str::trim)
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == etag)
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_tag_is_named_by_itself_weakly_in_a_list_and_by_a_star() {
        for (known, expected) in [
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"b\", W/\"a\"", true),
            ("*", true),
            ("\"b\"", false),
            ("a", false),
            ("", false),
        ] {
            assert_eq!(names(known, "\"a\""), expected, "{known}");
        }
    }
}
