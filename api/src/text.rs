//! What people type into plain fields, made fit to be stored and shown: names, titles, websites, mail addresses, and
//! the source of a comment before it is rendered.
//!
//! Nothing here makes text safe to be put into HTML. Plain fields are set as text wherever they are shown; what is
//! taken out here are characters that would disturb or deceive a reader even as text.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use url::{Host, Url};

use crate::error::{Fault, FieldCode};

/// Longest website, in characters.
pub const WEBSITE: usize = 200;

/// Longest mail address, in bytes (RFC 5321, 4.5.3.1.3, less the angle brackets).
pub const EMAIL: usize = 254;

/// Combining marks one letter may carry. Real orthographies need four or so; hundreds paint over the lines around.
const MARKS: usize = 8;

const ZERO_WIDTH_NON_JOINER: char = '\u{200C}';
const ZERO_WIDTH_JOINER: char = '\u{200D}';

/// Why a text cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFault {
    /// More characters (or, for mail addresses, bytes) than this.
    TooLong(usize),
    /// U+0000, which PostgreSQL cannot store.
    Nul,
    NotAWebsite,
    NotAnEmail,
}

impl TextFault {
    /// The fault as the answer names it, for the value at `pointer`.
    pub fn at(self, pointer: &str) -> Fault {
        match self {
            TextFault::TooLong(most) => Fault::new(
                pointer,
                FieldCode::TooLong,
                format!("At most {most} characters fit here."),
            ),
            TextFault::Nul => Fault::new(pointer, FieldCode::ForbiddenCharacter, "U+0000 cannot be stored."),
            TextFault::NotAWebsite => Fault::new(
                pointer,
                FieldCode::Invalid,
                "The website must look like https://example.org.",
            ),
            TextFault::NotAnEmail => Fault::new(
                pointer,
                FieldCode::Invalid,
                "The mail address must look like name@example.org.",
            ),
        }
    }
}

/// A mail address that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    /// As it was typed, the domain in its ASCII form (`xn--`).
    pub address: String,
    /// In lower case, for comparing. The standard lets a mailbox be case-sensitive; no provider people use does.
    pub folded: String,
}

/// Cleans a field of one line, such as a name or a title; `None` if nothing visible is left.
///
/// The result is in NFC, has single spaces inside and none around it, no control or invisible characters, and at most
/// eight combining marks in a row. Joiners stay between two visible characters, where Persian, Indic scripts and emoji
/// need them. Emoji that are spelled with tag characters (three flags of regions) lose them, as tags can hide a text.
///
/// # Errors
/// [`TextFault::TooLong`] if more than `max_chars` characters are left (and so never more than four times as many
/// bytes).
pub fn clean_line(text: &str, max_chars: usize) -> Result<Option<String>, TextFault> {
    let visible = text
        .chars()
        .map(blank_as_space)
        .filter(|c| is_joiner(*c) || !is_unseen(*c));
    let mut line = String::new();
    let mut marks = 0;
    let mut pending = None;
    for c in visible.nfc() {
        if c == ' ' || is_joiner(c) {
            // A separator counts once something visible follows. A space beats the joiners around it.
            if !line.is_empty() && pending != Some(' ') {
                pending = Some(c);
            }
            continue;
        }
        if is_combining_mark(c) {
            let has_base = !line.is_empty() && pending != Some(' ');
            marks += 1;
            if !has_base || marks > MARKS {
                continue;
            }
        } else {
            marks = 0;
        }
        line.extend(pending.take());
        line.push(c);
    }
    match line.chars().count() {
        0 => Ok(None),
        count if count > max_chars => Err(TextFault::TooLong(max_chars)),
        _ => Ok(Some(line)),
    }
}

/// Cleans the source of a comment, which otherwise stays as it was typed: line ends become `\n`, control characters
/// (but line feed and tab) and characters that turn the direction of the text around are removed, and white space at
/// the end is cut.
///
/// # Errors
/// [`TextFault::Nul`]: no honest client sends it, and what was cut out silently could not be told from what was typed.
pub fn clean_source(source: &str) -> Result<String, TextFault> {
    if source.contains('\0') {
        return Err(TextFault::Nul);
    }
    let mut cleaned = String::with_capacity(source.len());
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' => cleaned.push('\n'),
            '\n' | '\t' => cleaned.push(c),
            _ if c.is_control() || turns_direction(c) => {}
            _ => cleaned.push(c),
        }
    }
    cleaned.truncate(cleaned.trim_end().len());
    Ok(cleaned)
}

/// A text as it is compared and searched: lower case, compatibility forms made one (NFKC), alike on every engine.
pub fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// The words of sanitised HTML, with a line for each paragraph, item and row.
pub fn of_html(html: &str) -> String {
    const LINES: [&str; 16] = [
        "br",
        "p",
        "li",
        "tr",
        "pre",
        "blockquote",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "dt",
        "dd",
        "td",
    ];
    let mut words = String::with_capacity(html.len());
    let mut rest = html;
    // In sanitised HTML every "<" and ">" belongs to a tag, also in attributes.
    while let Some((before, tag)) = rest.split_once('<') {
        words.push_str(before);
        let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        if LINES.contains(&name) {
            words.push('\n');
        }
        rest = after;
    }
    words.push_str(rest);
    let plain = words
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&");
    let lines = plain.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// How many characters of a text can be seen: white space, invisible characters and combining marks do not count. By
/// this a text has to be long enough, so that nobody posts a blank.
pub fn visible_length(text: &str) -> usize {
    let is_seen = |c: &char| *c != ' ' && !is_joiner(*c) && !is_unseen(*c) && !is_combining_mark(*c);
    text.chars().map(blank_as_space).filter(is_seen).count()
}

/// Reads a website: `http` or `https`, without credentials, with a host that has a dot in it or is an address. A
/// missing scheme is taken as `https`. `None` if the field is empty.
///
/// # Errors
/// [`TextFault::TooLong`] above [`WEBSITE`] characters, before or after normalising; [`TextFault::NotAWebsite`].
pub fn website(text: &str) -> Result<Option<String>, TextFault> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if text.chars().count() > WEBSITE {
        return Err(TextFault::TooLong(WEBSITE));
    }
    // The URL parser drops tabs and line ends within; a text that needs such mercy is not a website.
    if text
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || is_joiner(c) || is_unseen(c))
    {
        return Err(TextFault::NotAWebsite);
    }
    let url = Url::parse(&with_scheme(text)).map_err(|_| TextFault::NotAWebsite)?;
    let has_public_host = match url.host() {
        Some(Host::Domain(domain)) => domain.trim_end_matches('.').contains('.'),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    };
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    if !matches!(url.scheme(), "http" | "https") || has_credentials || !has_public_host {
        return Err(TextFault::NotAWebsite);
    }
    if url.as_str().len() > WEBSITE {
        return Err(TextFault::TooLong(WEBSITE));
    }
    Ok(Some(url.into()))
}

/// Puts `https://` before what names no scheme. What looks like another scheme (`javascript:`, `mailto:`) is then
/// refused by the parser for its port, or for its credentials.
fn with_scheme(text: &str) -> String {
    let starts_with = |prefix: &str| {
        text.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    if starts_with("http://") || starts_with("https://") || text.contains("://") {
        return text.to_owned();
    }
    format!("https://{}", text.strip_prefix("//").unwrap_or(text))
}

/// Reads a mail address: `local@domain` in the dot-atom form of RFC 5321, without quotes, comments or routes. Domains
/// in other scripts become their ASCII form. `None` if the field is empty.
///
/// # Errors
/// [`TextFault::TooLong`] above [`EMAIL`] bytes; [`TextFault::NotAnEmail`].
pub fn email(text: &str) -> Result<Option<Email>, TextFault> {
    let text = text.trim_matches([' ', '\t']);
    if text.is_empty() {
        return Ok(None);
    }
    if text.len() > EMAIL {
        return Err(TextFault::TooLong(EMAIL));
    }
    let (local, domain) = text.rsplit_once('@').ok_or(TextFault::NotAnEmail)?;
    let domain = ascii_domain(domain).ok_or(TextFault::NotAnEmail)?;
    if !is_local_part(local) || !is_mail_domain(&domain) {
        return Err(TextFault::NotAnEmail);
    }
    let address = format!("{local}@{domain}");
    if address.len() > EMAIL {
        return Err(TextFault::TooLong(EMAIL));
    }
    let folded = address.to_ascii_lowercase();
    Ok(Some(Email { address, folded }))
}

/// The ASCII form of a domain in another script. What is ASCII already is left to [`is_mail_domain`], since the URL
/// standard's host parser would decode and repair it.
fn ascii_domain(domain: &str) -> Option<String> {
    if domain.is_ascii() {
        return Some(domain.to_owned());
    }
    let is_plain = domain
        .chars()
        .all(|c| c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '.' | '-'));
    match Host::parse(domain) {
        Ok(Host::Domain(ascii)) if is_plain => Some(ascii),
        _ => None,
    }
}

fn is_local_part(local: &str) -> bool {
    let is_atom = |atom: &str| {
        let is_atext = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte);
        !atom.is_empty() && atom.bytes().all(is_atext)
    };
    local.len() <= 64 && local.split('.').all(is_atom)
}

fn is_mail_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        let is_letter_digit_hyphen = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (1..=63).contains(&label.len()) && is_letter_digit_hyphen && !label.starts_with('-') && !label.ends_with('-')
    };
    let Some((_, top)) = domain.rsplit_once('.') else {
        return false;
    };
    domain.split('.').all(is_label) && !top.bytes().all(|byte| byte.is_ascii_digit())
}

/// White space of every kind, and the one letter that looks like it, as a space.
fn blank_as_space(c: char) -> char {
    const BRAILLE_BLANK: char = '\u{2800}';
    if c.is_whitespace() || c == BRAILLE_BLANK {
        ' '
    } else {
        c
    }
}

fn is_joiner(c: char) -> bool {
    matches!(c, ZERO_WIDTH_NON_JOINER | ZERO_WIDTH_JOINER)
}

/// Overrides, embeddings and isolates of the bidirectional algorithm (UAX #9), by which text can be made to read
/// otherwise than it is.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Characters that leave no trace on the screen: controls, format characters (general category Cf, but for the few that
/// are drawn), fillers, tags and noncharacters. Joiners are left to the caller.
fn is_unseen(c: char) -> bool {
    let is_noncharacter = u32::from(c) & 0xFFFE == 0xFFFE || matches!(c, '\u{FDD0}'..='\u{FDEF}');
    let is_format = matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
        | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFC}'
        | '\u{13430}'..='\u{1343F}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E007F}');
    let is_filler = matches!(
        c,
        '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{3164}' | '\u{FFA0}' | '\u{1D159}'
    );
    c.is_control() || turns_direction(c) || is_format || is_filler || is_noncharacter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_read_as_its_words() {
        for (html, words) in [
            ("<p>a <b>b</b></p>\n<p>c<br>\nd</p>", "a b\nc\nd"),
            ("<p>a</p><p>b</p><ul><li>c</li><li>d</li></ul>", "a\nb\nc\nd"),
            ("<p>1 &lt; 2 &amp;lt; &quot;3&quot;&nbsp;</p>", "1 < 2 &lt; \"3\""),
            ("<a href=\"https://a.example\" title=\"x &gt; y\">z</a>", "z"),
            ("", ""),
        ] {
            assert_eq!(of_html(html), words, "{html}");
        }
    }

    fn line(text: &str) -> Option<String> {
        clean_line(text, 1000).unwrap()
    }

    /// Strings of characters that are likely to interact, the same on every run.
    fn strings() -> impl Iterator<Item = String> {
        const LETTERS: [char; 32] = [
            'a',
            'E',
            'ß',
            'é',
            '漢',
            '\u{1F468}',
            '\u{1F3FD}',
            '\u{0301}',
            '\u{0327}',
            '\u{20DD}',
            '\u{FE0F}',
            '\u{200D}',
            '\u{200C}',
            ' ',
            '\t',
            '\n',
            '\r',
            '\0',
            '\u{85}',
            '\u{A0}',
            '\u{202E}',
            '\u{2066}',
            '\u{200B}',
            '\u{FEFF}',
            '\u{E0041}',
            '\u{1100}',
            '\u{1161}',
            '\u{11A8}',
            '\u{09C7}',
            '\u{09BE}',
            '\u{0958}',
            '\u{212B}',
        ];
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut next = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 40).unwrap_or(0)
        };
        (0..5_000).map(move |_| (0..next() % 24).map(|_| LETTERS[next() % LETTERS.len()]).collect())
    }

    #[test]
    fn ordinary_names_stay_as_they_are() {
        let names = [
            "Ada Lovelace",
            "José Ångström",
            "李小龍",
            "محمد",
            "שלום",
            "नमस्ते",
            "Нина",
            "O'Brien-Smith, Jr.",
            "x",
            "ไทยแลนด์",
            "한국어",
            "👩🏽‍🚀",
            "❤️‍🔥",
            "👨‍👩‍👧‍👦",
            "🇩🇪",
            "می‌خواهم",
            "ශ්‍රී",
            "র‍্যাব",
            "1️⃣",
            "<script>alert(1)</script>",
            "100 % & more",
        ];
        for name in names {
            assert_eq!(line(name).as_deref(), Some(name.nfc().collect::<String>().as_str()));
        }
    }

    #[test]
    fn white_space_is_collapsed_and_trimmed() {
        let cases = [
            ("  a  b\t\n c ", "a b c"),
            ("a\u{A0}\u{2003}b", "a b"),
            ("a\u{2028}b\u{2029}", "a b"),
            ("a\r\nb", "a b"),
            ("a\u{85}b", "a b"),
            ("a\u{3000}b", "a b"),
            ("\u{2800}a\u{2800}\u{2800}b\u{2800}", "a b"),
        ];
        for (text, expected) in cases {
            assert_eq!(line(text).as_deref(), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn characters_that_cannot_be_seen_are_removed() {
        let unseen = "\0\u{1}\u{1B}\u{7F}\u{9F}\u{AD}\u{34F}\u{61C}\u{115F}\u{1160}\u{17B4}\u{180E}\u{200B}\
                      \u{200E}\u{200F}\u{202A}\u{202B}\u{202C}\u{202D}\u{202E}\u{2060}\u{2064}\u{2066}\u{2069}\
                      \u{206F}\u{3164}\u{FDD0}\u{FEFF}\u{FFA0}\u{FFF9}\u{FFFC}\u{FFFE}\u{1D173}\u{1FFFF}\
                      \u{E0001}\u{E0041}\u{E007F}\u{10FFFF}";
        for c in unseen.chars() {
            assert_eq!(line(&format!("a{c}b")).as_deref(), Some("ab"), "{c:?}");
            assert_eq!(line(&c.to_string()), None, "{c:?}");
        }
        assert_eq!(line("\u{202E}gpj.exe").as_deref(), Some("gpj.exe"));
        assert_eq!(line("admin\u{200B}").as_deref(), Some("admin"));
    }

    #[test]
    fn a_line_without_anything_to_see_is_none() {
        for text in [
            "",
            " ",
            "\t\n",
            "\u{200D}",
            "\u{200C}\u{200D}",
            "\u{0301}",
            " \u{0301}",
            "\u{2800}",
            "\u{3164}",
            "\u{FE0F}",
        ] {
            assert_eq!(line(text), None, "{text:?}");
        }
    }

    #[test]
    fn joiners_stay_only_between_visible_characters() {
        let cases = [
            ("\u{200D}a", "a"),
            ("a\u{200D}", "a"),
            ("a\u{200D} b", "a b"),
            ("a \u{200D}b", "a b"),
            ("a\u{200D}\u{200D}\u{200D}b", "a\u{200D}b"),
            ("a\u{200D}\u{200B}b", "a\u{200D}b"),
        ];
        for (text, expected) in cases {
            assert_eq!(line(text).as_deref(), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn runs_of_combining_marks_are_cut() {
        let zalgo = format!("q{}z", "\u{0329}".repeat(100));
        assert_eq!(line(&zalgo), Some(format!("q{}z", "\u{0329}".repeat(8))));
        let with_joiners = format!("q{}", "\u{0329}\u{0329}\u{0329}\u{0329}\u{200D}".repeat(20));
        let marks = line(&with_joiners)
            .unwrap()
            .chars()
            .filter(|c| is_combining_mark(*c))
            .count();
        assert_eq!(marks, 8);
        assert_eq!(line("a \u{0301}b").as_deref(), Some("a b"));
    }

    #[test]
    fn lines_are_composed() {
        assert_eq!(line("Jose\u{0301}").as_deref(), Some("José"));
        assert_eq!(line("e\u{200B}\u{0301}").as_deref(), Some("é"));
        assert_eq!(line("\u{212B}").as_deref(), Some("Å"));
    }

    #[test]
    fn length_is_counted_in_characters_of_what_is_left() {
        assert_eq!(clean_line("漢漢漢", 3), Ok(Some("漢漢漢".to_owned())));
        assert_eq!(clean_line("漢漢漢漢", 3), Err(TextFault::TooLong(3)));
        assert_eq!(
            clean_line(&format!("abc{}", " \u{200B}".repeat(50_000)), 3),
            Ok(Some("abc".to_owned()))
        );
    }

    #[test]
    fn a_cleaned_line_has_all_its_properties_and_stays_the_same() {
        for text in strings() {
            let Some(cleaned) = line(&text) else {
                assert_eq!(visible_length(&text), 0, "{text:?}");
                continue;
            };
            assert_eq!(line(&cleaned).as_ref(), Some(&cleaned), "{text:?}");
            assert_eq!(cleaned, cleaned.nfc().collect::<String>(), "{text:?}");
            assert_eq!(cleaned, cleaned.trim());
            assert!(!cleaned.contains("  ") && !cleaned.chars().any(is_unseen), "{text:?}");
            assert!(cleaned.chars().all(|c| c == ' ' || !c.is_whitespace()));
            let runs = cleaned.split(|c| !is_combining_mark(c) && !is_joiner(c));
            assert!(
                runs.map(|run| run.chars().filter(|c| is_combining_mark(*c)).count())
                    .all(|run| run <= MARKS)
            );
        }
    }

    #[test]
    fn a_source_keeps_what_was_typed() {
        let typed = "  code\n\n\tindented  \n*x* \u{200B}e\u{0301} \u{FEFF}<b> 👩🏽‍🚀 \u{200F}שלום";
        assert_eq!(clean_source(typed).as_deref(), Ok(typed));
    }

    #[test]
    fn a_source_has_one_kind_of_line_end_and_none_at_its_end() {
        assert_eq!(
            clean_source("a\r\nb\rc\n\r\nd\r\r\n \t\n").as_deref(),
            Ok("a\nb\nc\n\nd")
        );
        assert_eq!(clean_source(" \r\n\t").as_deref(), Ok(""));
    }

    #[test]
    fn a_source_loses_controls_and_direction_overrides() {
        assert_eq!(
            clean_source("a\u{1}\u{8}\u{B}\u{C}\u{1B}[31mb\u{7F}\u{85}\u{9F}c").as_deref(),
            Ok("a[31mbc")
        );
        assert_eq!(
            clean_source("a\u{202A}\u{202B}\u{202C}\u{202D}\u{202E}\u{2066}\u{2069}b").as_deref(),
            Ok("ab")
        );
        assert_eq!(clean_source("a\0b"), Err(TextFault::Nul));
    }

    #[test]
    fn cleaning_a_source_twice_changes_nothing_more() {
        for text in strings() {
            match clean_source(&text) {
                Ok(cleaned) => {
                    assert_eq!(clean_source(&cleaned).as_ref(), Ok(&cleaned), "{text:?}");
                    assert!(
                        !cleaned
                            .chars()
                            .any(|c| (c.is_control() && c != '\n' && c != '\t') || turns_direction(c))
                    );
                }
                Err(fault) => assert!(fault == TextFault::Nul && text.contains('\0')),
            }
        }
    }

    #[test]
    fn only_what_is_seen_counts_as_length() {
        let cases = [
            ("", 0),
            (" \n\t", 0),
            ("\u{200B}\u{200D}\u{3164}\u{2800}\u{FE0F}", 0),
            ("ab c", 3),
            ("e\u{0301}é", 2),
            ("漢", 1),
        ];
        for (text, expected) in cases {
            assert_eq!(visible_length(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_folded_text_does_not_tell_case_or_composition_apart() {
        for (one, other) in [("ÄPFEL", "äpfel"), ("A\u{308}pfel", "äpfel"), ("НИНА", "Нина")] {
            assert_eq!(folded(one), folded(other));
            assert_eq!(folded(&folded(one)), folded(one));
        }
    }

    #[test]
    fn websites_are_normalised() {
        let cases = [
            ("https://example.org", "https://example.org/"),
            ("http://example.org/a?b=c#d", "http://example.org/a?b=c#d"),
            ("HTTPS://EXAMPLE.ORG/Path", "https://example.org/Path"),
            (" example.org ", "https://example.org/"),
            ("example.org/~me", "https://example.org/~me"),
            ("example.org:8080/x", "https://example.org:8080/x"),
            ("//example.org", "https://example.org/"),
            ("www.müller.de/größe", "https://www.xn--mller-kva.de/gr%C3%B6%C3%9Fe"),
            (
                "https://example.org/\"><script>",
                "https://example.org/%22%3E%3Cscript%3E",
            ),
            ("http://192.0.2.1/", "http://192.0.2.1/"),
            ("https://[2001:db8::1]/", "https://[2001:db8::1]/"),
            (
                "https://example.org\\@evil.example",
                "https://example.org/@evil.example",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(website(text), Ok(Some(expected.to_owned())), "{text:?}");
        }
        for empty in ["", "  ", "\n"] {
            assert_eq!(website(empty), Ok(None));
        }
    }

    #[test]
    fn what_is_no_website_is_refused() {
        let refused = [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "javascript://example.org/%0Aalert(1)",
            "javascript:80",
            "javascript:0.0.0.1",
            "data:text/html,<script>",
            "vbscript:x",
            "file:///etc/passwd",
            "ftp://example.org",
            "mailto:me@example.org",
            "blob:https://example.org/1",
            "https://user:pass@example.org",
            "https://user@example.org",
            "user@example.org",
            "https://",
            "https:///",
            "http:example.org",
            "https:example.org",
            "https://localhost",
            "localhost",
            "https://example",
            "https://exa mple.org",
            "https://example.org/a b",
            "https://example.org\t/",
            "https://example.org/\u{202E}x",
            "https://example.org/\u{200B}",
            "\u{0}https://example.org",
            "https://example.org:99999",
            "https://[::1",
            "://x.y",
            "x://y.z",
            "https://.",
            "https://..",
            "?",
            "#",
            "https://exam\u{AD}ple.org",
        ];
        for text in refused {
            assert_eq!(website(text), Err(TextFault::NotAWebsite), "{text:?}");
        }
    }

    #[test]
    fn websites_have_a_longest_length_before_and_after_normalising() {
        let fits = format!("https://example.org/{}", "a".repeat(180));
        assert_eq!(website(&fits), Ok(Some(fits.clone())));
        assert_eq!(website(&format!("{fits}a")), Err(TextFault::TooLong(WEBSITE)));
        assert_eq!(
            website(&format!("https://example.org/{}", "ö".repeat(100))),
            Err(TextFault::TooLong(WEBSITE))
        );
    }

    #[test]
    fn mail_addresses_keep_their_case_and_have_a_folded_form() {
        let read = email(" Ada.Lovelace+x@Example.ORG\t").unwrap().unwrap();
        assert_eq!(read.address, "Ada.Lovelace+x@Example.ORG");
        assert_eq!(read.folded, "ada.lovelace+x@example.org");
        for ordinary in [
            "a@b.co",
            "o'brien@example.org",
            "x_y-z=1@sub.example.museum",
            "1@2.example",
            "a@xn--mller-kva.de",
        ] {
            assert_eq!(email(ordinary).unwrap().unwrap().address, ordinary);
        }
        assert_eq!(
            email("post@Müller.de").unwrap().unwrap().address,
            "post@xn--mller-kva.de"
        );
        assert_eq!(email(" "), Ok(None));
    }

    #[test]
    fn what_is_no_mail_address_is_refused() {
        let refused = [
            "a",
            "@",
            "a@",
            "@example.org",
            "a@example",
            "a@@example.org",
            "a@b@example.org",
            "a b@example.org",
            "a@exa mple.org",
            ".a@example.org",
            "a.@example.org",
            "a..b@example.org",
            "\"a b\"@example.org",
            "\"a\"@example.org",
            "a(comment)@example.org",
            "a@example.org(comment)",
            "<a@example.org>",
            "Ada <a@example.org>",
            "a@example.org,b@example.org",
            "@x.org:a@example.org",
            "a%0d%0a@ex\r\nample.org",
            "a\r\n@example.org",
            "a@example.org\r\nBcc: b@example.org",
            "a\n@example.org",
            "a@example.org\n",
            "a\0@example.org",
            "a@[192.0.2.1]",
            "a@192.0.2.1",
            "a@-example.org",
            "a@example-.org",
            "a@.example.org",
            "a@example..org",
            "a@example.org.",
            "a@exa_mple.org",
            "ä@example.org",
            "a@ex%41mple.org",
            "a@ex/ämple.org",
            "a@ä:1.example",
            "a;b@example.org",
            "a\\b@example.org",
            "a@example.org;",
            "a\u{202E}@example.org",
            "a@exam\u{200B}ple.org",
            "a@example.１２３",
        ];
        for text in refused {
            assert_eq!(email(text), Err(TextFault::NotAnEmail), "{text:?}");
        }
    }

    #[test]
    fn mail_addresses_have_a_longest_length() {
        let label = "d".repeat(63);
        let domain = format!("{label}.{label}.{}", "e".repeat(57));
        let longest = format!("{}@{domain}.ab", "l".repeat(64));
        assert_eq!(longest.len(), EMAIL - 1);
        assert!(email(&longest).is_ok());
        assert_eq!(email(&format!("{longest}cd")), Err(TextFault::TooLong(EMAIL)));
        assert_eq!(
            email(&format!("{}@example.org", "l".repeat(65))),
            Err(TextFault::NotAnEmail)
        );
        assert_eq!(email(&format!("a@{}.org", "d".repeat(64))), Err(TextFault::NotAnEmail));
    }

    #[test]
    fn a_fault_names_the_field_and_a_way_out() {
        let fault = TextFault::TooLong(60).at("/author/name");
        assert_eq!(
            (fault.pointer.as_str(), fault.code),
            ("/author/name", FieldCode::TooLong)
        );
        assert!(fault.detail.contains("60"));
        assert_eq!(TextFault::Nul.at("/text").code, FieldCode::ForbiddenCharacter);
        assert_eq!(TextFault::NotAWebsite.at("/author/website").code, FieldCode::Invalid);
        assert_eq!(TextFault::NotAnEmail.at("/author/email").code, FieldCode::Invalid);
    }
}
