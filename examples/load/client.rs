//! Many browsers on kept-alive connections, all on one thread. Absent: what they send ([`crate::people`]).

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use anyhow::Context as _;
use anyhow::Result;
use anyhow::bail;
use anyhow::ensure;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::mailbox::Mailboxes;
use crate::people;
use crate::people::Requests;

/// How long a mail may take before the run is given up.
const MAIL_WAIT_MAX: Duration = Duration::from_mins(1);

/// What is to be done.
pub(crate) struct Plan {
    /// The portal.
    pub(crate) address: SocketAddr,
    /// Connections.
    pub(crate) clients: usize,
    /// How many people sign.
    pub(crate) people: usize,
    /// When nobody begins any more.
    pub(crate) until: Option<Instant>,
    /// Theirs.
    pub(crate) requests: Arc<Vec<Requests>>,
    /// Theirs.
    pub(crate) mailboxes: Arc<Mailboxes>,
}

/// How long each step took, one number a signature.
#[derive(Default)]
pub(crate) struct Times {
    /// The statement, to its answer.
    pub(crate) statement: Vec<Duration>,
    /// From there to the code in hand.
    pub(crate) mail: Vec<Duration>,
    /// The code, to its answer.
    pub(crate) answer: Vec<Duration>,
    /// All of it.
    pub(crate) whole: Vec<Duration>,
}

/// Lets everybody sign.
pub(crate) fn run(plan: &Plan) -> Result<Times> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let next = Arc::new(AtomicUsize::new(0));
        let mut clients = Vec::new();
        for _ in 0..plan.clients.min(plan.people) {
            let client = Client {
                connection: Connection::open(plan.address).await?,
                requests: Arc::clone(&plan.requests),
                mailboxes: Arc::clone(&plan.mailboxes),
            };
            clients.push(tokio::spawn(client.work(
                Arc::clone(&next),
                plan.people,
                plan.until,
            )));
        }
        let mut all = Times::default();
        for client in clients {
            let times = client.await??;
            all.statement.extend(times.statement);
            all.mail.extend(times.mail);
            all.answer.extend(times.answer);
            all.whole.extend(times.whole);
        }
        Ok(all)
    })
}

struct Client {
    connection: Connection,
    requests: Arc<Vec<Requests>>,
    mailboxes: Arc<Mailboxes>,
}

impl Client {
    async fn work(mut self, next: Arc<AtomicUsize>, people: usize, until: Option<Instant>) -> Result<Times> {
        let mut times = Times::default();
        while until.is_none_or(|until| Instant::now() < until) {
            let person = next.fetch_add(1, Ordering::Relaxed);
            if person >= people {
                break;
            }
            self.sign(person, &mut times)
                .await
                .with_context(|| format!("person {person}"))?;
        }
        Ok(times)
    }

    async fn sign(&mut self, person: usize, times: &mut Times) -> Result<()> {
        let requests = Arc::clone(&self.requests);
        let mine = requests.get(person).context("nobody of this number")?;
        let begun = Instant::now();
        self.connection.post(&mine.statement, "/sign/code?").await?;
        let posted = Instant::now();
        let code = self.mailboxes.next(person).context("no mailbox of this number")?;
        let code = tokio::time::timeout(MAIL_WAIT_MAX, code)
            .await
            .context("no mail came")??;
        let request = people::answer(mine, &code);
        let read = Instant::now();
        self.connection.post(&request, "/receipt?").await?;
        let answered = Instant::now();
        times.statement.push(posted - begun);
        times.mail.push(read - posted);
        times.answer.push(answered - read);
        times.whole.push(answered - begun);
        Ok(())
    }
}

/// A kept-alive HTTP/1.1 connection: one request at a time.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(4096),
        })
    }

    /// Sends a request that is to be answered with a redirect to an address beginning so.
    async fn post(&mut self, request: &[u8], to: &str) -> Result<()> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let end = loop {
            let got = self.stream.read_buf(&mut self.buffer).await?;
            ensure!(got > 0, "the portal hung up");
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let head = String::from_utf8_lossy(self.buffer.get(..end).unwrap_or_default()).into_owned();
        let field = |name: &str| {
            head.lines().find_map(|line| {
                let (found, value) = line.split_once(": ")?;
                found.eq_ignore_ascii_case(name).then_some(value)
            })
        };
        let length: usize = field("content-length").map_or(Ok(0), str::parse)?;
        while self.buffer.len() < end + length {
            let got = self.stream.read_buf(&mut self.buffer).await?;
            ensure!(got > 0, "the portal hung up");
        }
        let location = field("location").unwrap_or_default();
        if head.starts_with("HTTP/1.1 303") && location.starts_with(to) {
            return Ok(());
        }
        let body = String::from_utf8_lossy(self.buffer.get(end..).unwrap_or_default()).into_owned();
        bail!("answered with\n{head}{body}");
    }
}
