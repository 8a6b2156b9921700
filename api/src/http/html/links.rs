//! Addresses of a conversation's pages, feeds and comments.

use ::entity::thread;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::config::Config;
use crate::sites::Site;
use crate::sites::origin::Origin;
use crate::threads::key::Address;

/// Where the pages of one site's conversations are.
#[derive(Clone, Debug)]
pub struct Door {
    base: String,
}

impl Door {
    /// For what is read elsewhere: feeds, fragments.
    pub fn abroad(config: &Config, site: &Site) -> Self {
        Door {
            base: format!("{}/v1/sites/{}/", config.public_url, site.row().key),
        }
    }

    /// For this server's own pages, whatever name it was reached by.
    pub fn at_home(key: &str) -> Self {
        Door {
            base: format!("/v1/sites/{key}/"),
        }
    }

    pub fn to(&self, page: &str) -> String {
        format!("{}{page}", self.base)
    }

    pub fn with(&self, page: &str, query: &[(&str, &str)]) -> String {
        let mut address = self.to(page);
        if !query.is_empty() {
            address.push('?');
            let mut values = Serializer::new(String::new());
            values.extend_pairs(query);
            address.push_str(&values.finish());
        }
        address
    }

    /// The pages of one conversation: as it was asked for, or by the key it was opened with.
    pub fn thread(&self, named: Vec<(&'static str, String)>) -> Thread {
        Thread {
            door: self.clone(),
            named,
        }
    }
}

/// What names a thread in an address: its id, or else its page.
pub fn naming(thread: &thread::Model) -> Vec<(&'static str, String)> {
    match (thread.key.strip_prefix("id:"), &thread.url) {
        (Some(id), _) => vec![("id", id.to_owned())],
        (None, Some(url)) => vec![("url", url.clone())],
        (None, None) => vec![("url", thread.key.replacen("url:", "https://", 1))],
    }
}

/// The address of a comment on the page where it was written: for readers with a script, and for those who come from a feed.
pub fn on_its_page(thread: &thread::Model, number: i64) -> Option<String> {
    let mut page = Url::parse(thread.url.as_deref()?).ok()?;
    page.set_fragment(Some(&format!("parlour-{number}")));
    Some(page.into())
}

/// The page that a conversation belongs to, if it is the site's: the one it was opened from, or else the one that is named.
pub fn page_of(site: &Site, thread: Option<&thread::Model>, address: &Address) -> Option<String> {
    if let Some(url) = thread.and_then(|thread| thread.url.clone()) {
        return Some(url);
    }
    let url = address.url()?;
    Origin::of_url(url)
        .is_some_and(|origin| site.lists(&origin))
        .then(|| url.to_string())
}

/// Addresses of one conversation.
#[derive(Clone, Debug)]
pub struct Thread {
    door: Door,
    named: Vec<(&'static str, String)>,
}

impl Thread {
    pub fn door(&self) -> &Door {
        &self.door
    }

    /// What names it, for the hidden fields of a form.
    pub fn named(&self) -> &[(&'static str, String)] {
        &self.named
    }

    /// A page of the conversation, with what else is asked.
    pub fn page(&self, more: &[(&str, &str)], anchor: &str) -> String {
        let named = self.named.iter().map(|(name, value)| (*name, value.as_str()));
        let query: Vec<(&str, &str)> = named.chain(more.iter().copied()).collect();
        let anchor = if anchor.is_empty() {
            String::new()
        } else {
            format!("#{anchor}")
        };
        self.door.with("thread.html", &query) + &anchor
    }

    /// The page that has a comment on it.
    pub fn comment(&self, number: i64) -> String {
        let number = number.to_string();
        self.page(&[("around", &number)], &format!("parlour-{number}"))
    }
}
