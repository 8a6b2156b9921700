//! What a page's marks say about its comments: findings in the order in which an owner would look. Pure.

use std::collections::HashSet;

use url::Url;

use super::policy::{Policy, Says};
use super::reading::{Element, Marks, Script};
use super::{Finding, What};

/// Characters of what is quoted from a page.
const LONGEST: usize = 200;

/// Where the page is, and what would be right on it.
pub struct Ground<'a> {
    pub page: &'a Url,
    /// The address of this server.
    pub own: &'a Url,
    /// Whether a key is the site's.
    pub is_ours: &'a dyn Fn(&str) -> bool,
}

/// A script that shows comments, with where it asks.
struct Snippet<'a> {
    script: &'a Script,
    src: Url,
    host: Url,
}

pub fn judge(marks: &Marks, policies: &[Policy], ground: &Ground<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let base = marks.base.as_deref().and_then(|base| ground.page.join(base).ok());
    let base = base.as_ref().unwrap_or(ground.page);
    let snippets: Vec<Snippet<'_>> = marks
        .scripts
        .iter()
        .filter_map(|script| snippet(script, base, ground))
        .collect();
    let clothes = marks.scripts.iter().find_map(|script| clothes(script, base, ground));
    let module = marks.scripts.iter().find_map(|script| module(script, base));
    match (&snippets[..], &clothes, &module) {
        ([], None, None) => found.push(Finding::error(What::SnippetMissing)),
        ([], Some(address), _) => found.push(Finding::good(What::IssoClothes).about(address)),
        ([], None, Some(address)) => found.push(Finding::good(What::ModuleFound).about(address)),
        ([first, rest @ ..], ..) => {
            found.push(Finding::good(What::SnippetFound).about(&first.src));
            if !rest.is_empty() {
                found.push(Finding::warning(What::SnippetTwice).about(rest.len() + 1));
            }
        }
    }
    for snippet in &snippets {
        on_host(&mut found, snippet, ground);
    }
    on_keys(&mut found, &snippets, &marks.elements, ground);
    if let Some(snippet) = snippets.first() {
        for policy in policies {
            on_policy(&mut found, policy, snippet, ground);
        }
    }
    match &clothes {
        Some(_) if marks.isso_thread => found.push(Finding::good(What::ElementFound).about("#isso-thread")),
        _ => on_elements(&mut found, &marks.elements),
    }
    on_templates(&mut found, &snippets, &marks.elements);
    on_others(&mut found, marks, base, clothes.is_some(), ground);
    found
}

/// A script of ours, by its name and key.
fn snippet<'a>(script: &'a Script, base: &Url, ground: &Ground<'_>) -> Option<Snippet<'a>> {
    let src = base.join(script.src.as_deref()?.trim()).ok()?;
    let is_named = src.path().ends_with("/embed.js") && (script.site.is_some() || src.origin() == ground.own.origin());
    if !is_named {
        return None;
    }
    let host = match script.host.as_deref() {
        Some(host) => base.join(host).ok()?,
        None => src.join(".").ok()?,
    };
    Some(Snippet { script, src, host })
}

/// Our own client in Isso's clothes.
fn clothes(script: &Script, base: &Url, ground: &Ground<'_>) -> Option<Url> {
    let src = base.join(script.src.as_deref()?.trim()).ok()?;
    let key = src.path().split("/isso/").nth(1)?.split('/').next()?;
    (is_isso(script, &src) && (ground.is_ours)(key)).then_some(src)
}

fn is_isso(script: &Script, src: &Url) -> bool {
    script.isso.is_some() || src.path().ends_with("/js/embed.min.js") || src.path().ends_with("/js/embed.dev.js")
}

/// The ES module, loaded by a script in the page; one that a bundler took in cannot be seen.
fn module(script: &Script, base: &Url) -> Option<String> {
    const NAME: &str = "/embed/parlour.js";
    let src = script.src.as_deref().and_then(|src| base.join(src.trim()).ok());
    if let Some(src) = src.filter(|src| src.path().ends_with(NAME)) {
        return Some(src.to_string());
    }
    let place = script.text.find(NAME)?;
    let before = script.text[..place]
        .rfind(['"', '\'', '`'])
        .map_or(place, |quote| quote + 1);
    Some(script.text[before..place + NAME.len()].to_owned())
}

fn on_host(found: &mut Vec<Finding>, snippet: &Snippet<'_>, ground: &Ground<'_>) {
    let is_mixed = |url: &Url| ground.page.scheme() == "https" && url.scheme() == "http";
    if let Some(mixed) = [&snippet.src, &snippet.host].into_iter().find(|url| is_mixed(url)) {
        found.push(Finding::error(What::MixedContent).about(mixed));
    }
    let asks = snippet.host.origin();
    // A proxy may put us on the page's own host.
    if asks != ground.own.origin() && asks != ground.page.origin() {
        found.push(Finding::error(What::SnippetOtherHost).about(asks.ascii_serialization()));
    }
}

fn on_keys(found: &mut Vec<Finding>, snippets: &[Snippet<'_>], elements: &[Element], ground: &Ground<'_>) {
    let in_tags = snippets.iter().filter_map(|snippet| snippet.script.site.as_deref());
    let on_elements = elements.iter().filter_map(|element| element.site.as_deref());
    let mut seen = HashSet::new();
    let keys: Vec<&str> = in_tags
        .chain(on_elements)
        .map(str::trim)
        .filter(|key| !key.is_empty() && seen.insert(*key))
        .collect();
    if keys.is_empty() && !snippets.is_empty() {
        found.push(Finding::error(What::KeyMissing));
    }
    for key in keys.into_iter().filter(|key| !(ground.is_ours)(key)).take(3) {
        found.push(Finding::error(What::KeyWrong).about(key));
    }
}

fn on_policy(found: &mut Vec<Finding>, policy: &Policy, snippet: &Snippet<'_>, ground: &Ground<'_>) {
    let said = [
        (
            What::PolicyBlocksScript,
            policy.on_script(ground.page, &snippet.src, snippet.script.nonce.as_deref()),
        ),
        (
            What::PolicyBlocksRequests,
            policy.on_request(ground.page, &snippet.host),
        ),
        (What::PolicyBlocksTypes, policy.on_trusted_types()),
    ];
    for (what, says) in said {
        match says {
            Says::Allowed => {}
            Says::Blocked(line) => found.push(Finding::error(what).adding(&line)),
            Says::NeedsNonce => found.push(Finding::error(What::PolicyNeedsNonce)),
        }
    }
}

fn on_elements(found: &mut Vec<Finding>, elements: &[Element]) {
    if elements.is_empty() {
        found.push(Finding::error(What::ElementMissing));
        return;
    }
    found.push(Finding::good(What::ElementFound).about("<parlour-comments>"));
    let mut names = HashSet::new();
    if !elements.iter().all(|element| names.insert((&element.id, &element.url))) {
        found.push(Finding::warning(What::ElementTwice).about(elements.len()));
    }
}

/// A variable of a template that nobody filled in.
fn on_templates(found: &mut Vec<Finding>, snippets: &[Snippet<'_>], elements: &[Element]) {
    let keys = snippets.iter().filter_map(|snippet| snippet.script.site.as_ref());
    let names = elements
        .iter()
        .flat_map(|element| [&element.id, &element.url, &element.title]);
    let raw = keys
        .chain(names.flatten())
        .find(|value| ["{{", "{%", "<?", "<%", "${"].iter().any(|mark| value.contains(mark)));
    if let Some(value) = raw {
        found.push(Finding::error(What::TemplateUnfilled).about(value));
    }
}

/// What another system left behind.
fn on_others(found: &mut Vec<Finding>, marks: &Marks, base: &Url, in_clothes: bool, ground: &Ground<'_>) {
    let addresses = || {
        marks
            .scripts
            .iter()
            .filter_map(|script| Some((script, base.join(script.src.as_deref()?.trim()).ok()?)))
    };
    let of_isso = addresses().find(|(script, src)| is_isso(script, src) && clothes(script, base, ground).is_none());
    if let Some((_, src)) = of_isso {
        found.push(Finding::warning(What::IssoLeft).about(src));
    } else if marks.isso_thread && !in_clothes {
        found.push(Finding::warning(What::IssoLeft).about("#isso-thread"));
    }
    let is_disqus = |src: &Url| src.host_str().is_some_and(|host| host.ends_with(".disqus.com"));
    let in_text = || {
        marks
            .scripts
            .iter()
            .any(|script| script.text.contains(".disqus.com/embed.js"))
    };
    if let Some((_, src)) = addresses().find(|(_, src)| is_disqus(src)) {
        found.push(Finding::warning(What::DisqusLeft).about(src));
    } else if marks.disqus_thread || in_text() {
        found.push(Finding::warning(What::DisqusLeft).about("#disqus_thread"));
    }
}

impl Finding {
    fn about(mut self, subject: impl std::fmt::Display) -> Self {
        let subject = subject.to_string();
        let plain = subject.chars().filter(|letter| !letter.is_control());
        self.subject = Some(plain.take(LONGEST).collect());
        self
    }

    fn adding(mut self, line: &str) -> Self {
        self.line = Some(line.to_owned());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::super::{policy, reading};
    use super::*;

    const SNIPPET: &str = r#"<script src="https://talk.example/embed.js" data-site="abc" async></script>"#;
    const ELEMENT: &str = "<parlour-comments></parlour-comments>";

    /// What is wrong, with what it is about and the line to add.
    fn wrong_on(page: &str, policies: &str, html: &str) -> Vec<(What, Option<String>, Option<String>)> {
        let ground = Ground {
            page: &Url::parse(page).unwrap(),
            own: &Url::parse("https://talk.example").unwrap(),
            is_ours: &|key| key == "abc",
        };
        let found = judge(&reading::read(html), &policy::parse(policies), &ground);
        let wrong = found
            .into_iter()
            .filter(|finding| finding.grade != super::super::Grade::Good);
        wrong
            .map(|finding| (finding.what, finding.subject, finding.line))
            .collect()
    }

    fn wrong(html: &str) -> Vec<(What, String)> {
        let found = wrong_on("https://blog.example/post", "", html).into_iter();
        found
            .map(|(what, subject, _)| (what, subject.unwrap_or_default()))
            .collect()
    }

    #[test]
    fn a_page_as_it_should_be_has_nothing_wrong() {
        for html in [
            format!("{SNIPPET}{ELEMENT}"),
            format!("{ELEMENT}{SNIPPET}"),
            r#"<script src="//talk.example/embed.js" data-site=" abc "></script><parlour-comments thread-id=a></parlour-comments><parlour-comments thread-id=b></parlour-comments>"#.to_owned(),
            format!(r#"<script src="/parts/embed.js" data-site="abc" data-host="https://talk.example/"></script>{ELEMENT}"#),
            format!(r#"<script src="/comments/embed.js" data-site="abc"></script>{ELEMENT}"#),
            format!(r#"<script type=module>import {{ mount }} from "https://talk.example/embed/parlour.js"</script>{ELEMENT}"#),
            r#"<script data-isso="//talk.example/isso/abc/" src="//talk.example/isso/abc/js/embed.min.js"></script><section id="isso-thread"></section>"#.to_owned(),
        ] {
            assert_eq!(wrong(&html), [], "{html}");
        }
    }

    #[test]
    fn each_mistake_is_told_apart() {
        let of = |what, subject: &str| vec![(what, subject.to_owned())];
        for (html, expected) in [
            (ELEMENT.to_owned(), of(What::SnippetMissing, "")),
            (SNIPPET.to_owned(), of(What::ElementMissing, "")),
            (format!("{SNIPPET}{SNIPPET}{ELEMENT}"), of(What::SnippetTwice, "2")),
            (format!("{SNIPPET}{ELEMENT}{ELEMENT}"), of(What::ElementTwice, "2")),
            (
                format!(r#"<script src="https://talk.example/embed.js" data-site="xyz"></script>{ELEMENT}"#),
                of(What::KeyWrong, "xyz"),
            ),
            (
                format!(r#"<script src="https://talk.example/embed.js"></script>{ELEMENT}"#),
                of(What::KeyMissing, ""),
            ),
            (
                format!(r#"{SNIPPET}<parlour-comments site="xyz"></parlour-comments>"#),
                of(What::KeyWrong, "xyz"),
            ),
            (
                format!(r#"<script src="https://other.example/embed.js" data-site="abc"></script>{ELEMENT}"#),
                of(What::SnippetOtherHost, "https://other.example"),
            ),
            (
                format!(r#"<script src="http://talk.example/embed.js" data-site="abc"></script>{ELEMENT}"#),
                vec![
                    (What::MixedContent, "http://talk.example/embed.js".to_owned()),
                    (What::SnippetOtherHost, "http://talk.example".to_owned()),
                ],
            ),
            (
                format!(r#"{SNIPPET}<parlour-comments thread-id="{{{{ .RelPermalink }}}}"></parlour-comments>"#),
                of(What::TemplateUnfilled, "{{ .RelPermalink }}"),
            ),
            (
                format!(
                    r#"{SNIPPET}{ELEMENT}<script data-isso="//old.example/" src="//old.example/js/embed.min.js"></script>"#
                ),
                of(What::IssoLeft, "https://old.example/js/embed.min.js"),
            ),
            (
                format!("{SNIPPET}{ELEMENT}<section id=isso-thread></section>"),
                of(What::IssoLeft, "#isso-thread"),
            ),
            (
                format!(
                    "{SNIPPET}{ELEMENT}<div id=disqus_thread></div><script>s.src = 'https://me.disqus.com/embed.js';</script>"
                ),
                of(What::DisqusLeft, "#disqus_thread"),
            ),
            (
                format!("{SNIPPET}{ELEMENT}<script src='https://me.disqus.com/embed.js'></script>"),
                of(What::DisqusLeft, "https://me.disqus.com/embed.js"),
            ),
        ] {
            assert_eq!(wrong(&html), expected, "{html}");
        }
    }

    #[test]
    fn a_policy_that_keeps_us_out_comes_with_the_line_to_add() {
        let html = format!("{SNIPPET}{ELEMENT}");
        let found = wrong_on("https://blog.example/post", "default-src 'self'", &html);
        assert_eq!(
            found,
            [
                (
                    What::PolicyBlocksScript,
                    None,
                    Some("script-src 'self' https://talk.example".to_owned())
                ),
                (
                    What::PolicyBlocksRequests,
                    None,
                    Some("connect-src 'self' https://talk.example".to_owned())
                ),
            ]
        );
        let found = wrong_on(
            "https://blog.example/post",
            "script-src 'nonce-x' 'strict-dynamic'",
            &html,
        );
        assert_eq!(found, [(What::PolicyNeedsNonce, None, None)]);
    }

    #[test]
    fn what_is_quoted_is_short_and_plain() {
        let key = format!("a\u{7}{}", "b".repeat(10_000));
        let found = wrong(&format!(
            r#"<script src="https://talk.example/embed.js" data-site="{key}"></script>{ELEMENT}"#
        ));
        assert_eq!(found, [(What::KeyWrong, format!("a{}", "b".repeat(LONGEST - 1)))]);
    }
}
