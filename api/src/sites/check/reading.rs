//! Reads what of a page matters for comments, as a browser's parser would see it. Nothing is run. Pure.

use std::cell::RefCell;

use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

/// Scripts and elements that are looked at; a page with more is not a page.
const MOST: usize = 2_000;

/// What of a page matters.
#[derive(Debug, Default)]
pub struct Marks {
    pub scripts: Vec<Script>,
    pub elements: Vec<Element>,
    /// `<parlour-recent>`, `<parlour-count>`: at home on pages that take no comments.
    pub others: usize,
    /// The place of Isso's comments, and of Disqus's.
    pub isso_thread: bool,
    pub disqus_thread: bool,
    /// Policies in meta elements.
    pub policies: Vec<String>,
    /// `<base href>`
    pub base: Option<String>,
}

#[derive(Debug, Default)]
pub struct Script {
    pub src: Option<String>,
    pub site: Option<String>,
    pub host: Option<String>,
    pub isso: Option<String>,
    pub nonce: Option<String>,
    /// What stands in it.
    pub text: String,
}

/// `<parlour-comments>`
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Element {
    pub id: Option<String>,
    pub url: Option<String>,
    pub title: Option<String>,
    pub site: Option<String>,
    pub host: Option<String>,
}

/// Reads a page, whatever it is.
pub fn read(html: &str) -> Marks {
    let sink = Sink::default();
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    // Scripts are handed out one by one, to be run; nobody here does.
    while let TokenizerResult::Script(()) = tokenizer.feed(&input) {}
    tokenizer.end();
    tokenizer.sink.state.into_inner().marks
}

#[derive(Default)]
struct Sink {
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    marks: Marks,
    /// For each template that is open: whether what is in it lies idle.
    templates: Vec<bool>,
    in_script: bool,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => state.open(&tag),
            Token::TagToken(tag) => {
                state.close(&tag);
                TokenSinkResult::Continue
            }
            Token::CharacterTokens(text) => {
                if state.in_script
                    && let Some(script) = state.marks.scripts.last_mut()
                {
                    script.text.push_str(&text);
                }
                TokenSinkResult::Continue
            }
            _ => TokenSinkResult::Continue,
        }
    }
}

impl State {
    fn open(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        if name == "template" {
            self.templates.push(attribute(tag, "shadowrootmode").is_none());
        }
        if !self.templates.contains(&true) {
            self.mark(name, tag);
        }
        match name {
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            // A browser that runs scripts takes what is in noscript for text.
            "style" | "xmp" | "iframe" | "noembed" | "noframes" | "noscript" => {
                TokenSinkResult::RawData(RawKind::Rawtext)
            }
            "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
            "plaintext" => TokenSinkResult::Plaintext,
            _ => TokenSinkResult::Continue,
        }
    }

    fn close(&mut self, tag: &Tag) {
        match &*tag.name {
            "template" => {
                self.templates.pop();
            }
            "script" => self.in_script = false,
            _ => {}
        }
    }

    fn mark(&mut self, name: &str, tag: &Tag) {
        let of = |name: &str| attribute(tag, name);
        let marks = &mut self.marks;
        match of("id").as_deref() {
            Some("isso-thread") => marks.isso_thread = true,
            Some("disqus_thread") => marks.disqus_thread = true,
            _ => {}
        }
        match name {
            "script" if marks.scripts.len() < MOST => {
                self.in_script = true;
                marks.scripts.push(Script {
                    src: of("src"),
                    site: of("data-site"),
                    host: of("data-host"),
                    isso: of("data-isso"),
                    nonce: of("nonce"),
                    text: String::new(),
                });
            }
            "parlour-comments" if marks.elements.len() < MOST => marks.elements.push(Element {
                id: of("thread-id"),
                url: of("url"),
                title: of("title"),
                site: of("site"),
                host: of("host"),
            }),
            "parlour-recent" | "parlour-count" => marks.others += 1,
            "base" if marks.base.is_none() => marks.base = of("href"),
            "meta" => {
                let is_policy =
                    of("http-equiv").is_some_and(|kind| kind.eq_ignore_ascii_case("content-security-policy"));
                if is_policy && marks.policies.len() < MOST {
                    marks.policies.extend(of("content"));
                }
            }
            _ => {}
        }
    }
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    let found = tag.attrs.iter().find(|attribute| &*attribute.name.local == name)?;
    Some(found.value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(html: &str) -> Vec<Option<String>> {
        read(html).scripts.into_iter().map(|script| script.src).collect()
    }

    #[test]
    fn a_page_is_read_as_browsers_read_it() {
        let marks = read(
            "<!doctype html><TITLE><parlour-comments></TITLE><base href='/a/'><base href='/b/'>\
             <meta HTTP-EQUIV=Content-Security-Policy content=\"script-src 'self'\">\
             <SCRIPT SRC='https://talk.example/embed.js?a&amp;b' DATA-SITE=abc async></SCRIPT>\
             <div id=disqus_thread></div><parlour-comments thread-id='a \"b\"' url=/x>x</parlour-comments>",
        );
        assert_eq!(marks.scripts.len(), 1);
        assert_eq!(
            marks.scripts[0].src.as_deref(),
            Some("https://talk.example/embed.js?a&b")
        );
        assert_eq!(marks.scripts[0].site.as_deref(), Some("abc"));
        assert_eq!(marks.elements.len(), 1);
        assert_eq!(marks.elements[0].id.as_deref(), Some("a \"b\""));
        assert_eq!(marks.base.as_deref(), Some("/a/"));
        assert_eq!(marks.policies, ["script-src 'self'"]);
        assert!(marks.disqus_thread && !marks.isso_thread);
    }

    #[test]
    fn what_a_browser_does_not_take_for_an_element_is_none() {
        for html in [
            "<!-- <script src=x></script> -->",
            "<template><script src=x></script><template></template><script src=y></script></template>",
            "<noscript><script src=x></script></noscript>",
            "<textarea><script src=x></script></textarea>",
            "<style><script src=x></script></style>",
            "<iframe><script src=x></script></iframe>",
            "&lt;script src=x>",
            "<p title='<script src=x>'>",
        ] {
            assert!(sources(html).is_empty(), "{html}");
        }
        assert_eq!(
            sources("<template shadowrootmode=open><script src=x></script></template>").len(),
            1
        );
        assert_eq!(
            sources("<template></template></template><script src=x></script>").len(),
            1
        );
    }

    #[test]
    fn the_text_of_a_script_is_its_own() {
        let marks = read("<script>var a = '<parlour-comments>'; // </script><p>after</p><script src=x></script>");
        assert_eq!(marks.scripts[0].text, "var a = '<parlour-comments>'; // ");
        assert_eq!(marks.scripts[1].text, "");
        assert!(marks.elements.is_empty());
    }

    #[test]
    fn nonsense_is_read_to_its_end_and_costs_little() {
        let odd = [
            "<".repeat(100_000),
            "<script>".repeat(20_000),
            "<a ".repeat(50_000),
            "<!--".repeat(50_000),
        ];
        for html in odd {
            let began = std::time::Instant::now();
            read(&html);
            assert!(began.elapsed().as_secs() < 5);
        }
        read("\0<script\0src=x></script");
    }
}
