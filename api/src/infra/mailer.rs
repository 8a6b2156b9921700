//! Mail on its way out: to an SMTP server (RFC 5321), into a folder, into memory, or nowhere.
//!
//! Nothing here decides what is said and to whom. What goes wrong is told without an address: an answer of a mail server may repeat
//! it, so that of an answer no more than its numbers are kept.

use std::error::Error as _;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::{self, PoolConfig};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use sea_orm::prelude::Uuid;
use url::Url;

use super::dkim::Signer;
use crate::config::Config;

/// For each step of a conversation with the mail server.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection that rests is closed after this; servers have about as much patience.
const REST: Duration = Duration::from_secs(60);

/// How long a mail server that could not be reached is left alone: a queue of mails does not wait for each of them.
const AWAY: TimeDelta = TimeDelta::seconds(30);

/// How old the word on the mail server may be before it is asked again.
const FRESH: TimeDelta = TimeDelta::seconds(60);

/// Answers about our own credentials (RFC 4954 section 6): permanent in the words of the protocol, but the operator's to repair,
/// and no fault of the mail.
const CREDENTIALS: [u16; 4] = [530, 534, 535, 538];

/// A mail, ready but for the form in which it travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Names it: what is sent a second time has the same `Message-ID`, by which servers and clients see that they have it.
    pub id: Uuid,
    pub at: DateTime<Utc>,
    /// An address.
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Of one that goes out on behalf of a site.
    pub site: Option<OfSite>,
}

/// What the mails of a site have beside those of the service itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfSite {
    /// In front of the service's own address.
    pub sender: String,
    /// An address for answers.
    pub reply_to: Option<String>,
    /// Names the list that it belongs to: letters and digits.
    pub list: String,
    /// Names its conversation, with which programs put it together.
    pub conversation: Option<Uuid>,
    /// Where a POST without more ends these mails.
    pub unsubscribe: String,
}

/// Why a mail is not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// It may be, later.
    Later(String),
    /// It will not be, however often it is tried.
    Never(String),
    /// The same, since there is no such mailbox, or it takes nothing any more.
    NoMailbox(String),
}

impl Unsent {
    /// Which of them it is, without what the server said, in which the address may stand.
    pub fn name(&self) -> &'static str {
        match self {
            Unsent::Later(_) => "later",
            Unsent::Never(_) => "never",
            Unsent::NoMailbox(_) => "no_mailbox",
        }
    }
}

impl fmt::Display for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unsent::Later(why) | Unsent::Never(why) | Unsent::NoMailbox(why) => f.write_str(why),
        }
    }
}

/// Where mail goes.
enum Way {
    /// Nowhere: no mail is configured.
    None,
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
    /// A file each, for development.
    Folder(PathBuf),
    /// For tests: address and message.
    Memory(Mutex<Vec<(String, Vec<u8>)>>),
}

pub struct Mailer {
    way: Way,
    from: Option<Mailbox>,
    signer: Option<Signer>,
    standing: Mutex<Standing>,
}

/// What is known of the mail server.
#[derive(Default)]
struct Standing {
    /// When somebody last went to see.
    asked: Option<DateTime<Utc>>,
    /// What came of it.
    last: Option<Result<(), String>>,
    /// Since when it has been well, or has not.
    since: Option<DateTime<Utc>>,
    away_until: Option<DateTime<Utc>>,
}

impl Mailer {
    /// As the configuration has it. Connects to nothing yet.
    ///
    /// # Errors
    /// A sentence that names the setting and what is wrong with it, without a password.
    pub fn new(config: &Config) -> Result<Self, String> {
        let way = way(config.smtp_url.expose())?;
        let from = match (&way, config.mail_from.as_str()) {
            (Way::None, _) => None,
            (Way::Smtp(_), "") => return Err("mail_from is not set: the address that mails come from".to_owned()),
            (_, "") => Some("Parlour <parlour@localhost>"),
            (_, given) => Some(given),
        };
        let from = from
            .map(|from| {
                let wrong =
                    || format!("mail_from is not of the form name@example.org or Name <name@example.org>: {from}");
                from.parse::<Mailbox>().map_err(|_| wrong())
            })
            .transpose()?;
        let signer = Signer::new(config, from.as_ref())?;
        Ok(Mailer {
            way,
            from,
            signer,
            standing: Mutex::default(),
        })
    }

    /// Whether mail goes anywhere.
    /// The address that mails come from.
    pub fn address(&self) -> Option<&str> {
        self.from.as_ref().map(|from| from.email.as_ref())
    }

    pub fn is_configured(&self) -> bool {
        !matches!(self.way, Way::None)
    }

    /// The sender of mails; empty where there is none.
    pub fn from(&self) -> String {
        self.from.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    /// Who signs, if mails are signed.
    pub fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    /// Whether receivers take the signatures for those of the sender.
    pub fn is_aligned(&self) -> bool {
        match (&self.signer, &self.from) {
            (Some(signer), Some(from)) => signer.is_aligned(from),
            _ => true,
        }
    }

    fn signed(&self, message: Vec<u8>, now: DateTime<Utc>) -> Result<Vec<u8>, Unsent> {
        match &self.signer {
            Some(signer) => signer.sign(&message, now).map_err(Unsent::Later),
            None => Ok(message),
        }
    }

    /// What a letter is called on its way; empty where mail goes nowhere.
    pub fn message_id(&self, id: Uuid) -> String {
        self.from.as_ref().map(|from| named(id, from)).unwrap_or_default()
    }

    /// Sends a mail, or says whether it is worth another try.
    pub async fn send(&self, letter: &Letter, now: DateTime<Utc>) -> Result<(), Unsent> {
        let message = self.message(letter)?;
        let raw = self.signed(message.formatted(), now)?;
        match &self.way {
            Way::None => Err(Unsent::Later("no mail server is configured".to_owned())),
            Way::Memory(sent) => {
                let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
                sent.push((letter.to.clone(), raw));
                Ok(())
            }
            Way::Folder(folder) => keep(folder, letter.id, raw).await,
            Way::Smtp(server) => {
                if self.is_away(now) {
                    return Err(Unsent::Later("the mail server was away a moment ago".to_owned()));
                }
                let outcome = server.send_raw(message.envelope(), &raw).await;
                self.note(outcome.as_ref().map(|_| ()), now);
                outcome.map(|_| ()).map_err(|error| judge(&error))
            }
        }
    }

    /// Goes to see whether the mail server is there and takes our credentials.
    ///
    /// # Errors
    /// What is wrong.
    pub async fn look(&self, now: DateTime<Utc>) -> Result<(), String> {
        match &self.way {
            Way::None | Way::Memory(_) => Ok(()),
            Way::Folder(folder) => is_writable(folder),
            Way::Smtp(server) => {
                let outcome = server.test_connection().await;
                self.note(outcome.as_ref().map(|_| ()), now);
                match outcome {
                    Ok(true) => Ok(()),
                    Ok(false) => Err("the mail server hangs up".to_owned()),
                    Err(error) => Err(reason(&error)),
                }
            }
        }
    }

    /// Whether it is time to look again. Whoever is told so is the one to do it.
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        let Way::Smtp(_) = self.way else { return false };
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        let due = standing.asked.is_none_or(|asked| now - asked > FRESH);
        if due {
            standing.asked = Some(now);
        }
        due
    }

    /// What is known, without asking anybody.
    pub fn standing(&self) -> String {
        let standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        match (&self.way, &standing.last) {
            (Way::None, _) => "not configured".to_owned(),
            (Way::Folder(_), _) => "into a folder".to_owned(),
            (Way::Memory(_), _) => "into memory".to_owned(),
            (Way::Smtp(_), None) => "not asked yet".to_owned(),
            (Way::Smtp(_), Some(Ok(()))) => "ok".to_owned(),
            (Way::Smtp(_), Some(Err(why))) => format!("queued: {why}"),
        }
    }

    /// What was sent to an address, the latest last. Only where mail goes into memory.
    pub fn sent_to(&self, address: &str) -> Vec<Vec<u8>> {
        let Way::Memory(sent) = &self.way else {
            return Vec::new();
        };
        let sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
        let theirs = sent.iter().filter(|(to, _)| to.eq_ignore_ascii_case(address));
        theirs.map(|(_, message)| message.clone()).collect()
    }

    /// Whether the mail server was away a moment ago, so that nobody tries now.
    pub fn is_away(&self, now: DateTime<Utc>) -> bool {
        let standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        standing.away_until.is_some_and(|until| now < until)
    }

    /// Since when the mail server is well, or is not: as far as this process has seen, which may have seen nothing yet.
    pub fn since(&self) -> Option<(bool, DateTime<Utc>)> {
        let standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        Some((standing.last.as_ref()?.is_ok(), standing.since?))
    }

    fn note(&self, outcome: Result<(), &smtp::Error>, now: DateTime<Utc>) {
        // An answer about a mail, whatever it says, is that of a server that works.
        let wrong = outcome.err().filter(|error| !is_about_the_mail(error)).map(reason);
        let is_away = outcome.is_err_and(|error| error.status().is_none());
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        standing.asked = Some(now);
        standing.away_until = is_away.then(|| now + AWAY);
        let was_well = standing.last.as_ref().map(Result::is_ok);
        if was_well != Some(wrong.is_none()) {
            standing.since = Some(now);
        }
        standing.last = Some(wrong.map_or(Ok(()), Err));
    }

    /// The message (RFC 5322). Names and subjects are encoded by the library, which leaves no line ends in them.
    fn message(&self, letter: &Letter) -> Result<Message, Unsent> {
        let never = |_| Unsent::Never("this is no address that mail can be sent to".to_owned());
        let to: Address = letter.to.parse().map_err(never)?;
        let from = self.from.clone();
        let from = from.ok_or_else(|| Unsent::Later("no mail server is configured".to_owned()))?;
        let id = named(letter.id, &from);
        let domain = from.email.domain().to_owned();
        let mut message = Message::builder()
            .to(Mailbox::new(None, to))
            .subject(one_line(&letter.subject))
            .date(SystemTime::from(letter.at))
            .message_id(Some(id))
            // RFC 3834: so that holiday notes and other robots do not answer.
            .raw_header(raw("Auto-Submitted", "auto-generated".to_owned()));
        let mut sender = from;
        if let Some(site) = &letter.site {
            sender.name = Some(one_line(&site.sender))
                .filter(|name| !name.is_empty())
                .or(sender.name);
            if let Some(address) = site.reply_to.as_deref().and_then(|typed| typed.parse().ok()) {
                message = message.reply_to(Mailbox::new(None, address));
            }
            if let Some(conversation) = site.conversation {
                // The name of a mail that nobody ever got: each of a conversation answers it, so that also the second one of those
                // that are sent finds the first.
                let first = format!("<{conversation}@{domain}>");
                message = message.in_reply_to(first.clone()).references(first);
            }
            message = message
                // RFC 2919, RFC 2369 and RFC 8058: so that they can be sorted, and ended by one button of the mail program.
                .raw_header(raw("List-Id", format!("<{}.{domain}>", site.list)))
                .raw_header(raw("List-Unsubscribe", format!("<{}>", site.unsubscribe)))
                .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
        message
            .from(sender)
            .multipart(MultiPart::alternative_plain_html(
                letter.text.clone(),
                letter.html.clone(),
            ))
            .map_err(|error| Unsent::Never(format!("this is no mail: {error}")))
    }
}

/// A `Message-ID` (RFC 5322 section 3.6.4).
fn named(id: Uuid, from: &Mailbox) -> String {
    format!("<{id}@{}>", from.email.domain())
}

/// A header of values that are ours.
fn raw(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// A subject, or a name, without what ends a line, whoever made it.
fn one_line(subject: &str) -> String {
    subject
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

fn way(url: &str) -> Result<Way, String> {
    const FORM: &str = "smtp_url is not of the form smtp://USER:PASSWORD@HOST:PORT?tls=required, smtps://USER:PASSWORD@HOST or \
                        file:///FOLDER";
    if url.is_empty() {
        return Ok(Way::None);
    }
    let parsed = Url::parse(url).map_err(|_| FORM.to_owned())?;
    match parsed.scheme() {
        "smtp" | "smtps" => {
            // What the library says of an address repeats it, with the password.
            let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| FORM.to_owned())?;
            let pool = PoolConfig::new().max_size(4).idle_timeout(REST);
            let server = builder.timeout(Some(PATIENCE)).pool_config(pool).build();
            Ok(Way::Smtp(Box::new(server)))
        }
        "file" => {
            let folder = parsed.to_file_path().map_err(|()| FORM.to_owned())?;
            Ok(Way::Folder(folder))
        }
        "memory" => Ok(Way::Memory(Mutex::default())),
        _ => Err(FORM.to_owned()),
    }
}

/// What is to become of a mail that a server did not take.
fn judge(error: &smtp::Error) -> Unsent {
    match error
        .status()
        .filter(|_| error.is_permanent() && is_about_the_mail(error))
    {
        Some(code) if is_about_the_mailbox(code.into(), enhanced_code(error).as_deref()) => {
            Unsent::NoMailbox(reason(error))
        }
        Some(_) => Unsent::Never(reason(error)),
        None => Unsent::Later(reason(error)),
    }
}

/// Whether a permanent answer is about the recipient's mailbox, and not about the mail or about us (RFC 3463): if a server lists us as
/// a sender of spam, that is no word on those who read there.
fn is_about_the_mailbox(code: u16, enhanced: Option<&str>) -> bool {
    match enhanced {
        Some(enhanced) => {
            let of_sender = ["5.1.7", "5.1.8"];
            (enhanced.starts_with("5.1.") && !of_sender.contains(&enhanced)) || enhanced == "5.2.1"
        }
        None => matches!(code, 550 | 551 | 553),
    }
}

fn enhanced_code(error: &smtp::Error) -> Option<String> {
    let said = error.source()?.to_string();
    let first = said.split(' ').next()?;
    is_enhanced_code(first).then(|| first.to_owned())
}

fn is_about_the_mail(error: &smtp::Error) -> bool {
    error.status().is_some_and(|code| !CREDENTIALS.contains(&code.into()))
}

/// What went wrong, without an address: of an answer its numbers (RFC 5321 section 4.2, RFC 3463).
fn reason(error: &smtp::Error) -> String {
    if let Some(code) = error.status() {
        let numbers = match enhanced_code(error) {
            Some(enhanced) => format!("{code} {enhanced}"),
            None => code.to_string(),
        };
        return match CREDENTIALS.contains(&code.into()) {
            true => format!("the mail server does not take our credentials: {numbers}"),
            false => format!("the mail server answered {numbers}"),
        };
    }
    if error.is_timeout() {
        return "the mail server does not answer in time".to_owned();
    }
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    match error.is_tls() {
        true => format!("no TLS with the mail server: {cause}"),
        false => format!("the mail server cannot be reached: {cause}"),
    }
}

fn is_enhanced_code(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    parts.len() == 3
        && parts
            .iter()
            .all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Writes a mail to the folder; one that is sent again replaces itself. For its owner's eyes: there are links in it.
async fn keep(folder: &Path, id: Uuid, message: Vec<u8>) -> Result<(), Unsent> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;

    let folder = folder.to_owned();
    let write = move || {
        std::fs::create_dir_all(&folder)?;
        let begun = folder.join(format!("{id}.part"));
        let mut options = std::fs::OpenOptions::new();
        let mut file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&begun)?;
        file.write_all(&message)?;
        std::fs::rename(begun, folder.join(format!("{id}.eml")))
    };
    tokio::task::spawn_blocking(write)
        .await
        .map_err(std::io::Error::other)
        .flatten()
        .map_err(|error| Unsent::Later(format!("the folder for mails cannot be written: {error}")))
}

fn is_writable(folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    fn mailer(url: &str, from: &str) -> Result<Mailer, String> {
        let mut config = Config::defaults();
        config.smtp_url = Secret::new(url);
        from.clone_into(&mut config.mail_from);
        Mailer::new(&config)
    }

    fn letter(subject: &str) -> Letter {
        Letter {
            id: Uuid::from_u128(7),
            at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
            to: "ada@example.org".to_owned(),
            subject: subject.to_owned(),
            text: "Grüße\n".to_owned(),
            html: "<p>Grüße</p>".to_owned(),
            site: None,
        }
    }

    async fn sent(subject: &str) -> String {
        let mailer = mailer("memory:", "Parlour <talk@example.org>").unwrap();
        mailer.send(&letter(subject), DateTime::UNIX_EPOCH).await.unwrap();
        String::from_utf8(mailer.sent_to("ADA@example.org").remove(0)).unwrap()
    }

    #[tokio::test]
    async fn a_mail_says_whence_it_comes_and_that_no_person_wrote_it() {
        let mail = sent("Grüße").await;
        let (head, body) = mail.split_once("\r\n\r\n").unwrap();
        for line in [
            "From: Parlour <talk@example.org>",
            "To: ada@example.org",
            "Message-ID: <00000000-0000-0000-0000-000000000007@example.org>",
            "Auto-Submitted: auto-generated",
            "Subject: =?utf-8?b?",
        ] {
            assert!(head.contains(line), "{line} is not in\n{head}");
        }
        assert!(body.contains("text/plain; charset=utf-8") && body.contains("text/html; charset=utf-8"));
    }

    #[tokio::test]
    async fn a_subject_cannot_begin_another_header() {
        for hostile in [
            "Hi\r\nBcc: eve@example.org",
            "Hi\nBcc: eve@example.org",
            "Hi\rBcc: eve@example.org\r\n\r\n<p>",
        ] {
            let mail = sent(hostile).await;
            let (head, _) = mail.split_once("\r\n\r\n").unwrap();
            let names: Vec<&str> = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .map(|(name, _)| name)
                .collect();
            assert!(!names.contains(&"Bcc"), "{head}");
        }
    }

    #[tokio::test]
    async fn nothing_that_a_site_is_called_begins_another_header() {
        let hostile = "Eve\r\nBcc: eve@example.org\r\n\r\n<p>";
        let mailer = mailer("memory:", "Parlour <talk@example.org>").unwrap();
        let mut letter = letter("Hi");
        letter.site = Some(OfSite {
            sender: hostile.to_owned(),
            reply_to: Some(format!("ada@example.org{hostile}")),
            list: "abc".to_owned(),
            conversation: Some(Uuid::from_u128(9)),
            unsubscribe: "https://talk.example/mail/unsubscribe/x".to_owned(),
        });
        mailer.send(&letter, DateTime::UNIX_EPOCH).await.unwrap();
        let mail = String::from_utf8(mailer.sent_to("ada@example.org").remove(0)).unwrap();
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        let names = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, _)| name);
        assert!(!names.collect::<Vec<_>>().contains(&"Bcc"), "{head}");
        for line in [
            "In-Reply-To: <00000000-0000-0000-0000-000000000009@example.org>",
            "References: <00000000-0000-0000-0000-000000000009@example.org>",
            "List-Id: <abc.example.org>",
            "List-Unsubscribe: <https://talk.example/mail/unsubscribe/x>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "<talk@example.org>",
        ] {
            assert!(head.contains(line), "{line} is not in\n{head}");
        }
        assert!(
            !head.contains("Reply-To: ada"),
            "what is no address is none to answer: {head}"
        );
    }

    #[tokio::test]
    async fn what_is_no_address_is_never_sent() {
        let mailer = mailer("memory:", "").unwrap();
        for hostile in [
            "",
            "ada",
            "ada@example.org\r\nRCPT TO:<eve@example.org>",
            "ada@example.org, eve@example.org",
        ] {
            let mut letter = letter("Hi");
            hostile.clone_into(&mut letter.to);
            let outcome = mailer.send(&letter, DateTime::UNIX_EPOCH).await;
            assert!(matches!(outcome, Err(Unsent::Never(_))), "{hostile:?}");
        }
    }

    #[tokio::test]
    async fn a_wrong_setting_is_named_without_the_password() {
        for (url, from) in [
            ("smtp://ada:hunter2@mail.example", ""),
            ("smtp://ada:hunter2@mail.example?tls=maybe", "talk@example.org"),
            ("imap://ada:hunter2@mail.example", "talk@example.org"),
            ("hunter2", "talk@example.org"),
            ("smtp://ada:hunter2@mail.example", "no address"),
            (
                "smtp://ada:hunter2@mail.example",
                "Parlour <talk@example.org>\r\nBcc: eve@example.org",
            ),
        ] {
            let error = mailer(url, from).err().unwrap_or_else(|| panic!("{url} {from}"));
            assert!(error.contains("smtp_url") || error.contains("mail_from"), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        assert!(mailer("smtps://ada:hunter2@mail.example", "talk@example.org").is_ok());
        assert!(mailer("smtp://mail.example:2525?tls=opportunistic", "talk@example.org").is_ok());
    }

    #[tokio::test]
    async fn a_folder_holds_each_mail_once() {
        let folder = std::env::temp_dir().join(format!("parlour-mails-{:016x}", rand::random::<u64>()));
        let mailer = mailer(&format!("file://{}", folder.display()), "").unwrap();
        for _ in 0..2 {
            mailer.send(&letter("Hi"), DateTime::UNIX_EPOCH).await.unwrap();
        }
        let files: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
        assert_eq!(files.len(), 1);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_is_said_of_a_mailbox_is_told_from_what_is_said_of_us() {
        for (code, enhanced, expected) in [
            (550, Some("5.1.1"), true),
            (550, Some("5.2.1"), true),
            (553, Some("5.1.3"), true),
            (550, None, true),
            (551, None, true),
            (550, Some("5.7.1"), false),
            (553, Some("5.1.8"), false),
            (552, Some("5.2.2"), false),
            (552, None, false),
            (554, None, false),
            (554, Some("5.7.1"), false),
        ] {
            assert_eq!(is_about_the_mailbox(code, enhanced), expected, "{code} {enhanced:?}");
        }
    }

    #[test]
    fn codes_of_answers_are_told_from_their_words() {
        assert!(is_enhanced_code("5.1.1") && is_enhanced_code("4.7.23"));
        for word in ["5.1", "a.b.c", "<ada@example.org>", "5.1.1.1", "1.2.", ""] {
            assert!(!is_enhanced_code(word), "{word}");
        }
    }
}
