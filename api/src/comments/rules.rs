//! What a comment must be like, and what becomes of it. Pure.

use crate::comments::Draft;
use crate::error::{Error, Fault, FieldCode, Result};
use crate::infra::markdown::Rendered;
use crate::sites::settings::{Moderation, Settings};
use crate::text;
use crate::webhooks::asking::Decision;
use ::entity::comment::State;

/// Longest name, in characters.
pub const NAME: usize = 80;

/// A draft whose fields are clean and within the site's bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub source: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub website: Option<String>,
}

/// Cleans a draft's fields and finds everything that is wrong with them at once.
pub fn check(draft: &Draft, settings: &Settings) -> Result<Checked> {
    let mut faults = Vec::new();
    let source = source(&draft.text, settings).unwrap_or_else(|fault| {
        faults.push(fault);
        String::new()
    });
    let mut field = |pointer: &str, cleaned: Result<Option<String>, text::TextFault>| {
        cleaned.unwrap_or_else(|fault| {
            faults.push(fault.at(pointer));
            None
        })
    };
    let name = field(
        "/author/name",
        text::clean_line(draft.name.as_deref().unwrap_or_default(), NAME),
    );
    let email = field(
        "/author/email",
        text::email(draft.email.as_deref().unwrap_or_default()).map(|email| email.map(|email| email.address)),
    );
    let website = field(
        "/author/website",
        text::website(draft.website.as_deref().unwrap_or_default()),
    );
    let faulty = |pointer: &str, faults: &[Fault]| faults.iter().any(|fault| fault.pointer == pointer);
    if settings.require_name && name.is_none() && !faulty("/author/name", &faults) {
        faults.push(Fault::new(
            "/author/name",
            FieldCode::Required,
            "This site asks for a name.",
        ));
    }
    if settings.require_email && email.is_none() && !faulty("/author/email", &faults) {
        faults.push(Fault::new(
            "/author/email",
            FieldCode::Required,
            "This site asks for a mail address; readers never see it.",
        ));
    }
    if draft.by_mail.is_something() && settings.follow_by_mail && email.is_none() && faults.is_empty() {
        faults.push(Fault::new(
            "/author/email",
            FieldCode::Required,
            "Whoever wants to be told by mail gives an address; readers never see it.",
        ));
    }
    if faults.is_empty() {
        Ok(Checked {
            source,
            name,
            email,
            website,
        })
    } else {
        Err(Error::Invalid(faults))
    }
}

/// A field that may be left as it is, and may be emptied.
pub type Changed = Option<Option<String>>;

/// A name and a website by themselves, for edits: what is not given stays, and what is empty goes.
///
/// # Errors
/// `invalid_input` with pointers to all that is wrong.
pub fn author(name: Option<&str>, website: Option<&str>) -> Result<(Changed, Changed)> {
    let mut faults = Vec::new();
    let mut field = |pointer: &str, cleaned: Option<Result<Option<String>, text::TextFault>>| {
        let cleaned = cleaned.transpose();
        cleaned.unwrap_or_else(|fault| {
            faults.push(fault.at(pointer));
            None
        })
    };
    let name = field("/author", name.map(|name| text::clean_line(name, NAME)));
    let website = field("/website", website.map(text::website));
    if faults.is_empty() {
        Ok((name, website))
    } else {
        Err(Error::Invalid(faults))
    }
}

/// A comment's text by itself, for previews and edits, too.
pub fn source(typed: &str, settings: &Settings) -> Result<String, Fault> {
    // Before anything that looks at every character.
    if typed.len() > 4 * settings.max_text_length as usize {
        return Err(too_long(settings));
    }
    let source = text::clean_source(typed).map_err(|fault| fault.at("/text"))?;
    if source.trim().is_empty() {
        return Err(Fault::new("/text", FieldCode::Required, "A comment needs a text."));
    }
    if text::visible_length(&source) < settings.min_text_length as usize {
        let detail = format!("A comment needs at least {} characters.", settings.min_text_length);
        return Err(Fault::new("/text", FieldCode::TooShort, detail));
    }
    if source.chars().count() > settings.max_text_length as usize {
        return Err(too_long(settings));
    }
    Ok(source)
}

fn too_long(settings: &Settings) -> Fault {
    Fault::new(
        "/text",
        FieldCode::TooLong,
        format!("A comment may have {} characters.", settings.max_text_length),
    )
}

/// Why a comment waits: stable codes, shown to moderators in words.
pub mod reason {
    /// The site has every comment looked at.
    pub const HOLDS_ALL: &str = "site_holds_all";
    /// It has as many links as the site looks at.
    pub const HAS_LINKS: &str = "has_links";
    /// A moderator decided.
    pub const MODERATOR: &str = "moderator";
    /// A member of the team wrote it.
    pub const TEAM: &str = "team";
    /// The page is not one that may open conversations, and nobody from the team has published anything there yet.
    pub const PAGE_OUTSIDE_RULE: &str = "page_outside_rule";
    /// As many readers reported it as the site asks for.
    pub const REPORTED: &str = "reported";
    /// Its author took it back, or brought it back.
    pub const AUTHOR: &str = "author";
    /// What the site's program answered.
    pub const PROGRAM_PUBLISHED: &str = "program_published";
    pub const PROGRAM_HELD: &str = "program_held";
    pub const PROGRAM_SPAM: &str = "program_spam";
    pub const PROGRAM_REJECTED: &str = "program_rejected";
}

/// The state a comment begins in, with the reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub state: State,
    pub reasons: Vec<&'static str>,
}

/// Decides by what the site's program says, if it has one that answered, or else by the site's rules. `vouched`: whether the page may have
/// a conversation (`threads::rules::is_vouched`), which no program knows.
pub fn verdict(settings: &Settings, rendered: &Rendered, vouched: bool, program: Option<Decision>) -> Verdict {
    let mut by_rules = by_rules(settings, rendered, vouched);
    let (state, reason) = match program {
        None => return by_rules,
        Some(Decision::Publish) if vouched => (State::Published, reason::PROGRAM_PUBLISHED),
        Some(Decision::Publish) => {
            return Verdict {
                state: State::Pending,
                reasons: vec![reason::PROGRAM_PUBLISHED, reason::PAGE_OUTSIDE_RULE],
            };
        }
        Some(Decision::Hold) => {
            by_rules.reasons.push(reason::PROGRAM_HELD);
            return Verdict {
                state: State::Pending,
                reasons: by_rules.reasons,
            };
        }
        Some(Decision::Spam) => (State::Spam, reason::PROGRAM_SPAM),
        Some(Decision::Reject) => (State::Rejected, reason::PROGRAM_REJECTED),
    };
    Verdict {
        state,
        reasons: vec![reason],
    }
}

fn by_rules(settings: &Settings, rendered: &Rendered, vouched: bool) -> Verdict {
    let many_links = rendered.links >= settings.links_to_hold as usize;
    let mut reasons = match settings.moderation {
        Moderation::None => vec![],
        Moderation::Links if many_links => vec![reason::HAS_LINKS],
        Moderation::Links => vec![],
        Moderation::All if many_links => vec![reason::HOLDS_ALL, reason::HAS_LINKS],
        Moderation::All => vec![reason::HOLDS_ALL],
    };
    if !vouched {
        reasons.push(reason::PAGE_OUTSIDE_RULE);
    }
    let state = if reasons.is_empty() {
        State::Published
    } else {
        State::Pending
    };
    Verdict { state, reasons }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str) -> Draft {
        Draft {
            text: text.to_owned(),
            ..Draft::default()
        }
    }

    fn faults(draft: &Draft, settings: &Settings) -> Vec<(String, FieldCode)> {
        match check(draft, settings) {
            Err(Error::Invalid(faults)) => faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect(),
            Ok(_) => vec![],
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn a_text_is_enough_where_the_site_asks_no_more() {
        assert_eq!(faults(&draft("Well said."), &Settings::default()), []);
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let settings = Settings {
            require_name: true,
            require_email: true,
            ..Settings::default()
        };
        let draft = Draft {
            website: Some("javascript:alert(1)".into()),
            email: Some("nobody".into()),
            ..draft(" ")
        };
        assert_eq!(
            faults(&draft, &settings),
            [
                ("/text".to_owned(), FieldCode::Required),
                ("/author/email".to_owned(), FieldCode::Invalid),
                ("/author/website".to_owned(), FieldCode::Invalid),
                ("/author/name".to_owned(), FieldCode::Required),
            ]
        );
    }

    #[test]
    fn lengths_are_in_characters() {
        let settings = Settings {
            min_text_length: 3,
            max_text_length: 5,
            ..Settings::default()
        };
        for (text, code) in [
            ("äö", Some(FieldCode::TooShort)),
            ("äöü", None),
            ("äöüäö", None),
            ("äöüäöü", Some(FieldCode::TooLong)),
            ("      ", Some(FieldCode::TooLong)),
            ("   ", Some(FieldCode::Required)),
        ] {
            let found = source(text, &settings).err().map(|fault| fault.code);
            assert_eq!(found.is_some(), code.is_some(), "{text:?}: {found:?}");
        }
    }

    #[test]
    fn a_program_decides_but_for_pages_that_may_have_no_conversation() {
        use State::{Pending, Published, Rejected, Spam};
        let settings = Settings {
            moderation: Moderation::All,
            ..Settings::default()
        };
        let rendered = Rendered {
            html: String::new(),
            links: 0,
        };
        for (vouched, decision, state, reasons) in [
            (true, Decision::Publish, Published, &["program_published"][..]),
            (true, Decision::Hold, Pending, &["site_holds_all", "program_held"]),
            (true, Decision::Spam, Spam, &["program_spam"]),
            (true, Decision::Reject, Rejected, &["program_rejected"]),
            (
                false,
                Decision::Publish,
                Pending,
                &["program_published", "page_outside_rule"],
            ),
            (false, Decision::Spam, Spam, &["program_spam"]),
        ] {
            let found = verdict(&settings, &rendered, vouched, Some(decision));
            assert_eq!((found.state, &*found.reasons), (state, reasons), "{decision:?}");
        }
    }

    #[test]
    fn a_verdict_follows_the_setting() {
        let at = |moderation, links, vouched| {
            let settings = Settings {
                moderation,
                links_to_hold: 2,
                ..Settings::default()
            };
            verdict(
                &settings,
                &Rendered {
                    html: String::new(),
                    links,
                },
                vouched,
                None,
            )
        };
        let with = |moderation, links| at(moderation, links, true);
        assert_eq!(
            with(Moderation::None, 9),
            Verdict {
                state: State::Published,
                reasons: vec![]
            }
        );
        assert_eq!(
            with(Moderation::Links, 1),
            Verdict {
                state: State::Published,
                reasons: vec![]
            }
        );
        assert_eq!(
            with(Moderation::Links, 2),
            Verdict {
                state: State::Pending,
                reasons: vec![reason::HAS_LINKS]
            }
        );
        assert_eq!(
            with(Moderation::All, 0),
            Verdict {
                state: State::Pending,
                reasons: vec![reason::HOLDS_ALL]
            }
        );
        assert_eq!(with(Moderation::All, 2).reasons, [reason::HOLDS_ALL, reason::HAS_LINKS]);
        for (moderation, reasons) in [
            (Moderation::None, &[reason::PAGE_OUTSIDE_RULE][..]),
            (Moderation::Links, &[reason::HAS_LINKS, reason::PAGE_OUTSIDE_RULE]),
            (
                Moderation::All,
                &[reason::HOLDS_ALL, reason::HAS_LINKS, reason::PAGE_OUTSIDE_RULE],
            ),
        ] {
            let outside = at(moderation, 2, false);
            assert_eq!((outside.state, outside.reasons.as_slice()), (State::Pending, reasons));
        }
    }
}
