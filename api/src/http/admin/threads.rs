//! Conversations in the team's hands.

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use sea_orm::prelude::Uuid;

use super::comments::search_words;
use super::sites::id_cursor;
use super::views::{
    AdminThreads, ThreadChange, ThreadMerge, ThreadMove, ThreadRecord, ThreadSplit, ThreadStanding, ThreadUpdate,
};
use crate::accounts;
use crate::app::App;
use crate::error::Result;
use crate::http::body::Body;
use crate::http::caller;
use crate::http::document::{Bearer, Tag};
use crate::tenants::policy::Act;
use crate::threads::administration::{self, Change, Filter, Record};

pub struct Door;

#[OpenApi(prefix_path = "/v1/admin/tenants", tag = "Tag::Threads")]
impl Door {
    /// List conversations
    ///
    /// Of all the tenant's sites within the caller's reach, the latest opened first.
    #[oai(path = "/:tenant_id/threads", method = "get", operation_id = "thread_list")]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter of the operation")]
    async fn thread_list(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        site_id: Query<Option<Uuid>>,
        /// Part of the title, the id or the page's address, in any case; up to 100 characters.
        q: Query<Option<String>>,
        /// What moderators have made of them: age and settings, which may close a conversation as well, do not count
        /// here.
        state: Query<Option<ThreadStanding>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))] limit: Query<Option<u64>>,
    ) -> poem::Result<Json<AdminThreads>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Look).await?;
        let filter = Filter {
            site_id: site_id.0,
            words: search_words(q.0)?,
            standing: state.0.map(Into::into),
            after: after.0.as_deref().map(id_cursor).transpose()?,
            limit: limit.unwrap_or(25).clamp(1, 100),
        };
        let (found, more) = administration::list(app, &member, &filter).await?;
        let next = found.last().filter(|_| more).map(|looked| looked.thread.id.to_string());
        Ok(Json(AdminThreads {
            threads: found.into_iter().map(Into::into).collect(),
            next,
        }))
    }

    /// Look into a conversation
    ///
    /// Its keys, pins, counts and history.
    #[oai(
        path = "/:tenant_id/threads/:thread_id",
        method = "get",
        operation_id = "thread_inspect"
    )]
    async fn thread_inspect(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        thread_id: Path<Uuid>,
    ) -> poem::Result<Json<ThreadRecord>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Look).await?;
        let record = administration::inspect(app, &member, thread_id.0).await?;
        Ok(Json(view(app, record).await?))
    }

    /// Change a conversation
    ///
    /// What is absent stays. A closed conversation takes no new comments from readers, but votes, edits, and the team's
    /// answers; in a locked one nothing changes until it is unlocked.
    #[oai(
        path = "/:tenant_id/threads/:thread_id",
        method = "patch",
        operation_id = "thread_update"
    )]
    async fn thread_update(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        thread_id: Path<Uuid>,
        body: Body<ThreadUpdate>,
    ) -> poem::Result<Json<ThreadRecord>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Moderate).await?;
        let ThreadUpdate {
            title,
            closed,
            locked,
            pinned,
        } = body.0;
        let change = Change {
            title,
            closed,
            locked,
            pinned,
        };
        let record = administration::update(app, &member, thread_id.0, change).await?;
        Ok(Json(view(app, record).await?))
    }

    /// Merge a conversation into another
    ///
    /// Of the same site. Comments keep their ids and numbers; whatever led to this conversation leads to the other one,
    /// and this one is gone. Title and address of the other one stay, where it has them.
    #[oai(
        path = "/:tenant_id/threads/:thread_id/merge",
        method = "post",
        operation_id = "thread_merge"
    )]
    async fn thread_merge(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        thread_id: Path<Uuid>,
        body: Body<ThreadMerge>,
    ) -> poem::Result<Json<ThreadChange>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ArrangeThreads).await?;
        let ThreadMerge { into, preview } = body.0;
        let outcome = administration::merge(app, &member, thread_id.0, into, preview).await?;
        Ok(Json(outcome.into()))
    }

    /// Split off a branch
    ///
    /// A comment with everything under it becomes a root of another conversation, which is opened if there is none. Old
    /// links to the comments lead on to it.
    #[oai(
        path = "/:tenant_id/threads/:thread_id/split",
        method = "post",
        operation_id = "thread_split"
    )]
    async fn thread_split(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        thread_id: Path<Uuid>,
        body: Body<ThreadSplit>,
    ) -> poem::Result<Json<ThreadChange>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ArrangeThreads).await?;
        let ThreadSplit {
            comment_id,
            to,
            title,
            preview,
        } = body.0;
        let (to, title) = (to.into(), title.as_deref());
        let outcome = administration::split(app, &member, thread_id.0, comment_id, &to, title, preview).await?;
        Ok(Json(outcome.into()))
    }

    /// Move a conversation
    ///
    /// To another id or page; its old ones lead to it as before.
    #[oai(
        path = "/:tenant_id/threads/:thread_id/move",
        method = "post",
        operation_id = "thread_move"
    )]
    async fn thread_move(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        thread_id: Path<Uuid>,
        body: Body<ThreadMove>,
    ) -> poem::Result<Json<ThreadChange>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ArrangeThreads).await?;
        let ThreadMove { to, preview } = body.0;
        let outcome = administration::relocate(app, &member, thread_id.0, &to.into(), preview).await?;
        Ok(Json(outcome.into()))
    }
}

async fn view(app: &App, record: Record) -> Result<ThreadRecord> {
    let mut ids: Vec<Uuid> = record.events.iter().filter_map(|event| event.account_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let names = accounts::names(app, ids).await?.into_iter().collect();
    Ok(ThreadRecord::new(record, &names))
}
