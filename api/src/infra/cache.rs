//! What a node keeps in memory instead of asking for it again: rows as they were looked up, and answers ready to send.
//!
//! **Rows** ([`Kept`]) are good until a notice says that they have changed, and for a second at most where no notice comes: after a
//! message that was lost, or a change by a process that tells nobody. While the database does not answer, their age alone does not
//! speak against them: nobody can change it then. **Answers** ([`Pages`]) are kept under the version of what
//! they show, so they never go stale; they are only forgotten when there is no room.
//!
//! The race that such caches are known for: a reader selects the old row, a writer commits and clears the cache, the reader then
//! puts the old row in. Here nothing is cleared. Every change has a number; a row is kept with the number of the last change before
//! it was looked up, and is good as long as no later change was about it ([`Marks`]).

use std::collections::hash_map::RandomState;
use std::fmt::Display;
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use moka::sync::Cache;
use sea_orm::prelude::Uuid;
use tokio::sync::{Mutex, MutexGuard, OnceCell};
use tokio::time::{Instant, timeout};

use super::bus::Notice;
use super::metrics::{Hits, metrics};

/// Subjects share this many marks: a change now and then takes something with it that has not changed, which costs one select.
const MARKS: usize = 16 * 1024;

/// Those who miss the same thing share one of these, so that one of them looks it up and the others take what he found.
const TURNS: usize = 1024;

/// How long to stand in such a line.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long the database may take to look up what is kept already, before it is taken for away; and how long until it is asked again.
const A_LOOK: Duration = Duration::from_secs(1);
const REST: Duration = Duration::from_secs(1);

/// For how long rows are good that cannot be looked up again, in milliseconds: the database may be away for this node alone.
const WITHOUT_LOOK: i64 = 10 * 60 * 1000;

/// What a kept row may be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject<'a> {
    /// The site with this key.
    Site(&'a str),
    /// The thread to which this key of a site leads, if there is one.
    Key(Uuid, &'a str),
    Thread(Uuid),
}

/// A moment between two changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

/// When something changed last, for everything that may be kept.
#[derive(Debug)]
pub struct Marks {
    hasher: RandomState,
    /// Number of the last change.
    last: AtomicU64,
    /// Number of the last change that was about everything.
    all: AtomicU64,
    /// Number of the last change of some subject with this place.
    places: Box<[AtomicU64]>,
}

impl Default for Marks {
    fn default() -> Self {
        Marks {
            hasher: RandomState::new(),
            last: AtomicU64::new(0),
            all: AtomicU64::new(0),
            places: (0..MARKS).map(|_| AtomicU64::new(0)).collect(),
        }
    }
}

impl Marks {
    /// The moment before a look at the database: to be taken before the look begins.
    pub fn now(&self) -> Moment {
        Moment(self.last.load(Ordering::SeqCst))
    }

    /// Voids what is kept of a subject. What is looked up after this returns is not void.
    pub fn changed(&self, subject: Subject<'_>) {
        self.mark(&self.places[self.place(subject)]);
    }

    /// Voids everything: somebody may have changed anything.
    pub fn all_changed(&self) {
        self.mark(&self.all);
    }

    pub fn hear(&self, notice: &Notice) {
        match notice {
            Notice::Site { key, .. } => self.changed(Subject::Site(key)),
            Notice::Thread { thread_id, .. } => self.changed(Subject::Thread(*thread_id)),
            Notice::Keys { site_id, keys } => {
                for key in keys {
                    self.changed(Subject::Key(*site_id, key));
                }
            }
            Notice::Gap => self.all_changed(),
        }
    }

    /// The place of a subject's mark.
    fn place(&self, subject: Subject<'_>) -> usize {
        usize::try_from(self.hasher.hash_one(subject) % (MARKS as u64)).unwrap_or(0)
    }

    fn mark(&self, mark: &AtomicU64) {
        // The change is in the database already. Whoever reads the new number from here on will see it there.
        let number = self.last.fetch_add(1, Ordering::SeqCst) + 1;
        mark.fetch_max(number, Ordering::SeqCst);
    }

    fn is_good(&self, about: &[usize], since: Moment) -> bool {
        let unchanged = |mark: &AtomicU64| mark.load(Ordering::SeqCst) <= since.0;
        unchanged(&self.all) && about.iter().all(|place| unchanged(&self.places[*place]))
    }
}

/// What was looked up, and what it is about.
pub struct Found<V> {
    pub value: V,
    /// The places of its marks.
    about: About,
}

/// A row is about one subject or two.
type About = ([usize; 2], u8);

impl<V> Found<V> {
    pub fn new(marks: &Marks, value: V, about: Subject<'_>) -> Self {
        let place = marks.place(about);
        Found {
            value,
            about: ([place, place], 1),
        }
    }

    #[must_use]
    pub fn and_about(mut self, marks: &Marks, subject: Subject<'_>) -> Self {
        self.about.0[1] = marks.place(subject);
        self.about.1 = 2;
        self
    }
}

#[derive(Clone)]
struct Entry<V> {
    value: V,
    about: About,
    since: Moment,
    /// The app's time of the look, in milliseconds.
    at: i64,
}

/// Rows by their key, within a bound of memory.
pub struct Kept<V> {
    rows: Cache<Arc<str>, Entry<V>>,
    marks: Arc<Marks>,
    /// Milliseconds after which a row is looked up again whatever was told.
    longest: i64,
    turns: Turns,
    hits: Hits,
    away: Away,
}

/// Whether looks fail, and when the next one is due.
#[derive(Debug)]
struct Away {
    begun: Instant,
    /// Milliseconds after `begun`; 0 while the database answers.
    next_look: AtomicU64,
}

impl Default for Away {
    fn default() -> Self {
        Away {
            begun: Instant::now(),
            next_look: AtomicU64::new(0),
        }
    }
}

impl Away {
    /// Whether not to look now. Of those who ask when a look is due, one is told to, and the others go on without.
    fn rests(&self) -> bool {
        let due = self.next_look.load(Ordering::Relaxed);
        if due == 0 {
            return false;
        }
        let next = self.after(A_LOOK + REST);
        let is_mine = || {
            self.next_look
                .compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
        };
        self.after(Duration::ZERO) < due || !is_mine()
    }

    fn failed(&self) {
        self.next_look.store(self.after(REST), Ordering::Relaxed);
    }

    fn answered(&self) {
        if self.next_look.load(Ordering::Relaxed) != 0 {
            self.next_look.store(0, Ordering::Relaxed);
        }
    }

    /// Never 0.
    fn after(&self, wait: Duration) -> u64 {
        u64::try_from((self.begun.elapsed() + wait).as_millis())
            .unwrap_or(u64::MAX)
            .max(1)
    }
}

impl<V: Clone + Send + Sync + 'static> Kept<V> {
    /// Room for so many bytes, as `weigh` counts them; `name` is what its hits are counted under.
    pub fn new(
        name: &'static str,
        marks: Arc<Marks>,
        bytes: u64,
        seconds: u64,
        weigh: impl Fn(&V) -> usize + Send + Sync + 'static,
    ) -> Self {
        let rows = Cache::builder()
            .max_capacity(bytes)
            .weigher(move |key: &Arc<str>, entry: &Entry<V>| weight(key.len() + weigh(&entry.value)))
            .build();
        Kept {
            rows,
            marks,
            longest: i64::try_from(seconds.saturating_mul(1000)).unwrap_or(i64::MAX),
            turns: Turns::default(),
            away: Away::default(),
            hits: metrics().cache.hits(name),
        }
    }

    /// How many rows are kept, and their bytes.
    pub fn size(&self) -> (u64, u64) {
        (self.rows.entry_count(), self.rows.weighted_size())
    }

    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// What is kept under a key, if it is still good.
    pub fn kept(&self, key: &str, now: i64) -> Option<V> {
        self.younger_than(self.longest, key, now)
    }

    /// The same, for when it cannot be looked up again.
    fn old(&self, key: &str, now: i64) -> Option<V> {
        self.younger_than(WITHOUT_LOOK.max(self.longest), key, now)
    }

    /// What is kept under a key while the database is known to be away.
    pub fn kept_while_away(&self, key: &str, now: i64) -> Option<V> {
        self.old(key, now).filter(|_| self.away.rests())
    }

    fn younger_than(&self, longest: i64, key: &str, now: i64) -> Option<V> {
        let entry = self.rows.get(key)?;
        // A clock that was set back makes nothing good for longer.
        let is_young = (0..longest).contains(&now.saturating_sub(entry.at));
        let (places, count) = &entry.about;
        let good = is_young && self.marks.is_good(&places[..usize::from(*count)], entry.since);
        if good {
            self.hits.hit.inc();
        }
        good.then_some(entry.value)
    }

    /// What is kept under a key, or what `look` finds. Of many who miss the same key at once, one looks. Where the database does not
    /// answer, or not soon, what is kept and not void is good for longer.
    ///
    /// # Errors
    /// Those of `look`, where nothing is kept; they are not kept.
    pub async fn get<E: Display, F>(&self, key: &str, now: i64, look: impl Fn() -> F) -> Result<V, E>
    where
        F: Future<Output = Result<Found<V>, E>>,
    {
        if let Some(value) = self.kept(key, now) {
            return Ok(value);
        }
        if let Some(value) = self.kept_while_away(key, now) {
            return Ok(value);
        }
        let _turn = self.turns.take(key).await;
        if let Some(value) = self.kept(key, now) {
            return Ok(value);
        }
        self.hits.miss.inc();
        let since = self.marks.now();
        if self.old(key, now).is_none() {
            let found = look().await?;
            return Ok(self.keep(key, now, since, found));
        }
        let looked = timeout(A_LOOK, look()).await;
        if let Ok(Ok(found)) = looked {
            self.away.answered();
            return Ok(self.keep(key, now, since, found));
        }
        self.away.failed();
        // It may have become void meanwhile.
        match (self.old(key, now), looked) {
            (Some(value), Ok(Err(error))) => {
                tracing::warn!(%error, "readers are answered from memory");
                Ok(value)
            }
            (Some(value), _) => {
                tracing::warn!("the database does not answer soon; readers are answered from memory");
                Ok(value)
            }
            (None, Ok(Err(error))) => Err(error),
            (None, _) => {
                let since = self.marks.now();
                let found = look().await?;
                Ok(self.keep(key, now, since, found))
            }
        }
    }

    /// Keeps what was looked up since a moment.
    pub fn keep(&self, key: &str, now: i64, since: Moment, found: Found<V>) -> V {
        let entry = Entry {
            value: found.value.clone(),
            about: found.about,
            since,
            at: now,
        };
        self.rows.insert(key.into(), entry);
        found.value
    }
}

/// An answer ready to send, in the encodings in which it was asked for so far.
#[derive(Debug)]
pub struct Page {
    pub plain: Bytes,
    /// Its name for clients that ask whether they have it: one for each encoding.
    tags: [Bytes; 3],
    gzip: OnceCell<Bytes>,
    brotli: OnceCell<Bytes>,
}

/// How a body is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Plain,
    Gzip,
    Brotli,
}

/// Below this, the head of an answer outweighs what compressing saves.
const WORTH_IT: usize = 1024;

/// From this on, compressing takes so long that others on the same thread would feel it.
const HEAVY: usize = 32 * 1024;

impl Page {
    pub fn new(plain: impl Into<Bytes>, tag: impl Fn(Encoding) -> String) -> Self {
        Page {
            plain: plain.into(),
            tags: [Encoding::Plain, Encoding::Gzip, Encoding::Brotli].map(|encoding| tag(encoding).into()),
            gzip: OnceCell::new(),
            brotli: OnceCell::new(),
        }
    }

    /// The body in an encoding, or plain where that is not worth it. Compressed once, however many ask at the same time.
    pub async fn body(&self, encoding: Encoding) -> (Bytes, Encoding) {
        if self.plain.len() < WORTH_IT {
            return (self.plain.clone(), Encoding::Plain);
        }
        let compressed = match encoding {
            Encoding::Plain => return (self.plain.clone(), encoding),
            Encoding::Gzip => self.gzip.get_or_try_init(|| compress(self.plain.clone(), gzip)).await,
            Encoding::Brotli => {
                self.brotli
                    .get_or_try_init(|| compress(self.plain.clone(), brotli))
                    .await
            }
        };
        match compressed {
            Ok(bytes) => (bytes.clone(), encoding),
            Err(Uncompressed) => (self.plain.clone(), Encoding::Plain),
        }
    }

    pub fn tag(&self, encoding: Encoding) -> Bytes {
        self.tags[encoding as usize].clone()
    }

    /// With room for the encodings: they come later.
    fn weight(&self) -> usize {
        let tags: usize = self.tags.iter().map(Bytes::len).sum();
        self.plain.len() + self.plain.len() / 2 + tags + size_of::<Self>()
    }
}

/// The one way for compression to fail: there was no memory, or the process ends.
struct Uncompressed;

async fn compress(plain: Bytes, by: fn(&[u8]) -> std::io::Result<Vec<u8>>) -> Result<Bytes, Uncompressed> {
    let outcome = if plain.len() < HEAVY {
        by(&plain)
    } else {
        let work = tokio::task::spawn_blocking(move || by(&plain));
        work.await.map_err(|_| Uncompressed)?
    };
    outcome.map(Bytes::from).map_err(|_| Uncompressed)
}

fn gzip(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::with_capacity(plain.len() / 4), flate2::Compression::new(6));
    encoder.write_all(plain)?;
    encoder.finish()
}

fn brotli(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 5,
        // Not much wider than what there is to look back at, as memory is taken for all of it. Below 17 the encoder takes tables for long
        // texts, which are larger and thrice as slow to fill.
        lgwin: i32::try_from(plain.len().max(1).ilog2() + 1)
            .unwrap_or(20)
            .clamp(17, 20),
        size_hint: plain.len(),
        ..Default::default()
    };
    let mut compressed = Vec::with_capacity(plain.len() / 4);
    brotli::BrotliCompress(&mut &plain[..], &mut compressed, &parameters)?;
    Ok(compressed)
}

/// Answers by what they show and in which version, within a bound of memory.
pub struct Pages<K> {
    ready: Cache<K, Arc<Page>>,
    turns: Turns,
    hits: Hits,
}

impl<K: Hash + Eq + Clone + Send + Sync + 'static> Pages<K> {
    pub fn new(bytes: u64) -> Self {
        let ready = Cache::builder()
            .max_capacity(bytes)
            .weigher(|_: &K, page: &Arc<Page>| weight(size_of::<K>() + page.weight()))
            .build();
        Pages {
            ready,
            turns: Turns::default(),
            hits: metrics().cache.hits("pages"),
        }
    }

    /// How many pages are kept, and their bytes.
    pub fn size(&self) -> (u64, u64) {
        (self.ready.entry_count(), self.ready.weighted_size())
    }

    /// The page under a key, built if it is not there: once, however many ask at the same time.
    ///
    /// # Errors
    /// Those of `build`; the next one in line tries again.
    pub async fn get<E, F>(&self, key: &K, build: impl FnOnce() -> F) -> Result<Arc<Page>, E>
    where
        F: Future<Output = Result<Page, E>>,
    {
        if let Some(page) = self.ready.get(key) {
            self.hits.hit.inc();
            return Ok(page);
        }
        let _turn = self.turns.take(key).await;
        if let Some(page) = self.ready.get(key) {
            self.hits.hit.inc();
            return Ok(page);
        }
        self.hits.miss.inc();
        let page = Arc::new(build().await?);
        self.ready.insert(key.clone(), Arc::clone(&page));
        Ok(page)
    }
}

/// What an entry weighs beside its value: the cache's own record of it.
const RECORD: usize = 200;

fn weight(bytes: usize) -> u32 {
    u32::try_from(bytes + RECORD).unwrap_or(u32::MAX)
}

/// Lines of those who want the same thing.
struct Turns {
    hasher: RandomState,
    lines: Box<[Mutex<()>]>,
}

impl Default for Turns {
    fn default() -> Self {
        Turns {
            hasher: RandomState::new(),
            lines: (0..TURNS).map(|_| Mutex::new(())).collect(),
        }
    }
}

impl Turns {
    /// The caller's turn; or none, if those before him take long: with the database away, all shall be told at the same time.
    async fn take(&self, key: impl Hash) -> Option<MutexGuard<'_, ()>> {
        let place = usize::try_from(self.hasher.hash_one(key) % (TURNS as u64)).unwrap_or(0);
        let line = &self.lines[place];
        match line.try_lock() {
            Ok(turn) => Some(turn),
            Err(_) => tokio::time::timeout(PATIENCE, line.lock()).await.ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::AtomicUsize;

    use super::*;

    const NOW: i64 = 1_800_000_000_000;
    const ID: Uuid = Uuid::from_u128(7);

    fn tag(encoding: Encoding) -> String {
        format!("{encoding:?}")
    }

    fn kept(bytes: u64) -> Kept<u32> {
        Kept::new("test", Arc::default(), bytes, 1, |_| 100)
    }

    /// Asks for `a`, which is about thread 7 and has this value now.
    async fn ask(kept: &Kept<u32>, now: i64, value: u32) -> u32 {
        let look = || async move { Ok::<_, Infallible>(Found::new(kept.marks(), value, Subject::Thread(ID))) };
        match kept.get("a", now, look).await {
            Ok(value) => value,
        }
    }

    #[tokio::test]
    async fn a_row_is_looked_up_again_after_a_change_and_not_before() {
        let kept = kept(1 << 20);
        assert_eq!(ask(&kept, NOW, 1).await, 1);
        assert_eq!(ask(&kept, NOW, 2).await, 1);
        kept.marks.changed(Subject::Thread(ID));
        assert_eq!(ask(&kept, NOW, 3).await, 3);
        assert_eq!(ask(&kept, NOW, 4).await, 3);
        kept.marks.all_changed();
        assert_eq!(ask(&kept, NOW, 5).await, 5);
    }

    #[tokio::test]
    async fn a_row_that_was_looked_up_before_a_change_is_not_kept_after_it() {
        let kept = kept(1 << 20);
        // The reader has selected the old row; before he puts it in, a writer commits.
        let look = || async {
            kept.marks.changed(Subject::Thread(ID));
            Ok::<_, Infallible>(Found::new(kept.marks(), 1, Subject::Thread(ID)))
        };
        assert_eq!(kept.get("a", NOW, look).await, Ok(1));
        assert_eq!(kept.kept("a", NOW), None);
        assert_eq!(ask(&kept, NOW, 2).await, 2);
        assert_eq!(kept.kept("a", NOW), Some(2));
    }

    #[tokio::test]
    async fn a_row_that_is_about_two_things_is_void_with_either() {
        let kept = kept(1 << 20);
        let subjects = [Subject::Key(ID, "id:a"), Subject::Thread(ID)];
        for changed in subjects {
            let found = Found::new(kept.marks(), 1, subjects[0]).and_about(kept.marks(), subjects[1]);
            kept.keep("a", NOW, kept.marks.now(), found);
            assert_eq!(kept.kept("a", NOW), Some(1));
            kept.marks.changed(changed);
            assert_eq!(kept.kept("a", NOW), None, "{changed:?}");
        }
    }

    #[tokio::test]
    async fn a_row_is_good_for_a_second_where_nobody_tells_of_a_change() {
        let kept = kept(1 << 20);
        ask(&kept, NOW, 1).await;
        assert_eq!(ask(&kept, NOW + 999, 2).await, 1);
        assert_eq!(ask(&kept, NOW + 1000, 3).await, 3);
        assert_eq!(
            ask(&kept, NOW - 1, 4).await,
            4,
            "a clock set back makes nothing good for longer"
        );
    }

    #[tokio::test]
    async fn of_many_who_miss_the_same_one_looks() {
        let (kept, looks) = (kept(1 << 20), AtomicUsize::new(0));
        let one = || async {
            looks.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok::<_, Infallible>(Found::new(kept.marks(), 7, Subject::Site("k")))
        };
        let all = (0..100).map(|_| kept.get("a", NOW, one));
        let answers = futures_util::future::join_all(all).await;
        assert!(answers.iter().all(|answer| *answer == Ok(7)));
        assert_eq!(looks.into_inner(), 1);
    }

    #[tokio::test]
    async fn an_error_is_nobody_elses() {
        let kept = kept(1 << 20);
        let fails = || async { Err::<Found<u32>, _>("away") };
        assert_eq!(kept.get("a", NOW, fails).await, Err("away"));
        assert_eq!(ask(&kept, NOW, 1).await, 1);
    }

    #[tokio::test]
    async fn while_the_database_is_away_what_is_kept_is_good_for_longer_unless_it_is_void() {
        let kept = kept(1 << 20);
        ask(&kept, NOW, 1).await;
        let fails = || async { Err::<Found<u32>, _>("away") };
        let later = NOW + 5000;
        assert_eq!(kept.get("a", later, fails).await, Ok(1));
        assert_eq!(kept.kept_while_away("a", later), Some(1));
        assert_eq!(kept.get("b", later, fails).await, Err("away"), "nothing is kept");
        assert_eq!(kept.get("a", NOW + WITHOUT_LOOK, fails).await, Err("away"), "too old");

        // Asked again after a while, by one of many.
        let look_is_due = || kept.away.next_look.store(1, Ordering::Relaxed);
        look_is_due();
        assert_eq!(kept.kept_while_away("a", later), None);
        assert_eq!(kept.kept_while_away("a", later), Some(1));
        let silent = || std::future::pending::<Result<Found<u32>, &str>>();
        look_is_due();
        assert_eq!(kept.get("a", later, silent).await, Ok(1), "nor does it wait for long");

        kept.marks.changed(Subject::Thread(ID));
        assert_eq!(
            kept.get("a", later, fails).await,
            Err("away"),
            "somebody has changed it"
        );
        look_is_due();
        assert_eq!(ask(&kept, later, 2).await, 2);
        assert_eq!(ask(&kept, later + 1000, 3).await, 3, "it is back");
    }

    #[tokio::test]
    async fn what_is_kept_stays_within_its_bound() {
        let kept = kept(30_000);
        let pages = Pages::<String>::new(1 << 20);
        for number in 0..10_000_u32 {
            let key = number.to_string();
            kept.keep(
                &key,
                NOW,
                kept.marks.now(),
                Found::new(kept.marks(), number, Subject::Site(&key)),
            );
            let build = || async { Ok::<_, Infallible>(Page::new(vec![0; 10_000], tag)) };
            assert!(pages.get(&key, build).await.is_ok());
        }
        kept.rows.run_pending_tasks();
        pages.ready.run_pending_tasks();
        assert!(kept.rows.entry_count() <= 100, "{}", kept.rows.entry_count());
        assert!(pages.ready.weighted_size() <= 1 << 20);
        assert!(pages.ready.entry_count() > 10);
    }

    #[tokio::test]
    async fn a_page_is_compressed_once_and_comes_back_the_same() {
        use std::io::Read;
        let text = "Well said, thank you. ".repeat(5000);
        let page = Page::new(text.clone(), tag);
        let (gzip, encoding) = page.body(Encoding::Gzip).await;
        assert_eq!(encoding, Encoding::Gzip);
        let mut plain = String::new();
        flate2::read::GzDecoder::new(&gzip[..])
            .read_to_string(&mut plain)
            .unwrap();
        assert_eq!(plain, text);
        let (brotli, encoding) = page.body(Encoding::Brotli).await;
        assert_eq!(encoding, Encoding::Brotli);
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut &brotli[..], &mut plain).unwrap();
        assert_eq!(plain, text.as_bytes());
        assert!(brotli.len() < text.len() / 10 && gzip.len() < text.len() / 10);
        let again = page.body(Encoding::Gzip).await.0;
        assert_eq!(again.as_ptr(), gzip.as_ptr(), "the same bytes, not made anew");
        let small = Page::new("{}", tag);
        assert_eq!(small.body(Encoding::Brotli).await.1, Encoding::Plain);
    }
}
