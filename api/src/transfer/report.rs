//! What an import tells: counts, and every row that was not taken or not taken as it was, with the reason.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

/// Rows that are named for each reason; the others are counted.
const NAMED: usize = 10;

macro_rules! findings {
    ($($variant:ident $code:literal $sentence:literal)*) => {
        /// Why something was not taken, or not as it was.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Finding { $($variant),* }

        impl Finding {
            /// Its name in JSON.
            pub fn code(self) -> &'static str {
                match self { $(Finding::$variant => $code),* }
            }

            pub fn sentence(self) -> &'static str {
                match self { $(Finding::$variant => $sentence),* }
            }
        }
    };
}

findings! {
    IdOdd "id_odd" "has no id, or one that no number can be made of"
    Twice "twice" "has the id of another row of the file"
    ThreadGone "thread_gone" "belongs to a thread that is not in the file"
    ThreadOdd "thread_odd" "belongs to a thread whose uri cannot name one here: it is empty, longer than 2048 bytes, has control characters, or is no text"
    ModeOdd "mode_odd" "has a mode that Isso does not write"
    TimeOdd "time_odd" "has no time at which it was written"
    TextOdd "text_odd" "has a text that is none, or longer than 1 MiB"
    OtherComment "other_comment" "has the id of another comment that was imported before: is this the database of another site?"
    ParentGone "parent_gone" "answers a comment that is not there: it begins a conversation now"
    ParentElsewhere "parent_elsewhere" "answers a comment of another thread: it begins a conversation now"
    ParentLater "parent_later" "answers a comment that came after it: it begins a conversation now"
    TextMended "text_mended" "has bytes in its text that are not UTF-8, or U+0000: they were replaced"
    AsTyped "as_typed" "is shown as it was typed, because laying it out would cost too much"
    NameChanged "name_changed" "has a name that was cut to 80 characters, or is no text"
    EmailLeftOut "email_left_out" "has a mail address that no mail can be sent to: it was left out"
    WebsiteLeftOut "website_left_out" "has a website that cannot be linked to: it was left out"
    NetworkLeftOut "network_left_out" "has no readable network address"
    VotesOdd "votes_odd" "has votes that are no numbers: none were taken"
    EditedOdd "edited_odd" "has no readable time of its last edit"
    UriMended "uri_mended" "has a uri that was changed: spaces around it, or bytes that are not UTF-8"
    TitleCut "title_cut" "has a title that was cut to 300 characters, or is no text"
}

#[derive(Clone, Debug, Default)]
struct Tally {
    count: u64,
    named: Vec<String>,
}

/// Findings by reason, in the order of [`Finding`].
#[derive(Clone, Debug, Default)]
pub struct Findings(BTreeMap<Finding, Tally>);

impl Findings {
    pub fn add(&mut self, finding: Finding, what: impl fmt::Display) {
        let tally = self.0.entry(finding).or_default();
        tally.count += 1;
        if tally.named.len() < NAMED {
            tally.named.push(what.to_string());
        }
    }

    pub fn count(&self) -> u64 {
        self.0.values().map(|tally| tally.count).sum()
    }

    pub fn of(&self, finding: Finding) -> u64 {
        self.0.get(&finding).map_or(0, |tally| tally.count)
    }

    fn json(&self) -> Value {
        let all = self.0.iter().map(|(finding, tally)| {
            json!({ "reason": finding.code(), "detail": finding.sentence(), "count": tally.count, "first": tally.named })
        });
        Value::Array(all.collect())
    }

    fn lines(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (finding, Tally { count, named }) in &self.0 {
            let more = *count - named.len() as u64;
            let and_more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            writeln!(f, "  {} {}: {}{and_more}", count, finding.sentence(), named.join(", "))?;
        }
        Ok(())
    }
}

/// Several names that mean one page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Collision {
    /// The page's address, as it is compared.
    pub page: String,
    /// The name whose conversation the page shows: the one with the most comments.
    pub shown: String,
    /// Names whose conversations are reached by these names alone.
    pub others: Vec<String>,
}

/// With which salt authors' hashes were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Salt {
    /// Named with the command.
    Given,
    /// The one that the site has.
    OfSite,
    /// Isso's own, which it has where its configuration names no other.
    IssosDefault,
}

/// What an import of an Isso has found and done; a dry run tells what it would have done.
#[derive(Clone, Debug)]
pub struct Report {
    pub site: String,
    pub dry_run: bool,
    /// The run as `import undo` names it; none if there was nothing to bring.
    pub batch: Option<String>,
    /// `user_version` of the file.
    pub version: i64,
    pub threads: Threads,
    pub comments: Comments,
    pub subscriptions: u64,
    /// Whether comments keep their ids as numbers.
    pub numbers_kept: bool,
    pub salt: Salt,
    pub skipped: Findings,
    pub changed: Findings,
    pub collisions: Vec<Collision>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Threads {
    pub found: u64,
    pub opened: u64,
    /// There before: comments join them.
    pub joined: u64,
    /// Not opened, as nobody has commented.
    pub without_comments: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comments {
    pub found: u64,
    pub published: u64,
    pub pending: u64,
    pub deleted: u64,
    /// Imported before, and left as they are.
    pub already_there: u64,
}

impl Comments {
    pub fn taken(&self) -> u64 {
        self.published + self.pending + self.deleted
    }
}

impl Report {
    pub fn json(&self) -> Value {
        json!({
            "source": "isso",
            "site": self.site,
            "dry_run": self.dry_run,
            "batch": self.batch,
            "version": self.version,
            "threads": self.threads,
            "comments": self.comments,
            "subscriptions": self.subscriptions,
            "numbers": if self.numbers_kept { "kept" } else { "new" },
            "salt": self.salt,
            "skipped": self.skipped.json(),
            "changed": self.changed.json(),
            "collisions": self.collisions,
        })
    }
}

/// For people.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { threads, comments, .. } = self;
        if self.dry_run {
            writeln!(f, "Dry run: nothing was written. This is what the import would do.\n")?;
        }
        writeln!(
            f,
            "Threads: {} in the file; {} opened, {} joined that were here, {} without comments",
            threads.found, threads.opened, threads.joined, threads.without_comments
        )?;
        writeln!(
            f,
            "Comments: {} in the file; {} taken ({} published, {} pending, {} deleted), {} here already, {} not taken",
            comments.found,
            comments.taken(),
            comments.published,
            comments.pending,
            comments.deleted,
            comments.already_there,
            self.skipped.count()
        )?;
        writeln!(f, "Readers who go on getting mail on replies: {}", self.subscriptions)?;
        let numbers = match self.numbers_kept {
            true => "kept: comment 7 of Isso is comment 7 here, and #isso-7 leads to it",
            false => "new, as the site has comments of its own; #isso-7 of an old link still leads to Isso's comment 7",
        };
        writeln!(f, "Numbers: {numbers}")?;
        let salt = match self.salt {
            Salt::Given => "the one given, which the site goes on with",
            Salt::OfSite => "the site's",
            Salt::IssosDefault => {
                "Isso's default, which the site goes on with. If isso.cfg has a [hash] salt, name it with --hash-salt, or hashes of \
                 authors will not be those that your pages know"
            }
        };
        writeln!(f, "Salt of authors' hashes: {salt}")?;
        for Collision { page, shown, others } in &self.collisions {
            writeln!(
                f,
                "{page} has several conversations: the page shows that of {shown}; only by its own name is found: {}",
                others.join(", ")
            )?;
        }
        if self.changed.count() > 0 {
            writeln!(f, "\nTaken, but not as they were:")?;
            self.changed.lines(f)?;
        }
        if self.skipped.count() > 0 {
            writeln!(f, "\nNot taken:")?;
            self.skipped.lines(f)?;
        }
        match &self.batch {
            Some(batch) => write!(f, "\nTo take it all back: parlour import undo {batch}"),
            None if self.dry_run => Ok(()),
            None => write!(f, "\nThere was nothing to bring."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rows_of_a_reason_are_named_and_all_are_counted() {
        let mut findings = Findings::default();
        for id in 1..=12 {
            findings.add(Finding::TimeOdd, format!("comment {id}"));
        }
        findings.add(Finding::IdOdd, "a comment");
        assert_eq!((findings.count(), findings.of(Finding::TimeOdd)), (13, 12));
        let json = findings.json();
        assert_eq!(json[0]["reason"], "id_odd");
        assert_eq!(
            (&json[1]["count"], json[1]["first"].as_array().unwrap().len()),
            (&json!(12), 10)
        );
        struct Shown(Findings);
        impl fmt::Display for Shown {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.lines(f)
            }
        }
        let shown = Shown(findings).to_string();
        assert!(shown.contains("comment 9, comment 10 and 2 more"), "{shown}");
    }
}
