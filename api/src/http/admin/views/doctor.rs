//! What owners see of the troubles of their pages.

use ::entity::trouble::Kind;
use chrono::{DateTime, Utc};
use poem_openapi::{Enum, Object};
use sea_orm::prelude::Uuid;
use serde::Deserialize;

use crate::sites::check::{self, Checked, What};
use crate::sites::troubles::{About, Told};

#[derive(Debug, Object)]
pub struct Troubles {
    pub troubles: Vec<Trouble>,
}

/// Something that keeps pages from showing comments.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Trouble {
    pub id: Uuid,
    pub kind: TroubleKind,
    /// What it is about: an origin, a key, a directive.
    pub subject: String,
    /// Where it was seen last, without a query; or the page's origin.
    pub page: Option<String>,
    pub count: i64,
    pub first_seen_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum TroubleKind {
    /// A page of an origin that is not on the list.
    OriginRefused,
    /// A page of the site asks with a key that is not the site's.
    KeyWrong,
    /// A page's content security policy keeps this service out.
    PolicyBlocks,
    /// One that is only being tried out would.
    PolicyWouldBlock,
    /// An https page asks by http.
    MixedContent,
    /// A page has the script, and no element.
    ElementMissing,
    /// Clocks of readers' devices and the server's are minutes apart, as browsers told after a comment was posted.
    ClockSkew,
}

impl From<Told> for Trouble {
    fn from(told: Told) -> Self {
        Trouble {
            id: told.id,
            kind: match told.about {
                About::OriginRefused => TroubleKind::OriginRefused,
                About::Other(Kind::KeyWrong) => TroubleKind::KeyWrong,
                About::Other(Kind::PolicyBlocks) => TroubleKind::PolicyBlocks,
                About::Other(Kind::PolicyWouldBlock) => TroubleKind::PolicyWouldBlock,
                About::Other(Kind::MixedContent) => TroubleKind::MixedContent,
                About::Other(Kind::ElementMissing) => TroubleKind::ElementMissing,
                About::Other(Kind::ClockSkew) => TroubleKind::ClockSkew,
            },
            subject: told.subject,
            page: told.page,
            count: told.count,
            first_seen_at: told.first_seen_at,
            last_seen_at: told.last_seen_at,
        }
    }
}

#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageToCheck {
    /// The address of a page of one of the site's origins.
    pub url: String,
}

/// What was found on a page.
#[derive(Debug, Object)]
pub struct PageCheck {
    /// The page that was read at last, after redirects.
    pub url: String,
    pub findings: Vec<PageFinding>,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct PageFinding {
    pub code: FindingCode,
    pub grade: FindingGrade,
    /// What it is about: a key, an address, an origin, a number; for `unreachable` one of `name`, `address` (not a public one),
    /// `port`, `connection`, `tls`, `time`, `redirects`, `answer`; for `clock_skew` by how many seconds that server's clock is
    /// ahead.
    pub subject: Option<String>,
    /// The directive of the page's policy as it would be right.
    pub line: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum FindingGrade {
    Good,
    Warning,
    Error,
}

macro_rules! findings {
    ($($(#[doc = $sentence:literal])* $name:ident)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
        #[oai(rename_all = "snake_case")]
        pub enum FindingCode {
            $($(#[doc = $sentence])* $name,)*
        }

        impl From<What> for FindingCode {
            fn from(what: What) -> Self {
                match what { $(What::$name => FindingCode::$name,)* }
            }
        }
    };
}

findings! {
    /// The page could not be loaded.
    Unreachable
    /// The page was answered with this status.
    Status
    NotHtml
    /// Only its beginning was read.
    Cut
    Redirected
    /// It redirects to an origin that is not the site's.
    Elsewhere
    SnippetFound
    /// The module in place of the snippet.
    ModuleFound
    /// Our client in Isso's clothes.
    IssoClothes
    SnippetMissing
    SnippetTwice
    /// The script asks another server than this one.
    SnippetOtherHost
    KeyMissing
    KeyWrong
    MixedContent
    PolicyBlocksScript
    PolicyBlocksRequests
    /// The page's policy on trusted types does not name ours.
    PolicyBlocksTypes
    PolicyNeedsNonce
    ElementFound
    ElementMissing
    /// Several elements for the same conversation.
    ElementTwice
    /// A variable of a template stands as it is.
    TemplateUnfilled
    ClockSkew
    IssoLeft
    DisqusLeft
}

impl From<Checked> for PageCheck {
    fn from(checked: Checked) -> Self {
        let findings = checked.findings.into_iter().map(|finding| PageFinding {
            code: finding.what.into(),
            grade: match finding.grade {
                check::Grade::Good => FindingGrade::Good,
                check::Grade::Warning => FindingGrade::Warning,
                check::Grade::Error => FindingGrade::Error,
            },
            subject: finding.subject,
            line: finding.line,
        });
        PageCheck {
            url: checked.url.into(),
            findings: findings.collect(),
        }
    }
}
