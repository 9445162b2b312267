//! What the log does by itself while the portal runs: anchors and maps, each at most once a minute, and a seal a day. Absent: what
//! they say ([`crate::service::anchor`], [`crate::service::map`], [`crate::service::seal`]).

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::app::App;
use crate::app::witnesses::gate::GateState;
use crate::domain::label_proof::LabelProof;
use crate::domain::text::Id;
use crate::service::Conn;
use crate::service::Error;
use crate::service::anchor;
use crate::service::anchor::Anchoring;
use crate::service::map::Maps;
use crate::service::seal;

/// How often is looked.
const LOOK: Duration = Duration::from_secs(1);
/// Seconds of a day.
const DAY_S: i64 = 86_400;

/// What the chores have to know from elsewhere.
#[derive(Default)]
pub struct Chores {
    /// When a signing page was last asked for, Unix seconds; 0: never.
    page_s: AtomicI64,
    /// The minute in which the maps were last looked at.
    maps_minute: AtomicI64,
    maps: Arc<Mutex<Maps>>,
    /// The minute in which the seals were last looked at.
    seals_minute: AtomicI64,
    /// The day, since 1970, through whose eve everything is sealed.
    sealed_day: AtomicI64,
}

impl Chores {
    /// A signing page is shown: the next statements want a fresh lower bound.
    pub fn note_page(&self, now_s: i64) {
        self.page_s.store(now_s, Ordering::Relaxed);
    }

    /// What the newest entered map of an election says of a label.
    pub fn prove_label(
        &self,
        app: &App,
        conn: &mut Conn,
        election: &Id,
        label: &[u8; 32],
    ) -> Result<LabelProof, Error> {
        lock(&self.maps).prove(conn, (app.log(), &app.keys().log), election, label)
    }

    /// The newest entered map of an election, if it speaks of an entry.
    pub fn map_covering(&self, election: &str, leaf_index: u64) -> Option<u64> {
        lock(&self.maps).covering(election, leaf_index)
    }

    fn page_s(&self) -> Option<i64> {
        Some(self.page_s.load(Ordering::Relaxed)).filter(|page_s| *page_s > 0)
    }
}

/// Does what is due now. Called by the portal's own thread, and by tests.
pub fn run_once(app: &App) -> Result<(), Error> {
    if app.witnesses().gate().state() != GateState::Open {
        return Ok(());
    }
    // One that fails keeps none of the others from its turn.
    let done = [append_maps(app), append_anchor(app), append_seals(app)];
    done.into_iter().collect()
}

/// Every day that is over gets its seal; what does not succeed is tried again each minute.
fn append_seals(app: &App) -> Result<(), Error> {
    let (chores, now_s) = (app.chores(), app.now_s());
    let over_s = now_s.saturating_sub(seal::SETTLED_S);
    let (day, minute) = (over_s.div_euclid(DAY_S), now_s.div_euclid(60));
    if chores.sealed_day.load(Ordering::Relaxed) == day
        || chores.seals_minute.swap(minute, Ordering::Relaxed) == minute
    {
        return Ok(());
    }
    if app.read_here(|conn| seal::due(conn, now_s))?.is_empty() {
        chores.sealed_day.store(day, Ordering::Relaxed);
        return Ok(());
    }
    // The long work comes first and in parts, so that nobody who signs waits for it.
    let placed = || app.write_here(|conn| seal::place(conn, seal::PLACED_AT_ONCE, &mut crate::app::random));
    while placed()? == seal::PLACED_AT_ONCE {}
    let checked = app.read_here(seal::recheck)?;
    app.write_here(move |conn| seal::append(conn, checked, now_s, &mut crate::app::random))?;
    Ok(())
}

fn lock(maps: &Mutex<Maps>) -> MutexGuard<'_, Maps> {
    maps.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Once a minute. Most is taken in before the transaction begins, so that the writer waits for the last moments alone.
fn append_maps(app: &App) -> Result<(), Error> {
    let (chores, now_s) = (app.chores(), app.now_s());
    if chores.maps_minute.swap(now_s.div_euclid(60), Ordering::Relaxed) == now_s.div_euclid(60) {
        return Ok(());
    }
    let changed = app.read_here(|conn| {
        let mut maps = lock(&chores.maps);
        maps.follow(conn)?;
        Ok(maps.has_changed())
    })?;
    if !changed {
        return Ok(());
    }
    let maps = Arc::clone(&chores.maps);
    let entered = app.write_here(move |conn| lock(&maps).append(conn, now_s));
    if entered.is_err() {
        // What was not committed must not be proved: they are made again from the ledger.
        *lock(&chores.maps) = Maps::default();
    }
    entered.map(|_count| ())
}

fn append_anchor(app: &App) -> Result<(), Error> {
    let (publisher, now_s) = (app.keys().log.clone(), app.now_s());
    let (newest, page_s) = (app.witnesses().newest(), app.chores().page_s());
    match app.read_here(|conn| anchor::decide(conn, &publisher, newest.as_ref(), page_s, now_s))? {
        Anchoring::Enough => {}
        Anchoring::Ask => app.witnesses().want_fresh(),
        Anchoring::Append(cosigned) => {
            app.write_here(move |conn| anchor::append(conn, &publisher, &cosigned, now_s))?;
        }
    }
    Ok(())
}

/// Does it for ever; the portal's thread.
pub(super) fn work(app: &App, stopped: &AtomicBool) {
    let mut said = false;
    while !stopped.load(Ordering::SeqCst) {
        match run_once(app) {
            Ok(()) => said = false,
            Err(error) => {
                if !said {
                    tracing::warn!(%error, "the log's own entries could not be written; trying again each second");
                }
                said = true;
            }
        }
        std::thread::park_timeout(LOOK);
    }
}
