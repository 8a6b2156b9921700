//! Content security policies (CSP Level 3), as far as they can keep us off a page. Pure.

use url::Url;

/// One policy: directives with their sources, as they are written.
#[derive(Debug)]
pub struct Policy {
    directives: Vec<(String, Vec<String>)>,
}

/// What a policy says about loading something.
#[derive(Debug, PartialEq, Eq)]
pub enum Says {
    Allowed,
    /// The directive that would allow it.
    Blocked(String),
    /// Hosts mean nothing to this policy: the tag needs the page's nonce.
    NeedsNonce,
}

/// The policies of a header or a meta element; several are separated by commas.
pub fn parse(text: &str) -> Vec<Policy> {
    let policies = text.split(',').map(|policy| {
        let mut directives: Vec<(String, Vec<String>)> = Vec::new();
        for directive in policy.split(';') {
            let mut words = directive.split_ascii_whitespace().map(str::to_owned);
            let Some(name) = words.next().map(|name| name.to_ascii_lowercase()) else {
                continue;
            };
            // The first one counts.
            if !directives.iter().any(|(known, _)| *known == name) {
                directives.push((name, words.collect()));
            }
        }
        Policy { directives }
    });
    policies.filter(|policy| !policy.directives.is_empty()).collect()
}

impl Policy {
    fn sources(&self, name: &str) -> Option<&[String]> {
        let found = self.directives.iter().find(|(known, _)| known == name)?;
        Some(&found.1)
    }

    /// Whether the page may load this script, whose tag carries this nonce.
    pub fn on_script(&self, page: &Url, script: &Url, nonce: Option<&str>) -> Says {
        let found = ["script-src-elem", "script-src", "default-src"]
            .into_iter()
            .find_map(|name| Some((name, self.sources(name)?)));
        let Some((name, sources)) = found else {
            return Says::Allowed;
        };
        let with_nonce = nonce.is_some_and(|nonce| {
            !nonce.is_empty() && sources.iter().any(|source| *source == format!("'nonce-{nonce}'"))
        });
        if with_nonce {
            return Says::Allowed;
        }
        if sources
            .iter()
            .any(|source| source.eq_ignore_ascii_case("'strict-dynamic'"))
        {
            return Says::NeedsNonce;
        }
        match matches_any(sources, page, script) {
            true => Says::Allowed,
            false if name == "default-src" => Says::Blocked(mended("script-src", sources, script)),
            false => Says::Blocked(mended(name, sources, script)),
        }
    }

    /// Whether the page's scripts may ask at this address.
    pub fn on_request(&self, page: &Url, target: &Url) -> Says {
        let found = ["connect-src", "default-src"]
            .into_iter()
            .find_map(|name| self.sources(name));
        match found {
            Some(sources) if !matches_any(sources, page, target) => {
                Says::Blocked(mended("connect-src", sources, target))
            }
            _ => Says::Allowed,
        }
    }

    /// Whether our own way of making HTML may be used.
    pub fn on_trusted_types(&self) -> Says {
        let (Some(_), Some(names)) = (self.sources("require-trusted-types-for"), self.sources("trusted-types")) else {
            return Says::Allowed;
        };
        match names.iter().any(|name| name == "*" || name == "parlour") {
            true => Says::Allowed,
            false => {
                let others = names.iter().filter(|name| !name.eq_ignore_ascii_case("'none'"));
                let names: Vec<&str> = others.map(String::as_str).chain(["parlour"]).collect();
                Says::Blocked(format!("trusted-types {}", names.join(" ")))
            }
        }
    }
}

/// The directive with us in it.
fn mended(name: &str, sources: &[String], target: &Url) -> String {
    let others = sources.iter().filter(|source| !source.eq_ignore_ascii_case("'none'"));
    let own = target.origin().ascii_serialization();
    let all: Vec<&str> = others.map(String::as_str).chain([own.as_str()]).collect();
    format!("{name} {}", all.join(" "))
}

fn matches_any(sources: &[String], page: &Url, url: &Url) -> bool {
    sources.iter().any(|source| matches(source, page, url))
}

/// Whether a source expression means this address (CSP3 section 6.7.2.8).
fn matches(source: &str, page: &Url, url: &Url) -> bool {
    if source == "*" {
        return matches!(url.scheme(), "http" | "https") || url.scheme() == page.scheme();
    }
    if source.eq_ignore_ascii_case("'self'") {
        let secure = page.scheme() == url.scheme() || (page.scheme() == "http" && url.scheme() == "https");
        let same_port = page.port_or_known_default() == url.port_or_known_default();
        let usual = page.port().is_none() && url.port().is_none();
        return page.host() == url.host() && secure && (same_port || usual);
    }
    if source.starts_with('\'') {
        return false;
    }
    if let Some(scheme) = source.strip_suffix(':') {
        return same_scheme(scheme, url);
    }
    let (scheme, rest) = match source.split_once("://") {
        Some((scheme, rest)) => (scheme, rest),
        None => (page.scheme(), source),
    };
    let (authority, path) = match rest.find('/') {
        Some(place) => rest.split_at(place),
        None => (rest, ""),
    };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if port == "*" || port.bytes().all(|byte| byte.is_ascii_digit()) => (host, Some(port)),
        _ => (authority, None),
    };
    same_scheme(scheme, url) && same_host(host, url) && same_port(port, url) && same_path(path, url)
}

/// http means https as well.
fn same_scheme(scheme: &str, url: &Url) -> bool {
    scheme.eq_ignore_ascii_case(url.scheme()) || (scheme.eq_ignore_ascii_case("http") && url.scheme() == "https")
}

fn same_host(pattern: &str, url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    if pattern == "*" {
        return true;
    }
    match pattern.strip_prefix('*') {
        Some(ending) => host.len() > ending.len() && host.to_ascii_lowercase().ends_with(&ending.to_ascii_lowercase()),
        None => pattern.eq_ignore_ascii_case(host),
    }
}

fn same_port(pattern: Option<&str>, url: &Url) -> bool {
    let port = url.port_or_known_default();
    match pattern {
        Some("*") => true,
        Some(text) => text.parse().ok() == port || (text == "80" && port == Some(443)),
        None => url.port().is_none(),
    }
}

fn same_path(pattern: &str, url: &Url) -> bool {
    match pattern {
        "" | "/" => true,
        folder if folder.ends_with('/') => url.path().starts_with(folder),
        file => url.path() == file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn script(policy: &str, nonce: Option<&str>) -> Says {
        let page = url("https://blog.example/post");
        parse(policy)[0].on_script(&page, &url("https://talk.example/embed.js"), nonce)
    }

    fn blocked(line: &str) -> Says {
        Says::Blocked(line.to_owned())
    }

    #[test]
    fn what_a_policy_lets_in() {
        for policy in [
            "default-src *",
            "script-src https:",
            "script-src http:",
            "script-src talk.example",
            "script-src https://talk.example",
            "script-src http://talk.example",
            "script-src https://talk.example:443",
            "script-src https://talk.example:*/embed.js",
            "script-src https://talk.example/",
            "script-src TALK.example",
            "script-src *.example",
            "img-src 'none'",
            "script-src-elem https://talk.example; script-src 'none'",
            "script-src https://talk.example; default-src 'none'",
            "script-src 'self' https://talk.example; script-src 'none'",
        ] {
            assert_eq!(script(policy, None), Says::Allowed, "{policy}");
        }
    }

    #[test]
    fn what_it_keeps_out_and_the_line_that_would_let_it_in() {
        for (policy, line) in [
            ("default-src 'self'", "script-src 'self' https://talk.example"),
            ("default-src 'none'", "script-src https://talk.example"),
            (
                "script-src 'self' 'unsafe-inline'",
                "script-src 'self' 'unsafe-inline' https://talk.example",
            ),
            (
                "script-src *.talk.example",
                "script-src *.talk.example https://talk.example",
            ),
            (
                "script-src https://talk.example:8443",
                "script-src https://talk.example:8443 https://talk.example",
            ),
            (
                "script-src https://talk.example/other.js",
                "script-src https://talk.example/other.js https://talk.example",
            ),
            (
                "script-src-elem 'self'; script-src *",
                "script-src-elem 'self' https://talk.example",
            ),
            ("script-src", "script-src https://talk.example"),
        ] {
            assert_eq!(script(policy, None), blocked(line), "{policy}");
        }
    }

    #[test]
    fn a_nonce_lets_in_the_tag_that_carries_it() {
        let policy = "script-src 'nonce-Ab3' 'strict-dynamic'";
        assert_eq!(script(policy, Some("Ab3")), Says::Allowed);
        for nonce in [None, Some(""), Some("ab3")] {
            assert_eq!(script(policy, nonce), Says::NeedsNonce, "{nonce:?}");
        }
        assert_eq!(script("script-src 'nonce-Ab3'", Some("Ab3")), Says::Allowed);
    }

    #[test]
    fn requests_go_by_their_own_directive() {
        let (page, door) = (url("http://blog.example/"), url("https://blog.example/v1/"));
        let says = |policy: &str| parse(policy)[0].on_request(&page, &door);
        assert_eq!(says("connect-src 'self'"), Says::Allowed);
        assert_eq!(says("default-src 'none'; connect-src blog.example"), Says::Allowed);
        assert_eq!(says("script-src 'none'"), Says::Allowed);
        assert_eq!(
            says("default-src data:"),
            blocked("connect-src data: https://blog.example")
        );
    }

    #[test]
    fn trusted_types_need_our_name() {
        let says = |policy: &str| parse(policy)[0].on_trusted_types();
        assert_eq!(says("require-trusted-types-for 'script'"), Says::Allowed);
        assert_eq!(
            says("require-trusted-types-for 'script'; trusted-types a parlour"),
            Says::Allowed
        );
        assert_eq!(
            says("require-trusted-types-for 'script'; trusted-types a"),
            blocked("trusted-types a parlour")
        );
        assert_eq!(
            says("require-trusted-types-for 'script'; trusted-types 'none'"),
            blocked("trusted-types parlour")
        );
        assert_eq!(says("trusted-types a"), Says::Allowed);
    }

    #[test]
    fn a_header_may_hold_several_policies_and_nonsense() {
        assert_eq!(parse("default-src 'self', script-src *; ;,").len(), 2);
        assert!(parse(" ;; , ").is_empty());
        let odd = parse("script-src https://[:: :99999 /// ''' *.");
        assert!(matches!(
            odd[0].on_script(&url("https://a.example"), &url("https://b.example"), None),
            Says::Blocked(_)
        ));
    }
}
