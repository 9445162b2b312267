//! Everybody's mailbox: what the portal's mailer hands over, taken apart as a mail program would. Absent: sending.

use std::sync::Mutex;
use std::sync::PoisonError;

use tokio::sync::oneshot;

/// The newest code, six digits.
#[derive(Default)]
struct Mailbox {
    came: Option<String>,
    waits: Option<oneshot::Sender<String>>,
}

/// One mailbox a person, by the number in the address.
pub(crate) struct Mailboxes(Vec<Mutex<Mailbox>>);

impl Mailboxes {
    /// So many empty ones.
    pub(crate) fn new(people: usize) -> Self {
        Self((0..people).map(|_| Mutex::default()).collect())
    }

    /// A message arrives. Only codes are read; receipts are what people keep.
    pub(crate) fn deliver(&self, template: &str, message: &[u8]) {
        if template != "code" {
            return;
        }
        let Some((person, code)) = read(message) else {
            tracing::error!("a mail without address or code");
            return;
        };
        let Some(mailbox) = self.0.get(person) else { return };
        let mut mailbox = mailbox.lock().unwrap_or_else(PoisonError::into_inner);
        match mailbox.waits.take() {
            // Whoever waited may have given up; then the code is of no use either.
            Some(waits) => drop(waits.send(code)),
            None => mailbox.came = Some(code),
        }
    }

    /// The next code of a person, now or later.
    pub(crate) fn next(&self, person: usize) -> Option<oneshot::Receiver<String>> {
        let mut mailbox = self.0.get(person)?.lock().unwrap_or_else(PoisonError::into_inner);
        let (sender, receiver) = oneshot::channel();
        match mailbox.came.take() {
            Some(code) => drop(sender.send(code)),
            None => mailbox.waits = Some(sender),
        }
        Some(receiver)
    }
}

/// The address of the person with this number.
pub(crate) fn address(person: usize) -> String {
    format!("pegawai{person}@kementerian.example")
}

/// Whose mail it is, and the line of six digits in its plain text.
fn read(message: &[u8]) -> Option<(usize, String)> {
    let text = std::str::from_utf8(message).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let to = head.lines().find_map(|line| line.strip_prefix("To: "))?;
    let number = to
        .trim_matches(['<', '>'])
        .strip_prefix("pegawai")?
        .split_once('@')?
        .0;
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
    let code = body.lines().find(is_code)?;
    Some((number.parse().ok()?, code.to_owned()))
}
