//! Which conversation a page means: an explicit id, or its canonical address by the site's rules. Pure and versioned.

use std::borrow::Cow;

use url::Url;

use crate::error::{Error, FieldCode, Result};
use crate::sites::settings::Settings;

/// Version of [`canonical`] under the settings that a site begins with. Whoever changes what it makes of an address
/// then raises this and asks for a `Job::Rekey` of every site, which adds the new keys beside the old ones.
pub const VERSION: i32 = 1;

/// Longest id and address, in bytes. Both are part of an index row, which PostgreSQL keeps under some 2,700.
pub const LONGEST: usize = 2048;

/// Query parameters that say where a reader came from and not what the page is.
const IGNORED: &[&str] = &[
    "fbclid", "gclid", "dclid", "msclkid", "yclid", "igshid", "mc_cid", "mc_eid", "_ga", "_gl",
];

/// File names that a server puts in by itself where an address ends with a slash.
const INDEXES: [&str; 3] = ["index.html", "index.htm", "index.php"];

/// What names a thread, as the visitor sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    key: String,
    /// The other name of the same page, where an id is the page's own path.
    other_key: Option<String>,
    url: Option<Url>,
    signature: Option<String>,
}

impl Address {
    /// Takes the id when there is one, else the page's address, by the rules of the site that is asked
    /// (`settings.url_...`). An id that is the page's own path is a second name of the page (Isso names pages so).
    ///
    /// # Errors
    /// `invalid_input` with a pointer below `/thread`.
    pub fn new(id: Option<&str>, url: Option<&str>, settings: &Settings) -> Result<Self> {
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
                other_key: parsed
                    .as_ref()
                    .and_then(|url| page_of_path(id, url))
                    .map(|page| key_of(&page, settings)),
                url: parsed,
                signature: None,
            }),
            (None, Some(url)) => Ok(Address {
                key: key_of(url, settings),
                other_key: None,
                url: parsed,
                signature: None,
            }),
            (None, None) => Err(Error::invalid(
                "/thread",
                FieldCode::Required,
                "A thread is named by its id or by its page's url.",
            )),
        }
    }

    /// With the page's proof that its site has signed the id; not looked at yet.
    #[must_use]
    pub fn signed(self, signature: Option<String>) -> Self {
        Address { signature, ..self }
    }

    pub fn signature(&self) -> Option<&str> {
        self.signature.as_deref()
    }

    /// `id:` and the id, or `url:` and the canonical address.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Under which the thread may be found if it is not under the key.
    pub fn other_key(&self) -> Option<&str> {
        self.other_key.as_deref()
    }

    /// Whether a thread that was found by one of the names is meant. By the other name, only one that goes by its page: another id has
    /// its own.
    pub fn means(&self, thread_key: &str) -> bool {
        thread_key == self.key || thread_key.starts_with("url:")
    }

    /// Every name of it, the first one first.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.key()).chain(self.other_key())
    }

    /// The explicit id, if that is what names the thread.
    pub fn id(&self) -> Option<&str> {
        self.key.strip_prefix("id:")
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

/// The page that an id names by being its path, if it is the one at `url`.
fn page_of_path<'a>(id: &str, url: &'a Url) -> Option<Cow<'a, Url>> {
    if !id.starts_with('/') || id.starts_with("//") || id.contains('#') {
        return None;
    }
    // What most ids are that are paths at all.
    if id == url.path() && url.query().is_none() {
        return Some(Cow::Borrowed(url));
    }
    let page = url.join(id).ok()?;
    let same_query = page.query().is_none_or(|query| url.query() == Some(query));
    (page.path() == url.path() && same_query).then_some(Cow::Owned(page))
}

/// Whether two settings make the same keys of all addresses.
pub fn same_rules(one: &Settings, other: &Settings) -> bool {
    let rules = |settings: &Settings| {
        (
            settings.url_keep_scheme,
            settings.url_keep_slash,
            settings.url_keep_index,
            settings.url_ignored_parameters.clone(),
            settings.url_language_prefixes.clone(),
        )
    };
    rules(one) == rules(other)
}

/// The key by which a page's thread is found under a site's rules. Made of pages' addresses only, never of other keys:
/// what a rule takes away could be there a second time.
pub fn key_of(url: &Url, settings: &Settings) -> String {
    let scheme = if settings.url_keep_scheme {
        format!("{}://", url.scheme())
    } else {
        String::new()
    };
    format!("url:{scheme}{}", canonical(url, settings))
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

/// The address, less its scheme, without what does not tell pages apart: the host's case, a default port, the fragment,
/// the query parameters of campaigns, and what else the site's rules name. The other parameters keep their order and
/// spelling.
pub fn canonical(url: &Url, settings: &Settings) -> String {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let path = without_language(url.path(), &settings.url_language_prefixes);
    let path = without_index(path, settings);
    let kept: Vec<&str> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| tells_pages_apart(pair, &settings.url_ignored_parameters))
        .collect();
    let query = if kept.is_empty() {
        String::new()
    } else {
        format!("?{}", kept.join("&"))
    };
    let path = if path.is_empty() { "/" } else { path };
    format!("{host}{port}{path}{query}")
}

/// Takes off the first part of a path if it only chooses a language. One part: `/en/it` is the English page about
/// computers.
fn without_language<'a>(path: &'a str, languages: &[String]) -> &'a str {
    let Some(inner) = path.strip_prefix('/') else {
        return path;
    };
    let first = inner.split('/').next().unwrap_or_default();
    if languages.iter().any(|language| language.eq_ignore_ascii_case(first)) {
        &inner[first.len()..]
    } else {
        path
    }
}

fn without_index<'a>(path: &'a str, settings: &Settings) -> &'a str {
    let index = |name: &&str| path.strip_suffix(name).filter(|folder| folder.ends_with('/'));
    let folder = INDEXES.iter().find_map(index).filter(|_| !settings.url_keep_index);
    match (folder, settings.url_keep_slash) {
        (Some(folder), true) => folder,
        // One slash, the one before the name.
        (Some(folder), false) => folder.strip_suffix('/').unwrap_or(folder),
        (None, true) => path,
        (None, false) => path.trim_end_matches('/'),
    }
}

/// Whether a `name=value` of the query is part of what names the page.
fn tells_pages_apart(pair: &str, ignored: &[String]) -> bool {
    let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
    let by_the_site = |entry: &String| {
        let entry = entry.to_ascii_lowercase();
        match entry.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == entry,
        }
    };
    !name.is_empty()
        && !name.starts_with("utm_")
        && !IGNORED.contains(&name.as_str())
        && !ignored.iter().any(by_the_site)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> Settings {
        Settings::default()
    }

    fn list(entries: &[&str]) -> Vec<String> {
        entries.iter().map(ToString::to_string).collect()
    }

    fn keeping_slash() -> Settings {
        Settings {
            url_keep_slash: true,
            ..Settings::default()
        }
    }

    fn keeping_index() -> Settings {
        Settings {
            url_keep_index: true,
            ..Settings::default()
        }
    }

    fn keeping_scheme() -> Settings {
        Settings {
            url_keep_scheme: true,
            ..Settings::default()
        }
    }

    fn ignoring(parameters: &[&str]) -> Settings {
        Settings {
            url_ignored_parameters: list(parameters),
            ..Settings::default()
        }
    }

    fn speaking(languages: &[&str]) -> Settings {
        Settings {
            url_language_prefixes: list(languages),
            ..Settings::default()
        }
    }

    fn address(id: Option<&str>, url: Option<&str>) -> Result<Address> {
        Address::new(id, url, &plain())
    }

    fn key_by(settings: &Settings, url: &str) -> String {
        let address = Address::new(None, Some(url), settings).unwrap_or_else(|error| panic!("{url}: {error}"));
        address.key().to_owned()
    }

    fn key(url: &str) -> String {
        key_by(&plain(), url)
    }

    /// Demands the key of each address, less the `url:`.
    #[track_caller]
    fn assert_keys(settings: &Settings, table: &[(&str, &str)]) {
        for (url, expected) in table {
            assert_eq!(key_by(settings, url), format!("url:{expected}"), "{url}");
        }
    }

    #[test]
    fn a_path_is_another_name_of_the_page_there() {
        for (id, url, other) in [
            ("/post/", "https://blog.example/post/", Some("url:blog.example/post")),
            (
                "/post/",
                "https://blog.example/post/?utm_source=x#top",
                Some("url:blog.example/post"),
            ),
            (
                "/post/?page=2",
                "https://blog.example/post/?page=2",
                Some("url:blog.example/post?page=2"),
            ),
            (
                "/post/",
                "https://blog.example/post/?page=2",
                Some("url:blog.example/post"),
            ),
            (
                "/päge",
                "https://blog.example/p%C3%A4ge",
                Some("url:blog.example/p%C3%A4ge"),
            ),
            ("/", "https://blog.example", Some("url:blog.example/")),
            ("/post/?page=3", "https://blog.example/post/?page=2", None),
            ("/post", "https://blog.example/post/", None),
            ("/my/id", "https://blog.example/post/", None),
            ("/post/#two", "https://blog.example/post/", None),
            ("//blog.example/post/", "https://blog.example/post/", None),
            ("post-42", "https://blog.example/post-42", None),
        ] {
            let address = address(Some(id), Some(url)).unwrap();
            assert_eq!(address.key(), format!("id:{id}"));
            assert_eq!(address.other_key(), other, "{id} at {url}");
        }
        assert_eq!(address(Some("/post/"), None).unwrap().other_key(), None);
        assert_eq!(
            address(None, Some("https://blog.example/post/")).unwrap().other_key(),
            None
        );
    }

    #[test]
    fn spellings_of_one_page_have_one_key() {
        for url in [
            "https://blog.example/post",
            "http://blog.example/post",
            "http://blog.example:80/post",
            "https://BLOG.example/post/",
            "HTTPS://blog.example/post",
            "https://blog.example:443/post",
            "https://blog.example:/post",
            "https://blog.example/post#comments",
            "https://blog.example/post/#",
            "https://blog.example/post?#",
            "https://blog.example/post/index.html",
            "https://blog.example/post/index.htm",
            "https://blog.example/post/index.php",
            "https://blog.example/post///",
            "https://blog.example/other/../post",
            "https://blog.example/./post",
            "https://blog.example/other/%2E%2e/post",
            "https://blog.example/post?utm_source=x&utm_medium=y",
            "https://blog.example/post?UTM_Source=x",
            "https://blog.example/post?fbclid=abc",
            "https://blog.example/post?FBCLID",
            "https://blog.example/post?gclid=1&msclkid=2&_ga=3",
            "https://blog.example./post?",
            "https://blog.example/post?&&",
            "https://blog.example/post?=nameless",
            "  https://blog.example/post\n",
            "https:\\\\blog.example\\post",
        ] {
            assert_eq!(key(url), "url:blog.example/post", "{url}");
        }
    }

    #[test]
    fn what_tells_pages_apart_stays() {
        assert_keys(
            &plain(),
            &[
                ("https://blog.example", "blog.example/"),
                ("https://blog.example/", "blog.example/"),
                ("https://blog.example/index.html", "blog.example/"),
                ("https://blog.example?", "blog.example/"),
                (
                    "https://blog.example/?p=12&utm_source=x&page=2",
                    "blog.example/?p=12&page=2",
                ),
                ("https://blog.example/?page=2&p=12", "blog.example/?page=2&p=12"),
                ("https://blog.example/?P=12", "blog.example/?P=12"),
                ("https://blog.example/?p", "blog.example/?p"),
                ("https://blog.example/?p=", "blog.example/?p="),
                ("https://blog.example/?p=a=b", "blog.example/?p=a=b"),
                ("https://blog.example/?p=1?q=2", "blog.example/?p=1?q=2"),
                ("https://blog.example/?p=a;q=b", "blog.example/?p=a;q=b"),
                ("https://blog.example/?utmost=1", "blog.example/?utmost=1"),
                ("https://blog.example/?fbclid2=1", "blog.example/?fbclid2=1"),
                ("https://blog.example/Post", "blog.example/Post"),
                ("https://blog.example/post/index.html5", "blog.example/post/index.html5"),
                (
                    "https://blog.example/post/my-index.html",
                    "blog.example/post/my-index.html",
                ),
                ("https://blog.example/post/Index.html", "blog.example/post/Index.html"),
                (
                    "https://blog.example/post/default.aspx",
                    "blog.example/post/default.aspx",
                ),
                ("https://blog.example//post", "blog.example//post"),
                ("https://www.blog.example/", "www.blog.example/"),
                ("https://blog.example/en/post", "blog.example/en/post"),
            ],
        );
    }

    #[test]
    fn ports_and_numbers_for_hosts() {
        assert_keys(
            &plain(),
            &[
                ("https://blog.example:8443/post", "blog.example:8443/post"),
                ("http://blog.example:8080/", "blog.example:8080/"),
                // Odd, and another server.
                ("http://blog.example:443/", "blog.example:443/"),
                ("https://blog.example:80/", "blog.example:80/"),
                ("https://blog.example:0443/", "blog.example/"),
                ("https://blog.example:65535/", "blog.example:65535/"),
                ("http://[::1]:8000/x", "[::1]:8000/x"),
                ("http://[0:0:0:0:0:0:0:1]/x", "[::1]/x"),
                ("https://[2001:DB8::0:7]:443/", "[2001:db8::7]/"),
                ("http://[::ffff:192.0.2.1]/", "[::ffff:c000:201]/"),
                ("http://192.0.2.1/", "192.0.2.1/"),
                ("http://0xC0.0.2.1/", "192.0.2.1/"),
                ("http://3221225985/", "192.0.2.1/"),
                ("http://localhost:1313/post/", "localhost:1313/post"),
            ],
        );
    }

    #[test]
    fn letters_beyond_ascii() {
        assert_keys(
            &plain(),
            &[
                ("https://bücher.example/", "xn--bcher-kva.example/"),
                ("https://BÜCHER.example/", "xn--bcher-kva.example/"),
                ("https://xn--bcher-kva.example/", "xn--bcher-kva.example/"),
                ("https://bu\u{308}cher.example/", "xn--bcher-kva.example/"),
                ("https://ｂlog.example/", "blog.example/"),
                ("https://blog。example/", "blog.example/"),
                ("https://例え.テスト/", "xn--r8jz45g.xn--zckzah/"),
                ("https://blog.example/a%20b", "blog.example/a%20b"),
                ("https://blog.example/a b", "blog.example/a%20b"),
                ("https://blog.example/ä", "blog.example/%C3%A4"),
                ("https://blog.example/%C3%A4", "blog.example/%C3%A4"),
                ("https://blog.example/?q=ä", "blog.example/?q=%C3%A4"),
                // Encoded by the page itself: what it means is the server's affair.
                ("https://blog.example/a%2Fb", "blog.example/a%2Fb"),
                ("https://blog.example/%41", "blog.example/%41"),
                ("https://blog.example/100%", "blog.example/100%"),
                ("https://blog.example/?utm%5Fsource=x", "blog.example/?utm%5Fsource=x"),
                ("https://blog.example/<b>\"'", "blog.example/%3Cb%3E%22'"),
            ],
        );
    }

    #[test]
    fn a_site_can_keep_slashes_apart() {
        assert_keys(
            &keeping_slash(),
            &[
                ("https://blog.example/post", "blog.example/post"),
                ("https://blog.example/post/", "blog.example/post/"),
                ("https://blog.example/post//", "blog.example/post//"),
                ("https://blog.example/post/index.html", "blog.example/post/"),
                ("https://blog.example", "blog.example/"),
                ("https://blog.example/index.php?p=1", "blog.example/?p=1"),
                ("https://blog.example/post/?p=1#x", "blog.example/post/?p=1"),
            ],
        );
    }

    #[test]
    fn a_site_can_keep_index_files_apart() {
        assert_keys(
            &keeping_index(),
            &[
                ("https://blog.example/post/index.html", "blog.example/post/index.html"),
                ("https://blog.example/post/", "blog.example/post"),
                ("https://blog.example/index.php?id=4", "blog.example/index.php?id=4"),
                ("https://blog.example/", "blog.example/"),
            ],
        );
        let both = Settings {
            url_keep_slash: true,
            ..keeping_index()
        };
        assert_keys(
            &both,
            &[
                ("https://blog.example/post/index.html", "blog.example/post/index.html"),
                ("https://blog.example/post/", "blog.example/post/"),
            ],
        );
    }

    #[test]
    fn a_site_can_keep_schemes_apart() {
        assert_keys(
            &keeping_scheme(),
            &[
                ("https://blog.example/post/", "https://blog.example/post"),
                ("http://blog.example/post", "http://blog.example/post"),
                ("https://blog.example:443/", "https://blog.example/"),
                ("http://blog.example:80/", "http://blog.example/"),
                ("http://[::1]:80/", "http://[::1]/"),
            ],
        );
    }

    #[test]
    fn a_site_names_parameters_that_do_not_matter() {
        let settings = ignoring(&["Ref", "hsa_*", "sort"]);
        assert_keys(
            &settings,
            &[
                ("https://blog.example/?ref=x&p=1", "blog.example/?p=1"),
                ("https://blog.example/?REF=x", "blog.example/"),
                ("https://blog.example/?hsa_acc=1&HSA_cam=2&hsa_", "blog.example/"),
                ("https://blog.example/?hsa=1", "blog.example/?hsa=1"),
                ("https://blog.example/?sorting=1", "blog.example/?sorting=1"),
                (
                    "https://blog.example/?a=1&sort=up&b=2&utm_id=3",
                    "blog.example/?a=1&b=2",
                ),
            ],
        );
        assert_keys(
            &ignoring(&["*"]),
            &[("https://blog.example/post?a=1&b=2", "blog.example/post")],
        );
    }

    #[test]
    fn a_site_names_languages_that_a_path_begins_with() {
        assert_keys(
            &speaking(&["en", "pt-BR"]),
            &[
                ("https://blog.example/en/post", "blog.example/post"),
                ("https://blog.example/EN/post/", "blog.example/post"),
                ("https://blog.example/pt-br/post", "blog.example/post"),
                ("https://blog.example/post", "blog.example/post"),
                ("https://blog.example/en", "blog.example/"),
                ("https://blog.example/en/", "blog.example/"),
                ("https://blog.example/en/index.html", "blog.example/"),
                ("https://blog.example/en?p=1", "blog.example/?p=1"),
                ("https://blog.example/english", "blog.example/english"),
                ("https://blog.example/de/post", "blog.example/de/post"),
                ("https://blog.example/post/en", "blog.example/post/en"),
                ("https://blog.example//en/post", "blog.example//en/post"),
                // One language to a page.
                ("https://blog.example/en/en/post", "blog.example/en/post"),
            ],
        );
        let with_slash = Settings {
            url_keep_slash: true,
            ..speaking(&["en"])
        };
        assert_keys(
            &with_slash,
            &[
                ("https://blog.example/en", "blog.example/"),
                ("https://blog.example/en/", "blog.example/"),
                ("https://blog.example/en/post/", "blog.example/post/"),
            ],
        );
    }

    /// Addresses with something of everything, for what must hold of any address.
    fn addresses() -> Vec<String> {
        let mut all = Vec::new();
        for host in [
            "blog.example",
            "BÜCHER.example:8443",
            "[::1]:8000",
            "blog.example.",
            "192.0.2.1",
        ] {
            for path in [
                "",
                "/",
                "/post",
                "/Post/",
                "/en/post",
                "/a%20b/ä",
                "/a/index.html",
                "//a//",
                "/%2e%2e/x/./y",
            ] {
                for query in ["", "?", "?p=1", "?b=1&a=2&utm_id=3", "?ref=x&&hsa_id=1&q=%C3%A4"] {
                    for scheme in ["http", "https"] {
                        all.push(format!("{scheme}://{host}{path}{query}#here"));
                    }
                }
            }
        }
        all
    }

    fn every_rule() -> Vec<Settings> {
        let mut all = Vec::new();
        for mask in 0..32_u8 {
            let on = |bit: u8| mask >> bit & 1 == 1;
            all.push(Settings {
                url_keep_scheme: on(0),
                url_keep_slash: on(1),
                url_keep_index: on(2),
                url_ignored_parameters: if on(3) { list(&["ref", "hsa_*"]) } else { Vec::new() },
                url_language_prefixes: if on(4) { list(&["en", "de"]) } else { Vec::new() },
                ..Settings::default()
            });
        }
        all
    }

    #[test]
    fn a_key_is_the_address_of_the_same_page() {
        for settings in every_rule() {
            for url in addresses() {
                let once = key_by(&settings, &url);
                let page = once.strip_prefix("url:").unwrap();
                // Without its scheme, a key is of both schemes.
                let schemes: &[&str] = if settings.url_keep_scheme {
                    &[""]
                } else {
                    &["http://", "https://"]
                };
                for scheme in schemes {
                    assert_eq!(
                        key_by(&settings, &format!("{scheme}{page}")),
                        once,
                        "{url} {settings:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_key_is_no_longer_than_the_address_and_has_nothing_to_trip_over() {
        for settings in every_rule() {
            for url in addresses() {
                let key = key_by(&settings, &url);
                let parsed = page(&url).unwrap();
                assert!(key.len() <= "url:".len() + parsed.as_str().len(), "{url}");
                assert!(key.is_ascii() && !key.contains([' ', '#']), "{key}");
            }
        }
    }

    #[test]
    fn campaigns_and_fragments_never_matter() {
        for settings in every_rule() {
            for url in addresses() {
                let (page, _) = url.split_once('#').unwrap();
                let join = if page.contains('?') { '&' } else { '?' };
                let from_mail = format!("{page}{join}utm_campaign=mail&mc_cid=1#top");
                assert_eq!(
                    key_by(&settings, &from_mail),
                    key_by(&settings, &url),
                    "{url} {settings:?}"
                );
            }
        }
    }

    #[test]
    fn rules_are_the_same_if_they_say_the_same() {
        let all = every_rule();
        for (one, settings) in all.iter().enumerate() {
            for (other, others) in all.iter().enumerate() {
                assert_eq!(same_rules(settings, others), one == other);
            }
        }
        let elsewhere = Settings {
            read_only: true,
            notice: "Be kind.".to_owned(),
            ..Settings::default()
        };
        assert!(same_rules(&elsewhere, &Settings::default()));
    }

    #[test]
    fn an_id_goes_before_the_address_and_never_meets_one() {
        let by_id = address(Some(" blog.example/post "), Some("https://blog.example/other")).unwrap();
        assert_eq!(by_id.key(), "id:blog.example/post");
        assert_eq!(by_id.id(), Some("blog.example/post"));
        assert!(!by_id.is_by_url());
        assert_ne!(by_id.key(), key("https://blog.example/post"));
        let by_url = address(None, Some("https://blog.example/other")).unwrap();
        assert_eq!(by_url.id(), None);
        assert!(by_url.is_by_url());
    }

    #[test]
    fn what_is_no_page_is_refused() {
        for url in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "/post",
            "ftp://x/",
            "https://",
            "https:///",
            "https://user@blog.example/",
            "https://:pass@blog.example/",
            "https://blog.example:99999/",
            "https://bl og.example/",
            "https://[::1/",
            "https://a..b\u{0}/",
            "data:text/html,x",
        ] {
            assert!(address(None, Some(url)).is_err(), "{url}");
        }
        assert!(address(None, None).is_err());
        assert!(address(Some("  "), None).is_err());
        assert!(address(Some("a\u{0}b"), None).is_err());
        assert!(address(Some(&"x".repeat(2049)), None).is_err());
        assert!(address(None, Some(&format!("https://blog.example/{}", "x".repeat(2048)))).is_err());
        let grows = format!("https://blog.example/{}", "ä".repeat(700));
        assert!(grows.len() < LONGEST && address(None, Some(&grows)).is_err());
    }
}
