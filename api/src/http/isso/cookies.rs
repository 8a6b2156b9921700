//! The cookies in which Isso's client keeps the right to change a comment. The value is the comment's ordinary token, so a page whose
//! browser keeps no cookies of other hosts can send its copy in `Parlour-Tokens` instead.

use poem::Request;
use poem::http::header;

use crate::app::App;
use crate::comments::Posted;
use crate::comments::author::editable_until;
use crate::sites::Site;

/// Tokens that are looked at in one request.
const MOST: usize = 20;

/// A comment's token as Isso hands it out: once for this server, once for the page.
pub struct SetCookie {
    number: i64,
    token: String,
    /// Seconds.
    life: i64,
    /// Where this server's cookie is to be cleared; a new one belongs to the folder of the request, whatever a proxy calls it.
    path: String,
    secure: bool,
}

impl SetCookie {
    /// For as long as its author may change the comment.
    pub fn new(app: &App, site: &Site, posted: &Posted) -> Self {
        let now = app.clock.now();
        let until = editable_until(site.settings(), &posted.thread, &posted.comment, now);
        SetCookie {
            number: posted.comment.number,
            token: posted.token.clone(),
            life: until.map_or(0, |until| ((until - now).num_milliseconds().max(0) + 999) / 1000),
            path: String::new(),
            secure: app.config.is_https(),
        }
    }

    pub fn cleared(app: &App, site: &Site, number: i64) -> Self {
        SetCookie {
            number,
            token: String::new(),
            life: 0,
            path: format!("; Path={}{}", super::PREFIX, site.called()),
            secure: app.config.is_https(),
        }
    }

    /// `Set-Cookie`. Across sites it takes `SameSite=None`, which browsers believe of https alone.
    pub fn own(&self) -> String {
        let same_site = match self.secure {
            true => "SameSite=None; Secure",
            false => "SameSite=Lax",
        };
        let SetCookie {
            number,
            token,
            life,
            path,
            ..
        } = self;
        format!("{number}={token}; Max-Age={life}{path}; HttpOnly; {same_site}")
    }

    /// `X-Set-Cookie`, which Isso's client makes a cookie of the page of: by it the page knows which comments are its reader's.
    pub fn page(&self) -> String {
        let SetCookie {
            number, token, life, ..
        } = self;
        format!("isso-{number}={token}; Max-Age={life}; Path=/; SameSite=Lax")
    }
}

/// What a request brings for a comment: its cookies of that name, and the tokens in its header.
pub fn tokens(request: &Request, number: i64, header: Option<&str>) -> Vec<String> {
    let name = format!("{number}=");
    let fields = request.headers().get_all(header::COOKIE).into_iter();
    let cookies = fields
        .filter_map(|field| field.to_str().ok())
        .flat_map(|field| field.split(';'));
    let in_cookies = cookies.filter_map(|one| one.trim().strip_prefix(&name));
    let in_header = header.unwrap_or_default().split(',').map(str::trim);
    in_cookies
        .chain(in_header)
        .filter(|token| !token.is_empty())
        .take(MOST)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_in_cookies_of_that_number_and_in_a_header() {
        let request = Request::builder()
            .header("cookie", "17=no; 7=one; isso-7=no; x=y")
            .header("cookie", "7=two")
            .finish();
        assert_eq!(
            tokens(&request, 7, Some("three, ,four")),
            ["one", "two", "three", "four"]
        );
        assert_eq!(tokens(&request, 8, None), [""; 0]);
    }

    #[test]
    fn a_cookie_is_for_other_sites_pages_where_that_is_safe() {
        let set = |secure, token: &str| SetCookie {
            number: 7,
            token: token.to_owned(),
            life: 900,
            path: String::new(),
            secure,
        };
        assert_eq!(set(false, "t").own(), "7=t; Max-Age=900; HttpOnly; SameSite=Lax");
        assert_eq!(
            set(true, "t").own(),
            "7=t; Max-Age=900; HttpOnly; SameSite=None; Secure"
        );
        assert_eq!(set(true, "t").page(), "isso-7=t; Max-Age=900; Path=/; SameSite=Lax");
    }
}
