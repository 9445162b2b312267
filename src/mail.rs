//! Draining the outbox through SMTP or into a folder. Links and codes are made when a mail is sent ([`crate::service::mail`]).
//!
//! Codes and sign-in links leave first; the rate has a cap; a mail that fails for a while is tried again at growing intervals,
//! one that its mailbox refuses is noted as bounced. No address is ever logged. Absent: which mails are queued.

use std::time::Duration;
use std::time::Instant;

use crate::app::App;
use crate::app::Submitted;
use crate::app::random;
use crate::service;
use crate::service::Error;
use crate::service::mail::OutboxMail;
use crate::service::mail::Secrets;
use crate::service::mail::Taken;
use crate::service::publish;

mod letter;
mod transport;

use transport::Refusal;
use transport::Transport;

pub use transport::Hand;

/// How long the mailer idles when this process writes nothing: another one may have queued a mail.
const IDLE: Duration = Duration::from_millis(200);
/// Mails looked up at once: few, so that a fresh code overtakes a long row of invitations.
const BATCH: i64 = 10;
/// Codes and links looked up at once where no mail server has to be waited for.
const BATCH_FAST: i64 = 256;
/// How long somebody may still be waiting for a code or link after the last one left.
const RUSH: Duration = Duration::from_secs(1);
/// How often other mails leave while codes and links do: [`BATCH`] each time, so that a rush never holds them up altogether.
const OTHERS_EVERY: Duration = Duration::from_millis(200);
/// The pause after the database did not answer: somebody may be waiting for a code.
const RETRY: Duration = Duration::from_secs(1);
/// Seconds between chores.
const CHORES_S: i64 = 3600;

/// The mailer: one transport, kept open.
pub struct Mailer {
    app: App,
    transport: Transport,
    sent: std::collections::VecDeque<i64>,
    /// When the last code or link was due.
    urgent: Option<Instant>,
    /// When other mails last had their turn.
    others: Option<Instant>,
}

impl Mailer {
    /// From the configuration.
    pub fn new(app: &App) -> anyhow::Result<Self> {
        Ok(Self::with(app, Transport::new(app.config())?))
    }

    /// A mailer that hands every message to `hand` in place of a mail server, whatever the configuration says: for programs
    /// that run a portal of their own.
    pub fn handing(app: &App, hand: Hand) -> Self {
        Self::with(app, Transport::Handed(hand))
    }

    fn with(app: &App, transport: Transport) -> Self {
        Self {
            app: app.clone(),
            transport,
            sent: std::collections::VecDeque::new(),
            urgent: None,
            others: None,
        }
    }

    /// Sends what is due now, as far as the rate allows; how many left. May block: not for async code.
    pub fn drain(&mut self) -> Result<usize, Error> {
        let sent = self.drain_in_turn()?;
        // What had to let others go first is due all the same.
        self.urgent = None;
        Ok(sent.saturating_add(self.drain_in_turn()?))
    }

    /// [`Mailer::drain`], but for what has to wait while codes and links leave.
    fn drain_in_turn(&mut self) -> Result<usize, Error> {
        let mut left = 0_usize;
        let mut noting = Vec::new();
        loop {
            let due = self.list_due()?;
            if due.is_empty() {
                break;
            }
            let noted = self.send(due)?;
            for noted in std::mem::replace(&mut noting, noted) {
                left = left.saturating_add(noted.wait()?);
            }
        }
        for noted in noting {
            left = left.saturating_add(noted.wait()?);
        }
        Ok(left)
    }

    /// Sends what is due, for ever, and does the hourly chores.
    pub async fn send_for_ever(self) {
        send_for_ever(self).await;
    }

    /// The next round: codes and links, and now and then others.
    fn list_due(&mut self) -> Result<Vec<OutboxMail>, Error> {
        let now_s = self.app.now_s();
        let room = self.room();
        let urgent_max = if self.transport.is_server() {
            BATCH
        } else {
            BATCH_FAST
        };
        let is_rush = is_within(self.urgent, RUSH);
        let others_max = if is_rush && is_within(self.others, OTHERS_EVERY) {
            0
        } else {
            BATCH
        };
        let (urgent, others) = self.app.read_here(|conn| {
            let urgent = service::mail::list_due(conn, now_s, true, urgent_max.min(room))?;
            let room = room.saturating_sub(i64::try_from(urgent.len()).unwrap_or(room));
            let others = service::mail::list_due(conn, now_s, false, others_max.min(room))?;
            Ok((urgent, others))
        })?;
        let now = Some(Instant::now());
        if !urgent.is_empty() {
            self.urgent = now;
        }
        if !others.is_empty() {
            self.others = now;
        }
        Ok(urgent.into_iter().chain(others).collect())
    }

    /// How many more mails may leave within this minute.
    fn room(&mut self) -> i64 {
        if !self.transport.is_server() {
            return i64::MAX;
        }
        let minute_ago_s = self.app.now_s().saturating_sub(60);
        while self.sent.front().is_some_and(|at_s| *at_s <= minute_ago_s) {
            self.sent.pop_front();
        }
        let sent = i64::try_from(self.sent.len()).unwrap_or(i64::MAX);
        i64::from(self.app.config().mail.per_minute_max)
            .saturating_sub(sent)
            .max(0)
    }

    /// Sends a round of mails. What became of each is being noted while the next round begins.
    fn send(&mut self, due: Vec<OutboxMail>) -> Result<Vec<Submitted<usize>>, Error> {
        let now_s = self.app.now_s();
        let (mut noting, mut sent) = (Vec::new(), Vec::new());
        for (mail, secrets, taken) in self.take(due, now_s)? {
            let letter = match taken {
                Taken::Letter(letter) => letter,
                Taken::Failed(why) => {
                    tracing::warn!(
                        mail = mail.id,
                        template = mail.template,
                        why,
                        "a mail cannot arrive"
                    );
                    continue;
                }
                Taken::Cancelled | Taken::Elsewhere => continue,
            };
            let composed = letter::compose(&self.app, &letter, &secrets);
            match composed.and_then(|message| self.transport.send(&mail, &message)) {
                Ok(()) => sent.push(mail),
                Err(refusal) => noting.push(self.note_refusal(mail, refusal, now_s)?),
            }
            if self.transport.is_server() {
                self.sent.push_back(now_s);
                // Each may have taken a while.
                noting.extend(self.note_sent(std::mem::take(&mut sent), now_s)?);
            }
        }
        noting.extend(self.note_sent(sent, now_s)?);
        Ok(noting)
    }

    /// Claims a round of mails, in one request; where that fails, one by one, so that one that cannot be made holds up no other.
    fn take(&self, due: Vec<OutboxMail>, now_s: i64) -> Result<Vec<(OutboxMail, Secrets, Taken)>, Error> {
        let mut mails = Vec::with_capacity(due.len());
        for mail in due {
            let secrets = Secrets {
                token: random()?,
                digits: random()?,
                salt: random()?,
            };
            mails.push((mail, secrets));
        }
        let Ok(taken) = self.submit_take(mails.clone(), now_s)?.wait() else {
            return self.take_singly(mails, now_s);
        };
        Ok(mails
            .into_iter()
            .zip(taken)
            .map(|((mail, secrets), taken)| (mail, secrets, taken))
            .collect())
    }

    fn take_singly(
        &self,
        mails: Vec<(OutboxMail, Secrets)>,
        now_s: i64,
    ) -> Result<Vec<(OutboxMail, Secrets, Taken)>, Error> {
        let (mut all, mut failed) = (Vec::new(), None);
        for (mail, secrets) in mails {
            match self
                .submit_take(vec![(mail.clone(), secrets.clone())], now_s)?
                .wait()
            {
                Ok(taken) => all.extend(
                    taken
                        .into_iter()
                        .map(|taken| (mail.clone(), secrets.clone(), taken)),
                ),
                Err(error) => {
                    tracing::error!(mail = mail.id, template = mail.template, %error, "a mail could not be made");
                    failed = Some(error);
                }
            }
        }
        match failed {
            Some(error) if all.is_empty() => Err(error),
            _ => Ok(all),
        }
    }

    fn submit_take(
        &self,
        mails: Vec<(OutboxMail, Secrets)>,
        now_s: i64,
    ) -> Result<Submitted<Vec<Taken>>, Error> {
        let pepper = self.app.keys().pepper.clone();
        self.app
            .submit_here(move |conn| service::mail::take_all(conn, &mails, &pepper, now_s))
    }

    /// Notes that mails left.
    fn note_sent(&self, mails: Vec<OutboxMail>, now_s: i64) -> Result<Option<Submitted<usize>>, Error> {
        if mails.is_empty() {
            return Ok(None);
        }
        let noted = self
            .app
            .submit_here(move |conn| service::mail::mark_sent(conn, &mails, now_s).map(|()| mails.len()))?;
        Ok(Some(noted))
    }

    /// Notes that a mail did not leave.
    fn note_refusal(
        &self,
        mail: OutboxMail,
        refusal: Refusal,
        now_s: i64,
    ) -> Result<Submitted<usize>, Error> {
        tracing::warn!(mail = mail.id, template = mail.template, attempts = mail.attempts, %refusal, "a mail was not sent");
        let gave_up = mail.attempts.saturating_add(1) >= service::mail::ATTEMPTS_MAX;
        self.app.submit_here(move |conn| {
            let why = refusal.to_string();
            match refusal {
                Refusal::Bounced(_) => service::mail::mark_refused(conn, &mail, &why, now_s)?,
                Refusal::Refused(_) => service::mail::mark_failed(conn, mail.id, &why)?,
                Refusal::Later(_) if gave_up => service::mail::mark_failed(conn, mail.id, &why)?,
                Refusal::Later(_) => service::mail::note_error(conn, mail.id, &why)?,
            }
            Ok(0)
        })
    }
}

/// Whether something happened less than `span` ago.
fn is_within(moment: Option<Instant>, span: Duration) -> bool {
    moment.is_some_and(|moment| moment.elapsed() < span)
}

/// Sends what is due now; how many mails left. For the command line and tests: opens a transport of its own.
pub fn drain_once(app: &App) -> anyhow::Result<usize> {
    Ok(Mailer::new(app)?.drain()?)
}

/// Sends what is due, for ever, and does the hourly chores.
pub async fn drain_for_ever(app: App) {
    match Mailer::new(&app) {
        Ok(mailer) => mailer.send_for_ever().await,
        Err(error) => {
            tracing::error!(%error, "no mail will be sent: the settings of `mail` cannot work");
        }
    }
}

async fn send_for_ever(mut mailer: Mailer) {
    let app = mailer.app.clone();
    let mut chores_s = app.now_s();
    let mut batches = app.batches();
    loop {
        batches.borrow_and_update();
        let worked = tokio::task::spawn_blocking(move || {
            let result = mailer.drain_in_turn();
            (mailer, result)
        })
        .await;
        let Ok((back, result)) = worked else {
            tracing::error!("the mailer stopped");
            return;
        };
        mailer = back;
        if let Err(error) = result {
            tracing::error!(%error, "the outbox could not be worked on");
            tokio::time::sleep(RETRY).await;
        }
        if app.now_s().saturating_sub(chores_s) >= CHORES_S {
            chores_s = app.now_s();
            do_chores(&app).await;
        }
        // Either way it is time to look again.
        let _written = tokio::time::timeout(IDLE, batches.changed()).await;
    }
}

/// What is due every hour besides mail: old links, sessions and partial tiles go.
async fn do_chores(app: &App) {
    let now_s = app.now_s();
    let swept = app.write(move |conn| service::mail::sweep(conn, now_s)).await;
    let folder = app.log().clone();
    let tiles = app
        .read(move |conn| publish::sweep_partials(&folder, service::ledger_size(conn)?))
        .await;
    if let Some(error) = swept.err().or(tiles.err()) {
        tracing::error!(%error, "the hourly chores failed");
    }
}
