//! HTML and XML that cannot be broken by what is put into it: a tree of elements whose names are ours and whose texts are
//! escaped when it is written.
//!
//! There is one way for HTML to go in as it is: [`Element::sanitised`], for what `infra::markdown` made.

use std::fmt::Write;

/// An element, with what is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    content: Vec<Content>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    Text(String),
    Element(Element),
    /// HTML as it is.
    Html(String),
}

/// Begins an element.
pub fn el(name: &'static str) -> Element {
    Element {
        name,
        ..Element::default()
    }
}

/// A link to an address of the web or of this server, with its words. An address of any other kind is no link: the words remain.
pub fn link(address: &str, words: impl Into<String>) -> Element {
    match leads_somewhere(address) {
        true => el("a").attr("href", address).text(words),
        false => el("span").text(words),
    }
}

impl Element {
    /// Names of attributes are ours, too; values are anybody's. Addresses that come from elsewhere go through [`link`].
    #[must_use]
    pub fn attr(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    #[must_use]
    pub fn class(self, value: &'static str) -> Self {
        self.attr("class", value)
    }

    /// An attribute that is there, or is not.
    #[must_use]
    pub fn flag(self, name: &'static str, on: bool) -> Self {
        match on {
            true => self.attr(name, name),
            false => self,
        }
    }

    #[must_use]
    pub fn attr_if(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.content.push(Content::Text(text.into()));
        self
    }

    #[must_use]
    pub fn child(mut self, child: Element) -> Self {
        self.push(child);
        self
    }

    #[must_use]
    pub fn children(mut self, children: impl IntoIterator<Item = Element>) -> Self {
        self.content.extend(children.into_iter().map(Content::Element));
        self
    }

    pub fn push(&mut self, child: Element) {
        self.content.push(Content::Element(child));
    }

    /// HTML that the sanitiser made. Nothing else may come this way.
    #[must_use]
    pub fn sanitised(mut self, html: &str) -> Self {
        self.content.push(Content::Html(html.to_owned()));
        self
    }

    /// As HTML (HTML standard, section 13.3, with every attribute quoted).
    pub fn html(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, Form::Html);
        out
    }

    /// As a document of XML 1.0.
    pub fn xml(&self) -> String {
        let mut out = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".to_owned();
        self.write(&mut out, Form::Xml);
        out
    }

    fn write(&self, out: &mut String, form: Form) {
        let name = self.name;
        // Writing to a String does not fail.
        write!(out, "<{name}").ok();
        for (attribute, value) in &self.attributes {
            write!(out, " {attribute}=\"").ok();
            escape(out, value);
            out.push('"');
        }
        match form {
            Form::Html if VOID.contains(&name) => return out.push('>'),
            Form::Xml if self.content.is_empty() => return out.push_str("/>"),
            _ => out.push('>'),
        }
        // A parser of HTML takes off a line break at the very beginning of these.
        if form == Form::Html && matches!(name, "textarea" | "pre") {
            out.push('\n');
        }
        for content in &self.content {
            match content {
                Content::Text(text) => escape(out, text),
                Content::Element(element) => element.write(out, form),
                Content::Html(html) if form == Form::Html => out.push_str(html),
                // In a feed, HTML is a text.
                Content::Html(html) => escape(out, html),
            }
        }
        write!(out, "</{name}>").ok();
    }
}

/// A `script` element with data (JSON-LD). What is data is not run, whatever the page's policy; nothing in it can end the element.
pub fn data_block(media_type: &'static str, value: &serde_json::Value) -> Element {
    let json = value
        .to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029");
    let mut block = el("script").attr("type", media_type);
    block.content.push(Content::Html(json));
    block
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Html,
    Xml,
}

/// Elements of HTML without an end tag, as far as they are used here.
const VOID: [&str; 6] = ["br", "hr", "img", "input", "link", "meta"];

/// Writes a text as one, in content and in quoted attributes alike. Characters that XML cannot hold (XML 1.0, section 2.2) are left
/// out.
fn escape(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' => out.push(letter),
            '\r' => out.push_str("&#13;"),
            '\0'..='\u{1f}' | '\u{7f}' | '\u{fffe}' | '\u{ffff}' => {}
            other => out.push(other),
        }
    }
}

/// Addresses that a page may lead to: of the web, or within this server and this page.
fn leads_somewhere(address: &str) -> bool {
    let begins = |prefix: &str| {
        address
            .get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    let within = address.starts_with(['#', '?']) || (address.starts_with('/') && !address.starts_with("//"));
    begins("http://") || begins("https://") || within
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HOSTILE: &str = "\"><script>alert('x')</script>&amp;\u{0}\u{b}]]>\u{ffff}";
    const TAMED: &str = "&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;]]&gt;";

    #[test]
    fn texts_and_attributes_are_never_markup() {
        let made = el("p").attr("title", HOSTILE).text(HOSTILE);
        assert_eq!(made.html(), format!("<p title=\"{TAMED}\">{TAMED}</p>"));
        assert!(made.xml().ends_with(&format!("<p title=\"{TAMED}\">{TAMED}</p>")));
    }

    #[test]
    fn html_goes_in_as_it_is_and_is_a_text_in_a_feed() {
        let made = el("div").sanitised("<p>a &amp; b</p>");
        assert_eq!(made.html(), "<div><p>a &amp; b</p></div>");
        assert!(made.xml().ends_with("<div>&lt;p&gt;a &amp;amp; b&lt;/p&gt;</div>"));
    }

    #[test]
    fn empty_elements_end_as_their_language_wants() {
        let made = el("div").child(el("br")).child(el("p"));
        assert_eq!(made.html(), "<div><br><p></p></div>");
        assert!(made.xml().ends_with("<div><br/><p/></div>"));
    }

    #[test]
    fn links_lead_to_the_web_or_stay_here() {
        for address in ["https://a.example", "HTTP://a.example", "/x", "?a=b", "#c"] {
            assert_eq!(link(address, "w").html(), format!("<a href=\"{address}\">w</a>"));
        }
        for address in [
            "javascript:alert(1)",
            "data:,x",
            "//a.example",
            "x",
            "",
            "\u{1}https://a",
        ] {
            assert_eq!(link(address, "w").html(), "<span>w</span>", "{address:?}");
        }
    }

    #[test]
    fn a_text_area_keeps_a_line_break_at_its_beginning() {
        assert_eq!(el("textarea").text("\nx").html(), "<textarea>\n\nx</textarea>");
    }

    #[test]
    fn data_cannot_end_its_element() {
        let value = json!({ "text": "</script><!--&\u{2028}" });
        let block = data_block("application/ld+json", &value).html();
        let inner = block
            .strip_prefix("<script type=\"application/ld+json\">")
            .and_then(|rest| rest.strip_suffix("</script>"))
            .unwrap();
        assert!(!inner.contains(['<', '>', '&', '\u{2028}']), "{inner}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(inner).unwrap(), value);
    }
}
