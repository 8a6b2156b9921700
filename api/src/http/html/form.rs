//! What a form sends, and the token that says which page it stood on.

use chrono::{DateTime, TimeDelta, Utc};
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaRequest, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions, Object};
use sea_orm::prelude::Uuid;
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use crate::comments::Draft;
use crate::error::{Error, ErrorCode, Fault, FieldCode, Result};
use crate::http::{body, caller};
use crate::infra::signing::Keys;
use crate::sites::Site;
use crate::subscriptions::wishing::ByMail;
use crate::threads::key::Address;
use crate::votes::Vote;

/// The fields of a form without a script.
#[derive(Clone, Debug, Default, Object)]
#[oai(rename = "FormFields")]
pub struct Fields {
    /// From the page: bound to the site, the conversation and the time, and good for two hours. Not needed for a preview.
    pub token: Option<String>,
    /// The conversation's own id.
    pub id: Option<String>,
    /// The page's address.
    pub url: Option<String>,
    /// Title of the page, kept when the comment is its first.
    pub title: Option<String>,
    /// Of the id, by the site's key, where only signed ids open conversations.
    pub signature: Option<String>,
    /// Language of the answer, where the site leaves it open.
    pub lang: Option<String>,
    /// Number of the published comment that is answered.
    pub reply: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub website: Option<String>,
    /// Markdown.
    pub text: Option<String>,
    /// `yes`: the reader agrees to what the site asks for.
    pub agree: Option<String>,
    /// `post` (also if it is absent) or `preview`.
    #[oai(rename = "do")]
    pub act: Option<String>,
    /// `up:NUMBER`, `down:NUMBER` or `none:NUMBER`: votes on a comment, whatever `do` says.
    pub vote: Option<String>,
}

/// What a form is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Post,
    Preview,
    /// A vote on the comment with this number.
    Vote(Vote, i64),
}

impl Fields {
    /// # Errors
    /// `invalid_input` for what no button of ours sends.
    pub fn act(&self) -> Result<Act> {
        if let Some(vote) = &self.vote {
            let read = || {
                let (way, number) = vote.split_once(':')?;
                let value = match way {
                    "up" => Vote::Up,
                    "down" => Vote::Down,
                    "none" => Vote::Nothing,
                    _ => return None,
                };
                Some(Act::Vote(value, number.parse().ok()?))
            };
            return read()
                .ok_or_else(|| Error::invalid("/vote", FieldCode::Invalid, "Expected up:NUMBER or down:NUMBER."));
        }
        match self.act.as_deref() {
            None | Some("post") => Ok(Act::Post),
            Some("preview") => Ok(Act::Preview),
            Some(_) => Err(Error::invalid("/do", FieldCode::Invalid, "Expected post or preview.")),
        }
    }

    pub fn address(&self, site: &Site) -> Result<Address> {
        let address = site.address(self.id.as_deref(), self.url.as_deref())?;
        Ok(address.signed(self.signature.clone()))
    }

    /// Number of the comment that is answered.
    ///
    /// # Errors
    /// `invalid_input` for what is no number: a comment must not become a root by mistake.
    pub fn reply(&self) -> Result<Option<i64>> {
        let typed = self.reply.as_deref().filter(|typed| !typed.is_empty());
        let number = typed.map(str::parse).transpose();
        number.map_err(|_| Error::invalid("/parent_id", FieldCode::NotFound, "Expected the number of a comment."))
    }

    pub fn draft(&self, parent_id: Option<Uuid>) -> Draft {
        Draft {
            parent_id,
            text: self.text.clone().unwrap_or_default(),
            name: self.name.clone(),
            email: self.email.clone(),
            website: self.website.clone(),
            title: self.title.clone(),
            identity: None,
            by_mail: ByMail::default(),
        }
    }

    /// What names the conversation, to be sent again.
    pub fn named(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("id", &self.id),
            ("url", &self.url),
            ("title", &self.title),
            ("signature", &self.signature),
            ("lang", &self.lang),
        ];
        all.into_iter()
            .filter_map(|(name, value)| Some((name, value.clone().filter(|value| !value.is_empty())?)))
            .collect()
    }

    fn set(&mut self, name: &str, value: String) {
        let field = match name {
            "token" => &mut self.token,
            "id" => &mut self.id,
            "url" => &mut self.url,
            "title" => &mut self.title,
            "signature" => &mut self.signature,
            "lang" => &mut self.lang,
            "reply" => &mut self.reply,
            "name" => &mut self.name,
            "email" => &mut self.email,
            "website" => &mut self.website,
            "text" => &mut self.text,
            "agree" => &mut self.agree,
            "do" => &mut self.act,
            "vote" => &mut self.vote,
            _ => return,
        };
        // The first of two: a button that was pressed goes before a hidden field.
        field.get_or_insert(value);
    }
}

const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// A form's body (WHATWG URL standard, section 5), bounded while it is read.
pub struct FormBody(pub Fields);

impl<'a> ApiExtractor<'a> for FormBody {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        // Not imported: for `&str`, its `is_empty` would go before that of `str`.
        <Fields as poem_openapi::types::Type>::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        body::documented(MEDIA_TYPE, <Fields as poem_openapi::types::Type>::schema_ref(), true)
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        // Percent-encoding makes three bytes of one, where JSON escapes little.
        let limit = caller::app(request)?.config.body_limit.saturating_mul(2);
        let bytes = body::read(request, body, MEDIA_TYPE, limit).await?;
        Ok(FormBody(parse(&bytes)?))
    }
}

fn parse(bytes: &[u8]) -> Result<Fields> {
    let mut fields = Fields::default();
    for (name, value) in form_urlencoded::parse(bytes) {
        if value.contains('\0') {
            return Err(Error::refused(
                ErrorCode::MalformedRequest,
                "U+0000 has no place in a form.",
            ));
        }
        fields.set(&name, value.into_owned());
    }
    Ok(fields)
}

const PURPOSE: &str = "comment form";

/// How long a page may stay open before its form is sent.
const GOOD_FOR: TimeDelta = TimeDelta::hours(2);

/// Bytes of a token's payload: site, digest of the conversation's key, something random, time in seconds.
const PAYLOAD: usize = 16 + 16 + 8 + 8;

/// What a page puts into its form.
pub fn token(keys: &Keys, site_id: Uuid, address: &Address, now: DateTime<Utc>) -> String {
    let mut payload = Vec::with_capacity(PAYLOAD);
    payload.extend_from_slice(site_id.as_bytes());
    payload.extend_from_slice(&digest(address));
    payload.extend_from_slice(&rand::random::<[u8; 8]>());
    payload.extend_from_slice(&now.timestamp().to_be_bytes());
    keys.seal(PURPOSE, &payload)
}

/// The idempotency key that a form brings with it: sent twice, it is stored once.
///
/// # Errors
/// `invalid_input` at `/token` for one of another site or conversation, one that is too old, and none.
pub fn opened(
    keys: &Keys,
    token: Option<&str>,
    site_id: Uuid,
    address: &Address,
    now: DateTime<Utc>,
) -> Result<String> {
    let read = || {
        let payload = keys.open(PURPOSE, token?)?;
        let (site, rest) = payload.split_at_checked(16)?;
        let (thread, rest) = rest.split_at_checked(16)?;
        let (random, issued) = rest.split_at_checked(8)?;
        let issued = DateTime::from_timestamp(i64::from_be_bytes(issued.try_into().ok()?), 0)?;
        let good = site == site_id.as_bytes() && thread == digest(address) && now - issued <= GOOD_FOR;
        let random: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        good.then(|| format!("form-{random}"))
    };
    let detail = "The form's token is not of this conversation, or it is older than two hours. Load the page again.";
    read().ok_or_else(|| Error::Invalid(vec![Fault::new("/token", FieldCode::Invalid, detail)]))
}

fn digest(address: &Address) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&Sha256::digest(address.key().as_bytes())[..16]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    #[test]
    fn a_token_is_good_for_its_site_its_conversation_and_two_hours() {
        let keys = Keys::new(&Secret::new("one"), &[]);
        let (here, there) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let address = |id| Address::new(Some(id), None, &crate::sites::settings::Settings::default()).unwrap();
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let made = token(&keys, here, &address("a"), now);
        let open = |token: &str, site, id, at| opened(&keys, Some(token), site, &address(id), at);
        let key = open(&made, here, "a", now).unwrap();
        assert_eq!(open(&made, here, "a", now + GOOD_FOR).unwrap(), key);
        assert_ne!(
            open(&token(&keys, here, &address("a"), now), here, "a", now).unwrap(),
            key
        );
        assert!(open(&made, there, "a", now).is_err());
        assert!(open(&made, here, "b", now).is_err());
        assert!(open(&made, here, "a", now + GOOD_FOR + TimeDelta::seconds(1)).is_err());
        assert!(open("", here, "a", now).is_err());
        assert!(opened(&keys, None, here, &address("a"), now).is_err());
    }

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let fields = parse(b"text=a+b%0D%0A%C3%A4&name=%26x%3D&do=preview&do=post&other=1&url=&email").unwrap();
        assert_eq!(fields.text.as_deref(), Some("a b\r\n\u{e4}"));
        assert_eq!(fields.name.as_deref(), Some("&x="));
        assert_eq!(fields.act().unwrap(), Act::Preview);
        assert_eq!(fields.named(), []);
        assert!(parse(b"text=a%00b").is_err());
    }

    #[test]
    fn buttons_say_what_to_do() {
        let act = |body: &str| parse(body.as_bytes()).unwrap().act();
        assert_eq!(act("text=x").unwrap(), Act::Post);
        assert_eq!(act("vote=up:12").unwrap(), Act::Vote(Vote::Up, 12));
        assert_eq!(act("vote=down:12").unwrap(), Act::Vote(Vote::Down, 12));
        for wrong in ["vote=up", "vote=12", "vote=sideways:1", "do=delete", "vote=up:x"] {
            assert!(act(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_answered_is_a_number_or_nothing() {
        let reply = |body: &str| parse(body.as_bytes()).unwrap().reply();
        assert_eq!(reply("reply=").unwrap(), None);
        assert_eq!(reply("reply=7").unwrap(), Some(7));
        assert!(reply("reply=x").is_err());
    }
}
