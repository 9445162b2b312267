//! Draining the outbox through SMTP or into a folder. Links and codes are made when a mail is sent ([`crate::service::mail`]).
//!
//! Codes and sign-in links leave first; the rate has a cap; a mail that fails for a while is tried again at growing intervals,
//! one that its mailbox refuses is noted as bounced. No address is ever logged. Absent: which mails are queued.

use std::time::Duration;

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
/// The pause after the database did not answer: somebody may be waiting for a code.
const RETRY: Duration = Duration::from_secs(1);
/// Seconds between chores.
const CHORES_S: i64 = 3600;

/// The mailer: one transport, kept open.
pub struct Mailer {
    app: App,
    transport: Transport,
    sent: std::collections::VecDeque<i64>,
}

impl Mailer {
    /// From the configuration.
    pub fn new(app: &App) -> anyhow::Result<Self> {
        Ok(Self {
            app: app.clone(),
            transport: Transport::new(app.config())?,
            sent: std::collections::VecDeque::new(),
        })
    }

    /// A mailer that hands every message to `hand` in place of a mail server, whatever the configuration says: for programs
    /// that run a portal of their own.
    pub fn handing(app: &App, hand: Hand) -> Self {
        Self {
            app: app.clone(),
            transport: Transport::Handed(hand),
            sent: std::collections::VecDeque::new(),
        }
    }

    /// Sends what is due now, as far as the rate allows; how many left. May block: not for async code.
    pub fn drain(&mut self) -> Result<usize, Error> {
        let mut left = 0_usize;
        let mut noting = Vec::new();
        loop {
            let due = self.list_due()?;
            if due.is_empty() {
                break;
            }
            let noted = self.send(due)?;
            for noted in std::mem::replace(&mut noting, noted) {
                left = left.saturating_add(usize::from(noted.wait()?));
            }
        }
        for noted in noting {
            left = left.saturating_add(usize::from(noted.wait()?));
        }
        Ok(left)
    }

    /// Sends what is due, for ever, and does the hourly chores.
    pub async fn send_for_ever(self) {
        send_for_ever(self).await;
    }

    /// The next round: codes and links first, then others; but one of those always, so that a long rush cannot hold them up
    /// altogether.
    fn list_due(&mut self) -> Result<Vec<OutboxMail>, Error> {
        let now_s = self.app.now_s();
        let urgent_max = self.room(if self.transport.is_server() {
            BATCH
        } else {
            BATCH_FAST
        });
        let others_max = self.room(BATCH);
        self.app.read_here(|conn| {
            let mut due = service::mail::list_due(conn, now_s, true, urgent_max)?;
            let urgent = i64::try_from(due.len()).unwrap_or(urgent_max);
            let others_max = if urgent > 0 {
                others_max.saturating_sub(urgent).clamp(0, 1)
            } else {
                others_max
            };
            due.extend(service::mail::list_due(conn, now_s, false, others_max)?);
            Ok(due)
        })
    }

    /// How many more mails may leave within this minute, and no more than `batch` at once.
    fn room(&mut self, batch: i64) -> i64 {
        if !self.transport.is_server() {
            return batch;
        }
        let minute_ago_s = self.app.now_s().saturating_sub(60);
        while self.sent.front().is_some_and(|at_s| *at_s <= minute_ago_s) {
            self.sent.pop_front();
        }
        let sent = i64::try_from(self.sent.len()).unwrap_or(i64::MAX);
        i64::from(self.app.config().mail.per_minute_max)
            .saturating_sub(sent)
            .clamp(0, batch)
    }

    /// Sends a round of mails. What became of each is being noted while the next round begins.
    fn send(&mut self, due: Vec<OutboxMail>) -> Result<Vec<Submitted<bool>>, Error> {
        let now_s = self.app.now_s();
        let mut taking = Vec::with_capacity(due.len());
        for mail in due {
            let secrets = Secrets {
                token: random()?,
                digits: random()?,
                salt: random()?,
            };
            let (row, made, pepper) = (mail.clone(), secrets.clone(), self.app.keys().pepper.clone());
            let taken = self
                .app
                .submit_here(move |conn| service::mail::take(conn, &row, &made, &pepper, now_s))?;
            taking.push((mail, secrets, taken));
        }
        let mut noting = Vec::with_capacity(taking.len());
        for (mail, secrets, taken) in taking {
            let letter = match taken.wait()? {
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
            let outcome = composed.and_then(|message| self.transport.send(&mail, &message));
            if self.transport.is_server() {
                self.sent.push_back(now_s);
            }
            noting.push(self.note(mail, outcome, now_s)?);
        }
        Ok(noting)
    }

    /// Notes what became of a mail: whether it left.
    fn note(
        &self,
        mail: OutboxMail,
        outcome: Result<(), Refusal>,
        now_s: i64,
    ) -> Result<Submitted<bool>, Error> {
        let refusal = match outcome {
            Ok(()) => {
                return self
                    .app
                    .submit_here(move |conn| service::mail::mark_sent(conn, &mail, now_s).map(|()| true));
            }
            Err(refusal) => refusal,
        };
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
            Ok(false)
        })
    }
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
            let result = mailer.drain();
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
