//! Conditional requests (RFC 9110 section 13).

use chrono::{DateTime, Utc};

/// Whether an `If-None-Match` names this tag, by weak comparison.
pub fn names(known: &str, etag: &str) -> bool {
    known
        .split(',')
        .map(str::trim)
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == etag)
}

/// What the asker has: `If-None-Match`, `If-Modified-Since`.
pub struct Known(pub Option<String>, pub Option<String>);

impl Known {
    /// Whether the asker has what he would get (RFC 9110 section 13.2.2: the date only where there is no tag).
    pub fn is(&self, etag: &str, changed: DateTime<Utc>) -> bool {
        match (&self.0, &self.1) {
            (Some(tags), _) => names(tags, etag),
            (None, Some(date)) => DateTime::parse_from_rfc2822(date).is_ok_and(|date| changed <= date),
            (None, None) => false,
        }
    }
}

/// The whole second (RFC 9110 section 5.6.7) before which the last change lies, so that two changes in one second are two. In that
/// very second, which is not over, the one before.
pub fn http_date(changed: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let whole = changed.timestamp() + i64::from(changed.timestamp_subsec_millis() > 0);
    let second = DateTime::from_timestamp(whole.min(now.timestamp()), 0).unwrap_or_default();
    second.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(ms).unwrap()
    }

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

    #[test]
    fn two_changes_in_one_second_are_two() {
        let now = at(1_800_000_010_900);
        let date = |changed| http_date(changed, now);
        assert_eq!(date(at(1_800_000_005_000)), "Fri, 15 Jan 2027 08:00:05 GMT");
        assert_eq!(date(at(1_800_000_005_200)), "Fri, 15 Jan 2027 08:00:06 GMT");
        assert_eq!(
            date(at(1_800_000_010_200)),
            "Fri, 15 Jan 2027 08:00:10 GMT",
            "never of the future"
        );
        let known = |changed| Known(None, Some(date(changed)));
        assert!(known(at(1_800_000_005_200)).is("\"x\"", at(1_800_000_005_200)));
        assert!(!known(at(1_800_000_010_200)).is("\"x\"", at(1_800_000_010_700)));
        assert!(
            !Known(Some("\"y\"".into()), Some(date(now))).is("\"x\"", at(0)),
            "a tag goes before a date"
        );
        assert!(!Known(None, Some("yesterday".into())).is("\"x\"", at(0)));
    }
}
