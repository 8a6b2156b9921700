//! From what people write to HTML that may stand on a stranger's page.
//!
//! Markdown (CommonMark with tables, strikethrough and bare links of GFM) is parsed, checked against bounds, rendered
//! and, as the last step, sanitised. There is one way through here for every text: new, edited, previewed, imported.
//! The stored HTML goes out as it came from here.
//!
//! Decisions:
//! - HTML in Markdown is shown as it was typed.
//! - A single line break breaks the line, as people expect of a comment.
//! - An image becomes a link to it, with its alternative text as words: nothing is loaded from elsewhere without a
//!   click. Within a link only the words remain. Where the site shows images, those with an absolute `http` or `https`
//!   address are images: loaded when they come near, and without telling from which page.
//! - A site may narrow the elements ([`Rules`]). What it leaves out loses its tags and keeps its words.
//! - Links lead to absolute `http`, `https` and `mailto` addresses. Others lose their target, also relative ones: the
//!   same HTML is shown on the page, in the moderators' pages and in feeds, where they would lead elsewhere.
//!
//! Everything here works on the calling thread and takes up to some tens of milliseconds for the longest texts, so it
//! belongs off the asynchronous threads.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use ammonia::UrlRelative;
use comrak::nodes::{Ast, NodeLink, NodeValue};
use comrak::{Arena, Node, Options};

/// Version of what comes out for a given source. To be raised with every change here (or in the libraries) that alters
/// it, so that stored HTML of an older version is rendered again.
pub const RENDERER: i32 = 2;

/// What a site says of its comments' HTML. It only ever narrows what is safe anyway.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Whether images are shown; else they become links.
    pub images: bool,
    /// Those of [`ELEMENTS`] that are kept; none for all of them. `table` stands for all parts of a table. Images have
    /// their own switch.
    pub elements: Vec<String>,
}

/// Bounds of one text. The time for sanitising grows with the square of the nesting, and Markdown can say much with
/// little, so each is checked before the step that it keeps cheap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest source; never more than [`SOURCE_BYTES`].
    pub source_bytes: usize,
    /// Deepest nesting of blocks and inlines in Markdown.
    pub nesting: usize,
    /// Most links, counting images.
    pub links: usize,
    /// Longest HTML. Short sources have a lower bound besides, see [`html_bound`].
    pub html_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            source_bytes: 16 * 1024,
            nesting: 32,
            links: 100,
            html_bytes: 128 * 1024,
        }
    }
}

/// Longest Markdown whatever the limits say: up to here every input known takes less than 100 ms.
pub const SOURCE_BYTES: usize = 64 * 1024;

/// Longest HTML from elsewhere. The parser takes quadratic time for some of it (elements misplaced in tables): 80 ms at
/// this length.
const HTML_BYTES: usize = 64 * 1024;

/// Elements that HTML from elsewhere may open. They bound its nesting, and with it the time for sanitising, without
/// parsing it. Text of the longest length has a few hundred.
const HTML_ELEMENTS: usize = 512;

/// Why a text is not rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the text is too long")]
    TooLong,
    #[error("quotes, lists or emphasis are nested too deeply")]
    TooNested,
    #[error("there are too many links in the text")]
    TooManyLinks,
    #[error("the text becomes too large when rendered")]
    TooLarge,
}

/// A rendered text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Sanitised HTML; empty if the source has nothing to show, such as definitions of links only.
    pub html: String,
    /// Links and images in the source, whether or not their targets survived.
    pub links: usize,
}

/// Renders Markdown.
///
/// # Errors
/// The first bound of `limits` that the text breaks.
pub fn render(source: &str, rules: &Rules, limits: &Limits) -> Result<Rendered, Refused> {
    if source.len() > limits.source_bytes.min(SOURCE_BYTES) {
        return Err(Refused::TooLong);
    }
    let options = options();
    let arena = Arena::new();
    // Parsing needs no bound of its own: it takes linear time, 10 ms for 64 KiB of the worst input known.
    let document = comrak::parse_document(&arena, source, &options);
    check_nesting(document, limits.nesting)?;
    let links = count_links(document);
    if links > limits.links {
        return Err(Refused::TooManyLinks);
    }
    disarm(document, rules.images, &arena);
    let mut html = BoundedHtml {
        html: String::new(),
        bound: html_bound(source.len(), limits.html_bytes),
    };
    comrak::format_html(document, &options, &mut html).map_err(|_| Refused::TooLarge)?;
    let html = sanitise(&html.html, rules, limits.html_bytes)?;
    Ok(Rendered { html, links })
}

/// A text as it was typed, with its line breaks: for what cannot be rendered any more. Needs no bound, as it grows
/// sixfold at most.
pub fn plain(source: &str) -> String {
    let escaped = source
        .trim()
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    if escaped.is_empty() {
        return escaped;
    }
    format!("<p>{}</p>", escaped.replace('\n', "<br>\n"))
}

/// Sanitises HTML from elsewhere, such as an import. Elements outside the list lose their tags and keep their text;
/// those whose content is no text (scripts, styles, frames, drawings) are removed whole. Images leave no trace where
/// the site does not show them.
///
/// # Errors
/// [`Refused::TooLong`] if it is longer than 64 KiB, [`Refused::TooNested`] if it has more than 512 elements,
/// [`Refused::TooManyLinks`], or [`Refused::TooLarge`] if it grows beyond `limits.html_bytes`.
pub fn clean_html(html: &str, rules: &Rules, limits: &Limits) -> Result<Rendered, Refused> {
    if html.len() > HTML_BYTES {
        return Err(Refused::TooLong);
    }
    if count_elements(html) > HTML_ELEMENTS {
        return Err(Refused::TooNested);
    }
    let html = sanitise(html, rules, limits.html_bytes)?;
    // In sanitised HTML every "<" belongs to a tag.
    let links = html.matches("<a ").count() + html.matches("<img ").count();
    if links > limits.links {
        return Err(Refused::TooManyLinks);
    }
    Ok(Rendered { html, links })
}

/// Sanitised HTML as it may stand in a mail: a link is its words and where it leads, an image is its description and where it lies.
pub fn unlinked(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut links = Vec::new();
    let mut rest = html;
    // In sanitised HTML every "<" and ">" belongs to a tag, and the values of attributes are in double quotes.
    while let Some((before, tag)) = rest.split_once('<') {
        out.push_str(before);
        let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
        rest = after;
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        match (name, tag) {
            ("a", _) => links.push((attribute(tag, "href").unwrap_or_default(), out.len())),
            (_, "/a") => {
                if let Some((address, begun)) = links.pop()
                    && !address.is_empty()
                    && out[begun..] != *address
                {
                    out.push_str(&format!(" [{address}]"));
                }
            }
            ("img", _) => {
                let words = attribute(tag, "alt").unwrap_or_default();
                let address = attribute(tag, "src").unwrap_or_default();
                out.push_str(format!("{words} [{address}]").trim_start());
            }
            _ => {
                out.push('<');
                out.push_str(tag);
                out.push('>');
            }
        }
    }
    out.push_str(rest);
    out
}

/// The value of an attribute, as it is written.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    value.split('"').next()
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.render.hardbreaks = true;
    options.render.escape = true;
    options
}

/// The most HTML that a source of this length may become. Honest texts grow less than eightfold, except short ones.
fn html_bound(source_bytes: usize, most: usize) -> usize {
    const GROWTH: usize = 8;
    const ALWAYS: usize = 4 * 1024;
    source_bytes.saturating_mul(GROWTH).max(ALWAYS).min(most)
}

fn check_nesting(document: Node<'_>, most: usize) -> Result<(), Refused> {
    let mut node = document;
    let mut depth = 0;
    loop {
        if let Some(child) = node.first_child() {
            node = child;
            depth += 1;
            if depth > most {
                return Err(Refused::TooNested);
            }
            continue;
        }
        while node.next_sibling().is_none() {
            match node.parent() {
                Some(parent) => node = parent,
                None => return Ok(()),
            }
            depth = depth.saturating_sub(1);
        }
        match node.next_sibling() {
            Some(sibling) => node = sibling,
            None => return Ok(()),
        }
    }
}

fn count_links(document: Node<'_>) -> usize {
    let is_link = |node: &Node<'_>| matches!(node.data().value, NodeValue::Link(_) | NodeValue::Image(_));
    document.descendants().filter(is_link).count()
}

/// Takes out what is not to be rendered as such: images become links unless they are shown, HTML becomes the text that
/// was typed.
fn disarm<'a>(document: Node<'a>, images: bool, arena: &'a Arena<'a>) {
    let is_armed = |node: &Node<'a>| {
        matches!(
            node.data().value,
            NodeValue::Image(_) | NodeValue::HtmlInline(_) | NodeValue::HtmlBlock(_)
        )
    };
    let nodes: Vec<Node<'a>> = document.descendants().filter(is_armed).collect();
    // From the inside out, so that an image finds its words already made text.
    for node in nodes.into_iter().rev() {
        let value = node.data().value.clone();
        match value {
            NodeValue::Image(image) if images && is_web(&image.url) => {}
            NodeValue::Image(image) => replace_image(node, *image, arena),
            NodeValue::HtmlInline(html) => node.data_mut().value = NodeValue::Text(Cow::Owned(html)),
            NodeValue::HtmlBlock(block) => {
                node.data_mut().value = NodeValue::Paragraph;
                append_lines(node, block.literal.trim_end(), arena);
            }
            _ => {}
        }
    }
}

/// Makes an image a link to itself, or mere words where it stands in a link already.
fn replace_image<'a>(node: Node<'a>, image: NodeLink, arena: &'a Arena<'a>) {
    let words = match node.collect_text() {
        words if words.trim().is_empty() => image.url.clone(),
        words => words,
    };
    while let Some(child) = node.first_child() {
        child.detach();
    }
    let is_in_link = node
        .ancestors()
        .skip(1)
        .any(|above| matches!(above.data().value, NodeValue::Link(_)));
    if is_in_link {
        node.data_mut().value = NodeValue::Text(Cow::Owned(words));
    } else {
        node.data_mut().value = NodeValue::Link(Box::new(image));
        append(node, NodeValue::Text(Cow::Owned(words)), arena);
    }
}

fn append_lines<'a>(node: Node<'a>, text: &str, arena: &'a Arena<'a>) {
    for (index, line) in text.lines().enumerate() {
        if index > 0 {
            append(node, NodeValue::LineBreak, arena);
        }
        append(node, NodeValue::Text(Cow::Owned(line.to_owned())), arena);
    }
}

fn append<'a>(node: Node<'a>, value: NodeValue, arena: &'a Arena<'a>) {
    let place = node.data().sourcepos.start;
    node.append(arena.alloc(Ast::new(value, place).into()));
}

/// Collects HTML up to a bound, and gives up there.
struct BoundedHtml {
    html: String,
    bound: usize,
}

impl fmt::Write for BoundedHtml {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.html.len() + text.len() > self.bound {
            return Err(fmt::Error);
        }
        self.html.push_str(text);
        Ok(())
    }
}

/// How many elements a text can open at most: tags that start something with content. What stands in comments or
/// attributes is counted too, since only a parser could tell.
fn count_elements(html: &str) -> usize {
    const WITHOUT_CONTENT: [&[u8]; 4] = [b"br", b"hr", b"img", b"wbr"];
    let opens_element = |rest: &str| {
        let name_ends = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
        let name = rest
            .as_bytes()
            .split(|byte| name_ends(*byte))
            .next()
            .unwrap_or_default();
        let is_tag = name.first().is_some_and(u8::is_ascii_alphabetic);
        is_tag && !WITHOUT_CONTENT.iter().any(|known| name.eq_ignore_ascii_case(known))
    };
    html.split('<').skip(1).filter(|rest| opens_element(rest)).count()
}

fn sanitise(html: &str, rules: &Rules, most: usize) -> Result<String, Refused> {
    let clean = match *rules == Rules::default() {
        true => SANITISER.clean(html),
        // Making one costs about as much as sanitising a comment with it.
        false => sanitiser(rules).clean(html),
    };
    let clean = clean.to_string();
    let clean = with_manners(clean.trim());
    if clean.len() > most {
        return Err(Refused::TooLarge);
    }
    Ok(clean.into_owned())
}

/// Has images loaded when the reader comes near, and without the address of the page. In sanitised HTML every "<"
/// belongs to a tag; and the sanitiser, told to set these attributes, would do it in another order each time.
fn with_manners(html: &str) -> Cow<'_, str> {
    const IMAGE: &str = "<img ";
    match html.contains(IMAGE) {
        true => html
            .replace(IMAGE, "<img loading=\"lazy\" referrerpolicy=\"no-referrer\" ")
            .into(),
        false => html.into(),
    }
}

/// The outermost list of elements that a comment may contain. Settings may only ever narrow it.
pub const ELEMENTS: [&str; 47] = [
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "cite",
    "code",
    "dd",
    "del",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];

/// What goes with `table`.
const TABLE_PARTS: [&str; 6] = ["tbody", "td", "tfoot", "th", "thead", "tr"];

static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| sanitiser(&Rules::default()));

/// The outermost list of what a comment may contain, narrowed by the site's rules. Never to be added, since each has
/// let scripts or styles through in some sanitiser: `svg`, `math`, `style`, `title`, `textarea`, `noscript`,
/// `template`, frames, form controls, and the attributes `id`, `name` and `style`.
fn sanitiser(rules: &Rules) -> ammonia::Builder<'static> {
    let kept = |element: &&str| {
        // A part of a table without its table, or the reverse, would be moved about by the next parser.
        let decides = if TABLE_PARTS.contains(element) {
            "table"
        } else {
            element
        };
        rules.elements.is_empty() || rules.elements.iter().any(|kept| kept == decides)
    };
    let image = rules.images.then_some("img");
    let tags_without_text = [
        "applet", "audio", "canvas", "embed", "head", "iframe", "math", "noembed", "noframes", "noscript", "object",
        "script", "select", "style", "svg", "template", "textarea", "title", "video",
    ];
    let attributes: [(&str, &[&str]); 8] = [
        ("a", &["href", "title"]),
        ("abbr", &["title"]),
        ("code", &["class"]),
        ("img", &["src", "alt", "title"]),
        ("li", &["value"]),
        ("ol", &["start"]),
        ("td", &["align"]),
        ("th", &["align"]),
    ];
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(ELEMENTS.into_iter().filter(kept).chain(image).collect())
        .clean_content_tags(tags_without_text.into())
        .tag_attributes(
            attributes
                .into_iter()
                .map(|(tag, names)| (tag, names.iter().copied().collect()))
                .collect(),
        )
        .url_schemes(["http", "https", "mailto"].into())
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("nofollow ugc noopener"))
        .strip_comments(true)
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            (_, "href") => is_absolute(value).then_some(Cow::Borrowed(value)),
            (_, "src") => is_web(value).then_some(Cow::Borrowed(value)),
            ("code", "class") => language_class(value).map(Cow::Borrowed),
            ("ol", "start") | ("li", "value") => value.parse::<i32>().ok().map(|number| number.to_string().into()),
            (_, "align") => matches!(value, "left" | "center" | "right").then_some(Cow::Borrowed(value)),
            _ => Some(Cow::Borrowed(value)),
        });
    builder
}

/// Whether a link names its place in full. `https:a` has an allowed scheme, yet a browser takes it as relative to a
/// page of the same scheme.
fn is_absolute(href: &str) -> bool {
    is_web(href) || begins(href, "mailto:")
}

/// Whether something is fetched from the web, named in full.
fn is_web(url: &str) -> bool {
    begins(url, "http://") || begins(url, "https://")
}

fn begins(url: &str, prefix: &str) -> bool {
    url.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// The class that names a code block's language, if the value has one.
fn language_class(value: &str) -> Option<&str> {
    let is_name = |name: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'#' | b'-' | b'_' | b'.');
        (1..=32).contains(&name.len()) && name.bytes().all(is_plain)
    };
    value
        .split_ascii_whitespace()
        .find(|class| class.strip_prefix("language-").is_some_and(is_name))
}

#[cfg(test)]
mod tests;
