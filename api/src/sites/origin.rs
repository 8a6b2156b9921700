//! Origins (RFC 6454): parsing what owners type and matching what browsers send. Pure.

use url::{Host, Url};

/// A scheme, a host and a port, or `scheme://*.host` for all subdomains of a host.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: String,
    /// Without the `*.`; lower case, punycode.
    host: String,
    port: u16,
    wildcard: bool,
}

/// The longest origin that is looked at, in bytes: a host has at most 253.
const LONGEST: usize = 300;

impl Origin {
    /// Reads what an owner typed: an origin, or a page's whole address, of which the origin is taken.
    ///
    /// # Errors
    /// A sentence that says what would be right.
    pub fn from_owner(typed: &str) -> Result<Self, &'static str> {
        const FORM: &str = "An origin has the form https://blog.example or http://localhost:1313.";
        let typed = typed.trim();
        if typed.len() > 2048 {
            return Err(FORM);
        }
        let (scheme, rest) = typed.split_once("://").ok_or(FORM)?;
        let (wildcard, rest) = match rest.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let url = Url::parse(&format!("{scheme}://{rest}")).map_err(|_| FORM)?;
        let origin = Self::of_url(&url).ok_or(FORM)?;
        if !wildcard {
            return Ok(origin);
        }
        let listed = Origin { wildcard, ..origin };
        match url.host() {
            Some(Host::Domain(host)) if host.contains('.') && listed.to_string().len() <= LONGEST => Ok(listed),
            _ => Err("A wildcard needs a domain of its own, as in https://*.blog.example."),
        }
    }

    /// Reads an `Origin` header: nothing but a serialised origin (RFC 6454 section 6.2) will do, and `null` is nobody.
    pub fn from_header(header: &str) -> Option<Self> {
        if header.len() > LONGEST {
            return None;
        }
        let origin = Self::of_url(&Url::parse(header).ok()?)?;
        // A browser sends the canonical form. Anything else was made by hand, to look like something it is not.
        (origin.to_string() == header).then_some(origin)
    }

    /// The origin of a page.
    pub fn of_url(url: &Url) -> Option<Self> {
        if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        let host = url.host_str()?.trim_end_matches('.').to_owned();
        let port = url.port_or_known_default()?;
        let origin = Origin {
            scheme: url.scheme().to_owned(),
            host,
            port,
            wildcard: false,
        };
        // The URL standard lets a star be part of a host; in a list of origins it means something else.
        let has_host = !origin.host.is_empty() && !origin.host.contains('*');
        (has_host && origin.to_string().len() <= LONGEST).then_some(origin)
    }

    /// Whether its host has a name that only its owner has: neither an address nor a machine's own name.
    pub fn is_of_a_domain(&self) -> bool {
        matches!(Host::parse(&self.host), Ok(Host::Domain(name)) if name.contains('.'))
    }

    /// Every entry of a list by which it could be meant.
    pub fn entries(&self) -> Vec<String> {
        let above = self.host.match_indices('.').map(|(place, _)| Origin {
            host: self.host[place + 1..].to_owned(),
            wildcard: true,
            ..self.clone()
        });
        std::iter::once(self.clone())
            .chain(above)
            .map(|entry| entry.to_string())
            .collect()
    }

    pub fn is_wildcard(&self) -> bool {
        self.wildcard
    }

    /// Whether a page of `other` is meant by this entry of a site's list.
    pub fn covers(&self, other: &Origin) -> bool {
        let same = self.scheme == other.scheme && self.port == other.port && !other.wildcard;
        if !self.wildcard {
            return same && self.host == other.host;
        }
        same && other
            .host
            .strip_suffix(&self.host)
            .is_some_and(|sub| sub.len() > 1 && sub.ends_with('.'))
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let star = if self.wildcard { "*." } else { "" };
        write!(f, "{}://{star}{}", self.scheme, self.host)?;
        match (self.scheme.as_str(), self.port) {
            ("http", 80) | ("https", 443) => Ok(()),
            (_, port) => write!(f, ":{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(typed: &str) -> String {
        Origin::from_owner(typed).unwrap().to_string()
    }

    #[test]
    fn what_owners_type_becomes_an_origin() {
        for (typed, origin) in [
            ("https://blog.example", "https://blog.example"),
            ("  https://blog.example/  ", "https://blog.example"),
            ("https://Blog.Example/2026/post?x=1#y", "https://blog.example"),
            ("https://blog.example:443", "https://blog.example"),
            ("http://localhost:1313", "http://localhost:1313"),
            ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
            ("http://[::1]:8000", "http://[::1]:8000"),
            ("https://*.blog.example", "https://*.blog.example"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
            ("https://blog.example.", "https://blog.example"),
        ] {
            assert_eq!(owner(typed), origin, "{typed}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused_with_a_sentence() {
        for typed in [
            "",
            "blog.example",
            "ftp://blog.example",
            "https://",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "null",
            "*",
            "https://*",
            "https://*.com",
            "https://*.127.0.0.1",
            "https://user:pass@blog.example",
            "https://bl og.example",
            "https://*.*.blog.example",
        ] {
            assert!(Origin::from_owner(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn only_the_very_origin_is_covered() {
        let listed = Origin::from_owner("https://blog.example").unwrap();
        assert!(listed.covers(&Origin::from_header("https://blog.example").unwrap()));
        for look_alike in [
            "http://blog.example",
            "https://blog.example:8443",
            "https://blog.example.evil.example",
            "https://evilblog.example",
            "https://sub.blog.example",
            "https://blog.examplex",
            "https://blog-example",
        ] {
            assert!(
                !listed.covers(&Origin::from_header(look_alike).unwrap()),
                "{look_alike}"
            );
        }
    }

    #[test]
    fn a_header_that_no_browser_sends_is_nobody() {
        for header in [
            "null",
            "",
            "https://blog.example/",
            "https://BLOG.example",
            "https://blog.example:443",
            "https://user@blog.example",
            "https://blog.example, https://evil.example",
            "https://blog.example#",
            "//blog.example",
            "https://blog.example\u{0}",
            " https://blog.example",
            "https://bücher.example",
            "https://*.blog.example",
            "https://blog.example.",
        ] {
            assert_eq!(Origin::from_header(header), None, "{header:?}");
        }
    }

    #[test]
    fn an_origin_knows_the_entries_that_mean_it() {
        let origin = Origin::from_header("https://a.blog.example:8443").unwrap();
        assert_eq!(
            origin.entries(),
            [
                "https://a.blog.example:8443",
                "https://*.blog.example:8443",
                "https://*.example:8443"
            ]
        );
        assert!(origin.is_of_a_domain());
        for own in ["http://localhost:1313", "http://127.0.0.1", "http://[::1]:80"] {
            assert!(!Origin::from_owner(own).unwrap().is_of_a_domain(), "{own}");
        }
    }

    #[test]
    fn a_wildcard_covers_subdomains_and_nothing_else() {
        let listed = Origin::from_owner("https://*.blog.example").unwrap();
        for (origin, covered) in [
            ("https://a.blog.example", true),
            ("https://a.b.blog.example", true),
            ("https://blog.example", false),
            ("https://evilblog.example", false),
            ("http://a.blog.example", false),
            ("https://a.blog.example:8443", false),
            ("https://a.blog.example.evil.example", false),
        ] {
            assert_eq!(
                listed.covers(&Origin::from_header(origin).unwrap()),
                covered,
                "{origin}"
            );
        }
    }
}
