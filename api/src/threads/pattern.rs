//! Addresses of pages with `*` for anything, as owners write them. Pure, and linear in what strangers send.

use url::Url;

/// Whether a pattern covers an address. The pattern may be typed as in a browser's address bar: the case of the host,
/// its own letters, a default port do not matter.
pub fn covers(pattern: &str, address: &str) -> bool {
    matches(&spelled(pattern), address)
}

/// Whether `text` is `pattern` with something, or nothing, in place of each `*`. What stands between two stars is
/// looked for from left to right and the first place is taken, which is right for stars alone: no going back, so no
/// text makes it slow.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut left) = text.strip_prefix(head) else {
        return false;
    };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        match left.find(part) {
            Some(place) => left = &left[place + part.len()..],
            None => return false,
        }
    }
    left.ends_with(tail)
}

/// The pattern in the spelling of a parsed address: punycode, percent-encoding, no default port, no fragment. A star in
/// the host is not a host, so there only the case of letters is changed.
fn spelled(pattern: &str) -> String {
    let Some((scheme, rest)) = pattern.split_once("://") else {
        return pattern.to_owned();
    };
    let host_ends = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    if !scheme.contains('*')
        && !rest[..host_ends].contains('*')
        && let Ok(mut url) = Url::parse(pattern)
    {
        url.set_fragment(None);
        return url.into();
    }
    format!(
        "{}://{}{}",
        scheme.to_ascii_lowercase(),
        rest[..host_ends].to_ascii_lowercase(),
        &rest[host_ends..]
    )
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_star_stands_for_anything_and_nothing() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "anything", true),
            ("**", "anything", true),
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("abc", "ABC", false),
            ("a*", "a", true),
            ("a*", "ab", true),
            ("a*", "ba", false),
            ("*c", "abc", true),
            ("*c", "abcd", false),
            ("a*c", "ac", true),
            ("a*c", "abc", true),
            ("a*c", "abcc", true),
            ("a*c", "acb", false),
            ("ab*ba", "aba", false),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "a1c2b", false),
            ("a*b*b", "ab", false),
            ("a*b*b", "abb", true),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b*", "xxbxxaxx", false),
            ("a**b", "ab", true),
            ("*ana*", "banana", true),
            ("*ana*ana", "banana", false),
            ("*ä*", "grün und älter", true),
            ("a?c", "abc", false),
            ("a.c", "abc", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_pattern_is_read_like_an_address() {
        for (pattern, address, expected) in [
            ("https://blog.example/posts/*", "https://blog.example/posts/a", true),
            (
                "https://blog.example/posts/*",
                "https://blog.example/posts/a/b?c=d",
                true,
            ),
            ("https://blog.example/posts/*", "https://blog.example/posts", false),
            ("https://blog.example/posts/*", "https://blog.example/", false),
            ("https://blog.example/posts/*", "http://blog.example/posts/a", false),
            (
                "https://blog.example/posts/*",
                "https://blog.example.evil.example/posts/a",
                false,
            ),
            ("https://blog.example", "https://blog.example/", true),
            ("https://BLOG.example:443/Posts/*", "https://blog.example/Posts/a", true),
            ("https://blog.example/Posts/*", "https://blog.example/posts/a", false),
            ("https://bücher.example/*", "https://xn--bcher-kva.example/x", true),
            ("https://blog.example/ä/*", "https://blog.example/%C3%A4/x", true),
            ("https://blog.example:8443/*", "https://blog.example:8443/x", true),
            ("https://blog.example:8443/*", "https://blog.example/x", false),
            ("https://*.blog.example/*", "https://en.blog.example/x", true),
            ("https://*.Blog.example/*", "https://en.blog.example/x", true),
            ("https://*", "https://blog.example/x", true),
            ("*://blog.example/*", "http://blog.example/x", true),
            ("*/posts/*", "https://blog.example/posts/x", true),
            ("*", "https://blog.example/x", true),
        ] {
            assert_eq!(covers(pattern, address), expected, "{pattern} {address}");
        }
    }

    #[test]
    fn a_hostile_address_is_done_with_in_no_time() {
        let pattern = format!("{}b", "*a".repeat(150));
        let address = "a".repeat(100_000);
        let begun = Instant::now();
        assert!(!matches(&pattern, &address));
        assert!(begun.elapsed().as_millis() < 100, "{:?}", begun.elapsed());
    }
}
