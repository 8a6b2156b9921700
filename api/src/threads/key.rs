//! Which conversation a page means: an explicit id, or its canonical address. Pure and versioned.

use url::Url;

use crate::error::{Error, FieldCode, Result};

/// Version of [`canonical`]. A change of its rules is a new version, and the keys it changes become aliases.
pub const VERSION: i32 = 1;

/// Longest id and address, in bytes. Both are part of an index row, which PostgreSQL keeps under some 2,700.
pub const LONGEST: usize = 2048;

/// Query parameters that say where a reader came from and not what the page is.
const IGNORED: &[&str] = &[
    "fbclid", "gclid", "dclid", "msclkid", "yclid", "igshid", "mc_cid", "mc_eid", "_ga", "_gl",
];

/// What names a thread, as the visitor sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    key: String,
    url: Option<Url>,
}

impl Address {
    /// Takes the id when there is one, else the page's address.
    ///
    /// # Errors
    /// `invalid_input` with a pointer below `/thread`.
    pub fn new(id: Option<&str>, url: Option<&str>) -> Result<Self> {
        let parsed = url.filter(|url| !url.is_empty()).map(page).transpose()?;
        match (id.map(str::trim).filter(|id| !id.is_empty()), &parsed) {
            (Some(id), _) if id.len() > LONGEST => Err(Error::invalid(
                "/thread/id",
                FieldCode::TooLong,
                format!("An id may have {LONGEST} bytes."),
            )),
            (Some(id), _) if id.chars().any(char::is_control) => Err(Error::invalid(
                "/thread/id",
                FieldCode::ForbiddenCharacter,
                "An id has no control characters.",
            )),
            (Some(id), _) => Ok(Address {
                key: format!("id:{id}"),
                url: parsed,
            }),
            (None, Some(url)) => Ok(Address {
                key: format!("url:{}", canonical(url)),
                url: parsed,
            }),
            (None, None) => Err(Error::invalid(
                "/thread",
                FieldCode::Required,
                "A thread is named by its id or by its page's url.",
            )),
        }
    }

    /// `id:` and the id, or `url:` and the canonical address.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The page, if it was given.
    pub fn url(&self) -> Option<&Url> {
        self.url.as_ref()
    }

    /// Whether the page's address is what names the thread.
    pub fn is_by_url(&self) -> bool {
        self.key.starts_with("url:")
    }
}

fn page(text: &str) -> Result<Url> {
    let invalid = |code, detail: &str| Error::invalid("/thread/url", code, detail);
    if text.len() > LONGEST {
        return Err(invalid(FieldCode::TooLong, "The page's address may have 2048 bytes."));
    }
    let mut url =
        Url::parse(text).map_err(|_| invalid(FieldCode::Invalid, "The page's address must be a whole URL."))?;
    if !matches!(url.scheme(), "http" | "https")
        || !url.has_host()
        || !url.username().is_empty()
        || url.password().is_some()
    {
        return Err(invalid(
            FieldCode::Invalid,
            "The page's address must begin with http:// or https:// and a host.",
        ));
    }
    url.set_fragment(None);
    // Again, as it will be stored: percent-encoding makes three bytes of one.
    if url.as_str().len() > LONGEST {
        return Err(invalid(FieldCode::TooLong, "The page's address may have 2048 bytes."));
    }
    Ok(url)
}

/// The address without what does not tell pages apart: scheme, host's case, default port, `index.html`, trailing slash, fragment,
/// and the query parameters of campaigns. The other parameters keep their order and spelling.
fn canonical(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let path = url.path();
    let path = ["/index.html", "/index.htm", "/index.php"]
        .iter()
        .find_map(|index| path.strip_suffix(index))
        .unwrap_or_else(|| path.trim_end_matches('/'));
    let kept: Vec<&str> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| tells_pages_apart(pair))
        .collect();
    let query = if kept.is_empty() {
        String::new()
    } else {
        format!("?{}", kept.join("&"))
    };
    let path = if path.is_empty() { "/" } else { path };
    format!("{host}{port}{path}{query}")
}

fn tells_pages_apart(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
    !name.is_empty() && !name.starts_with("utm_") && !IGNORED.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(url: &str) -> String {
        Address::new(None, Some(url)).unwrap().key().to_owned()
    }

    #[test]
    fn spellings_of_one_page_have_one_key() {
        for url in [
            "https://blog.example/post",
            "http://blog.example/post",
            "https://BLOG.example/post/",
            "https://blog.example:443/post",
            "https://blog.example/post#comments",
            "https://blog.example/post/index.html",
            "https://blog.example/post?utm_source=x&utm_medium=y",
            "https://blog.example/post?fbclid=abc",
            "https://blog.example./post?",
        ] {
            assert_eq!(key(url), "url:blog.example/post", "{url}");
        }
    }

    #[test]
    fn what_tells_pages_apart_stays() {
        for (url, expected) in [
            ("https://blog.example", "url:blog.example/"),
            ("https://blog.example/", "url:blog.example/"),
            ("https://blog.example/index.html", "url:blog.example/"),
            (
                "https://blog.example/?p=12&utm_source=x&page=2",
                "url:blog.example/?p=12&page=2",
            ),
            ("https://blog.example/Post", "url:blog.example/Post"),
            ("https://blog.example:8443/post", "url:blog.example:8443/post"),
            ("https://blog.example/a%20b", "url:blog.example/a%20b"),
            ("https://blog.example/ä", "url:blog.example/%C3%A4"),
            ("https://bücher.example/", "url:xn--bcher-kva.example/"),
            ("http://[::1]:8000/x", "url:[::1]:8000/x"),
        ] {
            assert_eq!(key(url), expected, "{url}");
        }
    }

    #[test]
    fn making_a_key_again_changes_nothing() {
        for url in [
            "https://blog.example/post/?b=1&a=2&utm_id=3",
            "https://blog.example//a//",
            "https://blog.example/%2e%2e/x",
        ] {
            let once = key(url);
            assert_eq!(key(&once.replace("url:", "https://")), once, "{url}");
        }
    }

    #[test]
    fn an_id_goes_before_the_address_and_never_meets_one() {
        let by_id = Address::new(Some(" blog.example/post "), Some("https://blog.example/other")).unwrap();
        assert_eq!(by_id.key(), "id:blog.example/post");
        assert!(!by_id.is_by_url());
        assert_ne!(by_id.key(), key("https://blog.example/post"));
    }

    #[test]
    fn what_is_no_page_is_refused() {
        for url in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "/post",
            "ftp://x/",
            "https://user@blog.example/",
            "data:text/html,x",
        ] {
            assert!(Address::new(None, Some(url)).is_err(), "{url}");
        }
        assert!(Address::new(None, None).is_err());
        assert!(Address::new(Some("  "), None).is_err());
        assert!(Address::new(Some("a\u{0}b"), None).is_err());
        assert!(Address::new(Some(&"x".repeat(2049)), None).is_err());
    }
}
