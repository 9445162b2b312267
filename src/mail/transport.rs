//! The two ways a mail leaves: a mail server, or one `.eml` file a mail. Absent: what it says.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use lettre::Message;
use lettre::SmtpTransport;
use lettre::Transport as _;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::Tls;
use lettre::transport::smtp::client::TlsParameters;
use lettre::transport::smtp::response::Category;

use crate::config::Config;
use crate::config::Encryption;
use crate::config::MailTransport;
use crate::service::mail::OutboxMail;

/// How long a mail server may take for one step.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Why a mail did not leave. The text never holds an address: of a server's answer only the status is kept.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// The mailbox refuses it for good.
    #[error("refused by the mailbox: {0}")]
    Bounced(String),
    /// It can never be sent.
    #[error("cannot be sent: {0}")]
    Refused(String),
    /// It may work later.
    #[error("for now: {0}")]
    Later(String),
}

/// Takes a message in place of a mail server: what it is about, and the bytes that would have left.
pub type Hand = Box<dyn FnMut(&OutboxMail, &[u8]) + Send>;

/// Where mail goes.
pub(super) enum Transport {
    /// A pool of connections to a mail server.
    Smtp(SmtpTransport),
    /// A folder.
    Folder(PathBuf),
    /// The program around the portal.
    Handed(Hand),
}

impl Transport {
    pub(super) fn new(config: &Config) -> anyhow::Result<Self> {
        let mail = &config.mail;
        if mail.transport == MailTransport::Folder {
            let folder = config.mail_dir();
            std::fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
            return Ok(Self::Folder(folder));
        }
        let tls = || TlsParameters::new(mail.host.clone()).context("TLS for mail.host");
        let tls = match mail.encryption {
            Encryption::Tls => Tls::Wrapper(tls()?),
            Encryption::Starttls => Tls::Required(tls()?),
            Encryption::None => Tls::None,
        };
        let mut builder = SmtpTransport::builder_dangerous(&mail.host)
            .port(mail.port)
            .tls(tls)
            .timeout(Some(TIMEOUT));
        if !mail.user.is_empty() {
            let password = mail.password.expose().to_owned();
            builder = builder.credentials(Credentials::new(mail.user.clone(), password));
        }
        Ok(Self::Smtp(builder.build()))
    }

    /// Whether somebody else's machine takes the mail, whose patience has limits.
    pub(super) fn is_server(&self) -> bool {
        matches!(self, Self::Smtp(_))
    }

    pub(super) fn send(&mut self, mail: &OutboxMail, message: &Message) -> Result<(), Refusal> {
        match self {
            Self::Smtp(smtp) => smtp.send(message).map(|_accepted| ()).map_err(|e| judge(&e)),
            Self::Folder(folder) => {
                let name = format!("{:08}-{}.eml", mail.id, mail.template);
                let partial = folder.join(format!(".{name}.tmp"));
                std::fs::write(&partial, message.formatted())
                    .and_then(|()| std::fs::rename(&partial, folder.join(name)))
                    .map_err(|e| Refusal::Later(format!("the mail folder: {}", e.kind())))
            }
            Self::Handed(hand) => {
                hand(mail, &message.formatted());
                Ok(())
            }
        }
    }
}

/// Sorts a mail server's refusal. Only x5x speaks of the mailbox (RFC 5321 section 4.2.1); a refused login (535) or a protocol
/// error is ours, and no reason to call a person unreachable.
fn judge(error: &lettre::transport::smtp::Error) -> Refusal {
    match error.status() {
        Some(code) if error.is_permanent() => {
            if code.category == Category::MailSystem {
                Refusal::Bounced(code.to_string())
            } else {
                Refusal::Later(code.to_string())
            }
        }
        Some(code) => Refusal::Later(code.to_string()),
        None if error.is_timeout() => Refusal::Later("the mail server did not answer in time".to_owned()),
        None if error.is_tls() => Refusal::Later("no TLS with the mail server".to_owned()),
        None => Refusal::Later("the mail server cannot be reached".to_owned()),
    }
}
