//! What somebody said. Written by `comments`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "comment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub site_id: Uuid,
    pub thread_id: Uuid,
    /// The comment it answers; none for a root.
    pub parent_id: Option<Uuid>,
    /// The root above it; none for a root itself.
    pub root_id: Option<Uuid>,
    /// Number within the site: 1, 2, 3..., never reused.
    pub number: i64,
    pub state: State,
    /// As typed (Markdown), or the imported HTML.
    pub source: String,
    pub source_format: SourceFormat,
    /// Sanitised HTML as it is sent to readers.
    pub html: String,
    /// `markdown::RENDERER` when `html` was made.
    pub renderer: i32,
    /// Text, name and website in lower case: what moderators search in, alike on both engines.
    pub folded: String,
    pub author_name: Option<String>,
    pub author_email: Option<String>,
    pub author_website: Option<String>,
    /// 12 hex digits by which readers see that two comments of a site have one author: `comments::identity`. Made when the comment
    /// is, and outlives the mail address or network it was made from. None on what was stored before there were any.
    pub author_hash: Option<String>,
    /// By which who holds a mailbox finds what was written with its address: `mine::Holder`. It follows from site and address alone, and outlives
    /// the address. None where there was none, and on what was stripped before there were any.
    pub mailbox_hash: Option<String>,
    /// Whether the site vouched for its author.
    pub signed_in: bool,
    /// The member who wrote it in the name of the site's team.
    pub account_id: Option<Uuid>,
    /// JSON list of the reason codes of the last verdict.
    pub reasons: Json,
    /// Keyed hash of the writer's /24 or /48; stripped after the site's retention time.
    pub network_hash: Option<String>,
    pub up_votes: i32,
    pub down_votes: i32,
    /// How good readers find it: `votes::rank` of its votes.
    pub rank: i64,
    /// Direct replies that readers can see.
    pub reply_count: i32,
    /// On a root: published replies under it, on all levels.
    pub branch_count: i32,
    /// Readers who reported it since a moderator last decided.
    pub report_count: i32,
    /// Who imported it from where: unique together within the site.
    pub import_source: Option<String>,
    pub import_id: Option<String>,
    pub import_batch_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub edited_at: Option<DateTimeUtc>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub enum State {
    Published,
    Pending,
    Spam,
    Rejected,
    Deleted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub enum SourceFormat {
    Markdown,
    Html,
}

impl State {
    /// The state's name as it is stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            State::Published => "published",
            State::Pending => "pending",
            State::Spam => "spam",
            State::Rejected => "rejected",
            State::Deleted => "deleted",
        }
    }
}
