//! Several browsers that let people sign one after the other, and remember what they were told. Absent: what breaks meanwhile.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;
use std::time::Instant;

use ikrar::domain::entry::Body;
use ikrar::domain::entry::Entry;
use ikrar::ledger::checkpoint::Checkpoint;
use ikrar::ledger::hash::Hash;
use ikrar::ledger::hash::leaf_hash;
use ikrar::ledger::proof::Proof;

use crate::fault::mailroom::Mailroom;
use crate::fault::site::Site;
use crate::harness::Browser;
use crate::harness::ELECTION;
use crate::harness::Page;
use crate::harness::Signer;

const CLIENTS: usize = 6;
/// Before a browser tries again, and between two looks.
const PAUSE: Duration = Duration::from_millis(10);
/// A code that has not come by then will come later; other people are waiting.
const MAIL_WAIT: Duration = Duration::from_secs(2);
/// How long one person tries to get an answer to the code.
const ANSWER_WAIT: Duration = Duration::from_mins(1);
/// How long a story waits for what has to come.
const PATIENCE: Duration = Duration::from_mins(1);

/// A signature that somebody was told stands in the log.
#[derive(Clone)]
pub(super) struct Signed {
    pub(super) statement: Vec<u8>,
    pub(super) signature: [u8; 64],
    /// How many entries the public checkpoint had at that moment: enough for this one.
    pub(super) covered: u64,
    /// Where, and the entry's exact bytes: from the proof file, if there was time to fetch it.
    pub(super) proof: Option<(u64, Vec<u8>)>,
}

/// What the browsers know.
#[derive(Default)]
pub(super) struct Known {
    /// By person.
    pub(super) signed: BTreeMap<usize, Signed>,
    /// Every checkpoint that anybody saw.
    pub(super) checkpoints: BTreeMap<u64, Hash>,
    /// Answers that said "not now", by status.
    pub(super) refused: BTreeMap<u16, usize>,
    /// Requests without an answer.
    pub(super) unanswered: usize,
    /// How many requests of each browser are over, answered or not.
    over: [usize; CLIENTS],
}

struct Shared {
    site: Arc<Site>,
    doors: Mutex<Vec<String>>,
    waiting: Mutex<VecDeque<usize>>,
    turn: AtomicUsize,
    pause: Duration,
    ended: AtomicBool,
    known: Mutex<Known>,
    changed: Condvar,
    mails: Mutex<Mailroom>,
    came: Condvar,
}

/// See the module.
pub(super) struct Load {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Load {
    /// Begins, in front of closed doors; each browser rests for `pause` after a signature.
    pub(super) fn begin(site: &Arc<Site>, pause: Duration) -> Self {
        let shared = Arc::new(Shared {
            site: Arc::clone(site),
            doors: Mutex::default(),
            waiting: Mutex::new((0..site.people.len()).collect()),
            turn: AtomicUsize::new(0),
            pause,
            ended: AtomicBool::new(false),
            known: Mutex::default(),
            changed: Condvar::new(),
            mails: Mutex::default(),
            came: Condvar::new(),
        });
        let mut threads = Vec::new();
        for seat in 0..CLIENTS {
            let shared = Arc::clone(&shared);
            threads.push(std::thread::spawn(move || shared.sign_all(seat)));
        }
        let watching = Arc::clone(&shared);
        threads.push(std::thread::spawn(move || watching.watch()));
        let sorting = Arc::clone(&shared);
        threads.push(std::thread::spawn(move || sorting.sort_mail()));
        Self { shared, threads }
    }

    /// Where portals answer from now on.
    pub(super) fn go_to(&self, urls: &[&str]) {
        *lock(&self.shared.doors) = urls.iter().map(|&url| url.to_owned()).collect();
    }

    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        lock(&self.shared.known)
    }

    pub(super) fn signed(&self) -> usize {
        self.known().signed.len()
    }

    /// Waits until so many more signatures have been acknowledged.
    #[track_caller]
    pub(super) fn wait_more(&self, count: usize) {
        let before = self.signed();
        self.wait_until("more signatures", |known| known.signed.len() >= before + count);
    }

    /// Waits until whatever any browser had asked before this call is answered: an answer tells of what was published before it, so
    /// from then on the public files show everything that these requests brought about.
    #[track_caller]
    pub(super) fn wait_settled(&self) {
        let before = self.known().over;
        // The second request from now on began after this call.
        self.wait_until("requests of every browser", |known| {
            known
                .over
                .iter()
                .zip(before)
                .all(|(over, before)| *over >= before + 2)
        });
    }

    /// Waits until what the browsers know fits.
    #[track_caller]
    pub(super) fn wait_until(&self, what: &str, mut fits: impl FnMut(&Known) -> bool) {
        let begun = Instant::now();
        let mut known = self.known();
        while !fits(&known) {
            assert!(
                begun.elapsed() < PATIENCE && !self.threads.iter().any(JoinHandle::is_finished),
                "waited for {what} in vain: {} signed, {:?} refused, {} unanswered, {} are still to sign",
                known.signed.len(),
                known.refused,
                known.unanswered,
                lock(&self.shared.waiting).len(),
            );
            known = self
                .shared
                .changed
                .wait_timeout(known, PAUSE)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Everybody goes home.
    pub(super) fn end(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        for thread in self.threads.drain(..) {
            thread.join().unwrap();
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What an answer to a typed code leads to.
enum Next {
    Signed,
    Again,
    OtherCode,
    GiveUp,
}

impl Shared {
    fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    fn sign_all(&self, seat: usize) {
        while !self.has_ended() {
            let Some(person) = lock(&self.waiting).pop_front() else {
                std::thread::sleep(PAUSE);
                continue;
            };
            if self.sign(seat, person).is_none() {
                lock(&self.waiting).push_back(person);
                std::thread::sleep(PAUSE);
            } else {
                std::thread::sleep(self.pause);
            }
        }
    }

    /// A person's browser at one of the portals, in turn; none where all doors are closed.
    fn browser(&self, person: usize) -> Option<Browser> {
        let doors = lock(&self.doors);
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let url = doors.get(turn % doors.len().max(1))?;
        Some(self.site.browser(url, person))
    }

    /// An answer, or nothing where there was none or it said "not now".
    fn heard(&self, seat: usize, page: Result<Page, ureq::Error>) -> Option<Page> {
        let mut known = lock(&self.known);
        known.over[seat] += 1;
        self.changed.notify_all();
        match page {
            Ok(page) if page.status < 500 => return Some(page),
            Ok(page) => *known.refused.entry(page.status).or_default() += 1,
            Err(_) => known.unanswered += 1,
        }
        None
    }

    /// Lets a person sign, from the page to the answer to the code; nothing where that has to be tried again.
    fn sign(&self, seat: usize, person: usize) -> Option<()> {
        let mut browser = self.browser(person)?;
        let page = self.heard(seat, browser.try_get("/sign"))?;
        if page.status == 303 {
            // Signed before, though nobody was told; or the session ended with a jump of the clock.
            let has_signed = page.location() == receipt();
            return has_signed
                .then(|| self.fetch_proof(seat, person, &mut browser, None))
                .flatten();
        }
        let signer = Signer::new(self.site.people[person].clone(), ikrar::app::random().unwrap());
        let form = signer.sign_page(page.ok());
        let fields = form.fields();
        let mut posted = vec![("election", ELECTION)];
        posted.extend(fields.iter().map(|(name, value)| (*name, value.as_str())));
        let page = self.heard(seat, browser.try_post("/sign", &posted))?;
        if page.status == 422 {
            // Too many codes within an hour; or the page was of another history: then nobody will ever sign, and the story ends.
            return None;
        }
        assert_eq!(page.status, 303, "{}", page.text());
        if page.location() != format!("/sign/code?election={ELECTION}") {
            return None;
        }
        let page = self.heard(seat, browser.try_get(&format!("/sign/code?election={ELECTION}")))?;
        if page.status == 303 {
            // Nothing waits any more, for this clock or this copy of the database.
            return None;
        }
        let pending = page.ok().input("statement");
        let mut code = self.wait_code(person, None)?;
        let begun = Instant::now();
        while begun.elapsed() < ANSWER_WAIT && !self.has_ended() {
            let typed = [
                ("election", ELECTION),
                ("statement", pending.as_str()),
                ("code", code.as_str()),
            ];
            match self.type_code(seat, person, &typed) {
                Next::Signed => {
                    let told = Signed {
                        statement: form.statement.print(),
                        signature: form.signature,
                        covered: self.published_size(),
                        proof: None,
                    };
                    lock(&self.known).signed.insert(person, told.clone());
                    self.changed.notify_all();
                    // Told is told, whether the proof can be fetched or not.
                    let _fetched = self.fetch_proof(seat, person, &mut self.browser(person)?, Some(told));
                    return Some(());
                }
                Next::Again => std::thread::sleep(PAUSE),
                Next::OtherCode => code = self.wait_code(person, Some(&code))?,
                Next::GiveUp => return None,
            }
        }
        None
    }

    fn type_code(&self, seat: usize, person: usize, typed: &[(&str, &str)]) -> Next {
        let Some(mut browser) = self.browser(person) else {
            return Next::Again;
        };
        let Some(page) = self.heard(seat, browser.try_post("/sign/code", typed)) else {
            return Next::Again;
        };
        match page.status {
            303 if page.location() == receipt() => Next::Signed,
            // A mail that was sent again holds another code.
            422 => Next::OtherCode,
            // The session is over, or another statement of theirs was recorded, though nobody was told.
            303 | 409 => Next::GiveUp,
            other => panic!("{other} {}", page.text()),
        }
    }

    /// The code in a person's newest mail, once it is another one than `not`.
    fn wait_code(&self, person: usize, not: Option<&str>) -> Option<String> {
        let begun = Instant::now();
        let mut mails = lock(&self.mails);
        while begun.elapsed() < MAIL_WAIT && !self.has_ended() {
            if let Some(code) = mails.code(&self.site.people[person].email)
                && Some(code.as_str()) != not
            {
                return Some(code);
            }
            mails = self
                .came
                .wait_timeout(mails, PAUSE)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        None
    }

    /// Fetches the proof and holds it against what the person was told; where nothing was told yet, it tells.
    fn fetch_proof(
        &self,
        seat: usize,
        person: usize,
        browser: &mut Browser,
        told: Option<Signed>,
    ) -> Option<()> {
        let page = self.heard(
            seat,
            browser.try_get(&format!("/receipt/proof?election={ELECTION}")),
        )?;
        if page.status != 200 {
            // The session ended with a jump of the clock, or an old copy of the database has never heard of it.
            return None;
        }
        let proof = Proof::parse(&page.text()).unwrap();
        let extra = proof.extra.clone().unwrap();
        let bytes = extra.strip_prefix(b"ikrar/receipt/v1\n".as_slice()).unwrap();
        let checkpoint = proof.verify(&self.site.vkey, &leaf_hash(bytes)).unwrap();
        let Body::Signature(entry) = Entry::parse(bytes).unwrap().body else {
            panic!("entry {} is no signature", proof.index);
        };
        if let Some(told) = &told {
            assert_eq!(entry.statement.print(), told.statement, "person {person}");
        }
        let covered = told.map_or(checkpoint.size, |told| told.covered);
        let mut known = lock(&self.known);
        remember(&mut known, &checkpoint);
        known.signed.insert(
            person,
            Signed {
                statement: entry.statement.print(),
                signature: entry.signature,
                covered,
                proof: Some((proof.index, bytes.to_vec())),
            },
        );
        self.changed.notify_all();
        Some(())
    }

    /// What the log folder shows at this moment.
    fn published_size(&self) -> u64 {
        let note = std::fs::read_to_string(self.site.log().join("checkpoint.latest")).unwrap();
        Checkpoint::open(&note, &self.site.vkey).unwrap().size
    }

    /// Looks at the public checkpoints, again and again.
    fn watch(&self) {
        while !self.has_ended() {
            let doors = lock(&self.doors).clone();
            for url in doors {
                let mut browser = Browser::new(&url);
                for name in ["/checkpoint.latest", "/checkpoint"] {
                    if let Ok(page) = browser.try_get(name)
                        && page.status == 200
                    {
                        let checkpoint = Checkpoint::open(&page.text(), &self.site.vkey).unwrap();
                        remember(&mut lock(&self.known), &checkpoint);
                    }
                }
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn sort_mail(&self) {
        let folder = self.site.mail();
        while !self.has_ended() {
            if lock(&self.mails).look(&folder) {
                self.came.notify_all();
            }
            std::thread::sleep(PAUSE / 2);
        }
    }
}

fn receipt() -> String {
    format!("/receipt?election={ELECTION}")
}

fn remember(known: &mut Known, checkpoint: &Checkpoint) {
    let before = known.checkpoints.insert(checkpoint.size, checkpoint.root);
    assert!(
        before.is_none_or(|root| root == checkpoint.root),
        "two roots were signed at size {}",
        checkpoint.size
    );
}
