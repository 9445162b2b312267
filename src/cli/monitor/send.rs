//! Telling somebody: a mail, or a POST of JSON. Absent: when ([`crate::cli::monitor`]).

use std::time::Duration;

use lettre::Message;
use lettre::SmtpTransport;
use lettre::Transport as _;
use lettre::message::Mailbox;
use lettre::transport::smtp::client::Tls;
use lettre::transport::smtp::client::TlsParameters;
use serde_json::json;

use crate::cli::monitor::MonitorArgs;
use crate::cli::monitor::line::Line;

/// How long a server may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Lines in one message; the rest is counted.
const LINES_MAX: usize = 200;

/// Who is told.
#[derive(Debug)]
pub(super) struct Sender {
    mail: Option<(SmtpTransport, Mailbox, Mailbox)>,
    webhook: Option<(ureq::Agent, String)>,
}

impl Sender {
    /// Reads who is to be told; nothing is sent yet.
    pub(super) fn new(args: &MonitorArgs) -> Result<Self, String> {
        let mail = match (&args.mail, &args.smtp) {
            (Some(to), Some(server)) => Some(mail(to, server, &args.mail_from)?),
            _ => None,
        };
        let webhook = args.webhook.as_ref().map(|address| {
            let config = ureq::Agent::config_builder()
                .timeout_global(Some(PATIENCE))
                .max_redirects(0)
                .user_agent(concat!("ikrar/", env!("CARGO_PKG_VERSION")))
                .build();
            (config.into(), address.clone())
        });
        Ok(Self { mail, webhook })
    }

    /// Is anybody to be told?
    pub(super) fn is_wanted(&self) -> bool {
        self.mail.is_some() || self.webhook.is_some()
    }

    /// Tells them. What one way failed to send is tried again with the next round, by both.
    pub(super) fn send(&self, place: &str, lines: &[Line]) -> Result<(), String> {
        let mut errors = Vec::new();
        if let Some((server, from, to)) = &self.mail {
            errors.extend(send_mail(server, from, to, place, lines).err());
        }
        if let Some((agent, address)) = &self.webhook {
            errors.extend(post(agent, address, place, lines).err());
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors.join("; "))
        }
    }
}

fn mail(to: &str, server: &str, from: &str) -> Result<(SmtpTransport, Mailbox, Mailbox), String> {
    let (host, port) = server
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host, port.parse::<u16>().ok()?)))
        .ok_or_else(|| format!("--smtp {server:?} is not HOST:PORT"))?;
    let mailbox = |text: &str| {
        text.parse::<Mailbox>()
            .map_err(|error| format!("{text:?} is no address: {error}"))
    };
    let tls = TlsParameters::new(host.to_owned()).map_err(|error| format!("TLS for {host}: {error}"))?;
    let transport = SmtpTransport::builder_dangerous(host)
        .port(port)
        .tls(Tls::Opportunistic(tls))
        .timeout(Some(PATIENCE))
        .build();
    Ok((transport, mailbox(from)?, mailbox(to)?))
}

fn send_mail(
    server: &SmtpTransport,
    from: &Mailbox,
    to: &Mailbox,
    place: &str,
    lines: &[Line],
) -> Result<(), String> {
    let mut body = lines
        .iter()
        .take(LINES_MAX)
        .fold(String::new(), |text, line| text + &line.to_string() + "\n");
    if let Some(more) = lines.len().checked_sub(LINES_MAX).filter(|more| *more > 0) {
        body = format!("{body}and {more} more\n");
    }
    let worst = lines.iter().map(|line| line.weight).max();
    let word = worst.map_or("", |weight| weight.as_str());
    let message = Message::builder()
        .from(from.clone())
        .to(to.clone())
        .subject(format!("ikrar monitor: {word}: {place}"))
        .body(body)
        .map_err(|error| format!("the mail cannot be made: {error}"))?;
    server
        .send(&message)
        .map(|_accepted| ())
        .map_err(|error| format!("the mail was not sent: {error}"))
}

fn post(agent: &ureq::Agent, address: &str, place: &str, lines: &[Line]) -> Result<(), String> {
    let told: Vec<_> = lines
        .iter()
        .take(LINES_MAX)
        .map(|line| json!({"weight": line.weight.as_str(), "text": line.text}))
        .collect();
    let body = json!({"log": place, "lines": told, "line_count": lines.len()});
    agent
        .post(address)
        .header("content-type", "application/json")
        .send(body.to_string())
        .map(|_accepted| ())
        .map_err(|error| format!("the webhook did not take it: {error}"))
}
