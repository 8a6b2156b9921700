//! Who is in a tenant, who is invited, and the record of what they changed.

use poem::Request;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use sea_orm::prelude::Uuid;

use super::mails::{mail_budget, remember};
use super::session::{Opening, by_network, refresh_cookie, same_origin, user_agent};
use super::sites::id_cursor;
use super::views::{
    AuditChange, AuditEntries, AuditEntryView, AuditForm, InvitationMade, InvitationToken, InvitationView, Invitations,
    MemberChange, MemberView, Members, NewInvitation, NewMember, OfferView, TenantView,
};
use crate::accounts;
use crate::emails::bounces;
use crate::http::body::Body;
use crate::http::caller::{self, spend};
use crate::http::document::{Bearer, Tag};
use crate::http::download::Download;
use crate::job::Locale;
use crate::tenants::audit::{self, Form};
use crate::tenants::policy::Act;
use crate::tenants::{Reach, invitations, members};

pub struct Door;

#[derive(ApiResponse)]
pub enum MemberGone {
    /// Not a member any more.
    #[oai(status = 204)]
    Gone,
}

#[derive(ApiResponse)]
pub enum Invited {
    /// The link is on its way by mail; or, where this server sends none, in this answer and nowhere else.
    #[oai(status = 201)]
    Invited(Json<InvitationMade>),
}

#[derive(ApiResponse)]
pub enum Withdrawn {
    /// Its link is void.
    #[oai(status = 204)]
    Withdrawn,
}

#[OpenApi(prefix_path = "/v1/admin", tag = "Tag::People")]
impl Door {
    /// List members
    ///
    /// All of them, the longest there first.
    #[oai(path = "/tenants/:tenant_id/members", method = "get", operation_id = "member_list")]
    async fn member_list(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
    ) -> poem::Result<Json<Members>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Look).await?;
        let members = members::list(app, &member).await?;
        let addresses = members.iter().map(|one| &*one.account.email_folded);
        let mut failing = bounces::failing(app.db.read(), app, addresses).await?;
        let members = members.into_iter().map(|one| {
            let failing = failing.remove(&one.account.email_folded);
            MemberView::new(one, failing)
        });
        Ok(Json(Members {
            members: members.collect(),
        }))
    }

    /// Give a member another role or other sites
    ///
    /// For owners and admins; nobody gives or takes a role above his own.
    #[oai(
        path = "/tenants/:tenant_id/members/:account_id",
        method = "put",
        operation_id = "member_update"
    )]
    async fn member_update(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        account_id: Path<Uuid>,
        body: Body<MemberChange>,
    ) -> poem::Result<Json<MemberView>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageMembers).await?;
        let MemberChange { role, site_ids } = body.0;
        let changed = members::change(app, &member, account_id.0, role.into(), &Reach::of(site_ids)).await?;
        let address = [&*changed.account.email_folded];
        let failing = bounces::failing(app.db.read(), app, address).await?;
        let failing = failing.into_values().next();
        Ok(Json(MemberView::new(changed, failing)))
    }

    /// Remove a member, or leave
    ///
    /// Owners and admins remove others, nobody above themselves; everybody may leave, but for the last owner.
    #[oai(
        path = "/tenants/:tenant_id/members/:account_id",
        method = "delete",
        operation_id = "member_remove"
    )]
    async fn member_remove(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        account_id: Path<Uuid>,
    ) -> poem::Result<MemberGone> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::Leave).await?;
        members::remove(app, &member, account_id.0).await?;
        Ok(MemberGone::Gone)
    }

    /// List invitations
    ///
    /// Those that wait and those that have expired of late, the latest first. For owners and admins.
    #[oai(
        path = "/tenants/:tenant_id/invitations",
        method = "get",
        operation_id = "invitation_list"
    )]
    async fn invitation_list(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
    ) -> poem::Result<Json<Invitations>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageMembers).await?;
        let invitations = invitations::list(app, &member).await?;
        Ok(Json(Invitations {
            invitations: invitations.into_iter().map(InvitationView::from).collect(),
        }))
    }

    /// Invite somebody
    ///
    /// For owners and admins, to a role up to their own. The link goes to this mail address; where this server sends no mail, it is in
    /// the answer, and is to be handed over by a way that only this person reads. Another invitation of the same address makes the one
    /// before void.
    #[oai(
        path = "/tenants/:tenant_id/invitations",
        method = "post",
        operation_id = "invitation_create"
    )]
    async fn invitation_create(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        body: Body<NewInvitation>,
    ) -> poem::Result<Invited> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageMembers).await?;
        let who = member.account_id().to_string();
        spend(app, request, app.config.limit_invite, "invite", "account", &who).await?;
        let NewInvitation {
            email,
            role,
            site_ids,
            locale,
        } = body.0;
        let mailed = app.mailer.is_configured();
        if mailed {
            mail_budget(app, request, "invite", &email).await?;
        }
        let locale = Locale::of(locale.as_deref());
        let (row, token) = invitations::create(app, &member, &email, role.into(), &Reach::of(site_ids), locale).await?;
        Ok(Invited::Invited(Json(InvitationMade {
            invitation: row.into(),
            mailed,
            // Behind the #, which no server and no log gets to see.
            link: (!mailed).then(|| format!("{}/admin/join#token={token}", app.config.public_url)),
        })))
    }

    /// Take an invitation back
    ///
    /// For owners and admins.
    #[oai(
        path = "/tenants/:tenant_id/invitations/:invitation_id",
        method = "delete",
        operation_id = "invitation_withdraw"
    )]
    async fn invitation_withdraw(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        invitation_id: Path<Uuid>,
    ) -> poem::Result<Withdrawn> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ManageMembers).await?;
        invitations::withdraw(app, &member, invitation_id.0).await?;
        Ok(Withdrawn::Withdrawn)
    }

    /// What does this link offer?
    ///
    /// For whoever holds it, before he signs in.
    #[oai(path = "/invitations/look", method = "post", operation_id = "invitation_read")]
    async fn invitation_read(&self, request: &Request, body: Body<InvitationToken>) -> poem::Result<Json<OfferView>> {
        let app = caller::app(request)?;
        same_origin(app, request)?;
        by_network(app, request).await?;
        let offer = invitations::look(app, &body.0.token).await?;
        Ok(Json(OfferView::new(offer, &app.config)))
    }

    /// Accept an invitation
    ///
    /// For who is signed in with the address that was invited.
    #[oai(path = "/invitations/accept", method = "post", operation_id = "invitation_accept")]
    async fn invitation_accept(
        &self,
        request: &Request,
        _bearer: Bearer,
        body: Body<InvitationToken>,
    ) -> poem::Result<Json<TenantView>> {
        let app = caller::app(request)?;
        let caller = caller::signed_in(app, request).await?;
        let (tenant, role) = invitations::accept(app, &caller, &body.0.token).await?;
        Ok(Json(TenantView::new(tenant, role)))
    }

    /// Make an account by an invitation
    ///
    /// With the address that was invited, and a member from the start. Not where the operator alone makes accounts.
    #[oai(path = "/invitations/join", method = "post", operation_id = "invitation_join")]
    async fn invitation_join(&self, request: &Request, body: Body<NewMember>) -> poem::Result<Opening> {
        let app = caller::app(request)?;
        same_origin(app, request)?;
        by_network(app, request).await?;
        let NewMember { token, name, password } = body.0;
        let network = caller::network_hash(app, request);
        let opened = accounts::join(app, &token, name, password, &network, user_agent(request)).await?;
        remember(app, request, opened.account.id).await;
        let cookie = refresh_cookie(app, &opened);
        Ok(Opening::SetUp(Json(opened.into()), cookie))
    }

    /// Read who changed what
    ///
    /// The latest first. For owners.
    #[oai(path = "/tenants/:tenant_id/audit", method = "get", operation_id = "audit_list")]
    async fn audit_list(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        /// Only changes of this kind.
        change: Query<Option<AuditChange>>,
        /// `next` of the page before.
        before: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))] limit: Query<Option<u64>>,
    ) -> poem::Result<Json<AuditEntries>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ReadAudit).await?;
        let change = change.0.and_then(|change| change.meant());
        let before = before.0.as_deref().map(id_cursor).transpose()?;
        let limit = limit.unwrap_or(50).clamp(1, 100);
        let (rows, more) = audit::list(app, &member, change, before, limit).await?;
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        let people = rows.iter().filter_map(|row| row.account_id).collect();
        let names = accounts::names(app, people).await?.into_iter().collect();
        let entries = rows.into_iter().map(|row| AuditEntryView::new(row, &names)).collect();
        Ok(Json(AuditEntries { entries, next }))
    }

    /// Take the record out
    ///
    /// All that `audit_list` tells, the latest first. In a table, cells that a spreadsheet would take for formulas begin with an
    /// apostrophe. For owners.
    #[oai(
        path = "/tenants/:tenant_id/audit/export",
        method = "get",
        operation_id = "audit_export"
    )]
    async fn audit_export(
        &self,
        request: &Request,
        _bearer: Bearer,
        tenant_id: Path<Uuid>,
        /// Only changes of this kind.
        change: Query<Option<AuditChange>>,
        /// `ndjson`, if it is absent.
        form: Query<Option<AuditForm>>,
    ) -> poem::Result<Download<true>> {
        let app = caller::app(request)?;
        let member = caller::member(app, request, tenant_id.0, Act::ReadAudit).await?;
        caller::spend_export(app, request, &member).await?;
        let change = change.0.and_then(|change| change.meant());
        match form.0 {
            Some(AuditForm::Csv) => {
                let pieces = audit::export(app, &member, change, Form::Table).await?;
                Ok(Download::table("parlour-record.csv", pieces))
            }
            Some(AuditForm::Ndjson) | None => {
                let pieces = audit::export(app, &member, change, Form::Lines).await?;
                Ok(Download::lines("parlour-record.ndjson", pieces))
            }
        }
    }
}
