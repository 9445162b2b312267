//! A wire between portal and PostgreSQL that is cut around a COMMIT: before it, behind it, or between it and its answer. Absent: any
//! understanding of the protocol beyond that one word.

use std::io::Read;
use std::io::Write;
use std::net::Shutdown;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

/// A query of one word, as the client library sends it: type, length, text, zero.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

/// Where the wire is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// The server never hears of it.
    Before,
    /// The server hears it; nobody waits for what it does.
    Behind,
    /// The server has done it; its answer is lost.
    Answer,
}

const CUTS: [Cut; 3] = [Cut::Answer, Cut::Behind, Cut::Before];

/// See the module.
pub(super) struct Wire {
    pub(super) port: u16,
    state: Arc<State>,
}

struct State {
    server: String,
    commits: AtomicUsize,
    every: AtomicUsize,
    cuts: AtomicUsize,
}

impl Wire {
    /// To a server, `HOST:PORT`. Whole until told otherwise.
    pub(super) fn to(server: &str) -> Self {
        let state = Arc::new(State {
            server: server.to_owned(),
            commits: AtomicUsize::new(0),
            every: AtomicUsize::new(usize::MAX),
            cuts: AtomicUsize::new(0),
        });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || state.carry(&client));
            }
        });
        Self { port, state }
    }

    /// From now on, every n-th COMMIT.
    pub(super) fn cut_every(&self, commits: usize) {
        self.state.every.store(commits, Ordering::SeqCst);
    }

    pub(super) fn cuts(&self) -> usize {
        self.state.cuts.load(Ordering::SeqCst)
    }
}

impl State {
    /// Where to cut at this COMMIT, if anywhere.
    fn cut(&self) -> Option<Cut> {
        let number = self.commits.fetch_add(1, Ordering::SeqCst) + 1;
        if !number.is_multiple_of(self.every.load(Ordering::SeqCst)) {
            return None;
        }
        let cuts = self.cuts.fetch_add(1, Ordering::SeqCst);
        Some(CUTS[cuts % CUTS.len()])
    }

    fn carry(&self, client: &TcpStream) {
        let Ok(server) = TcpStream::connect(&self.server) else {
            return;
        };
        std::thread::scope(|scope| {
            let back = scope.spawn(|| copy(&server, client));
            let cut = self.carry_questions(client, &server);
            if cut != Some(Cut::Answer) {
                let _both = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
            }
            back.join().unwrap();
        });
        let _both = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
    }

    /// Carries what the client says until it ends or the wire is cut.
    fn carry_questions(&self, client: &TcpStream, server: &TcpStream) -> Option<Cut> {
        let (mut from, mut to) = (client, server);
        let mut bytes = vec![0; 1 << 16];
        loop {
            let count = from.read(&mut bytes).ok().filter(|count| *count > 0)?;
            let said = &bytes[..count];
            let cut = said.ends_with(COMMIT).then(|| self.cut()).flatten();
            match cut {
                Some(Cut::Before) => return cut,
                Some(Cut::Behind) => {
                    to.write_all(said).ok()?;
                    return cut;
                }
                Some(Cut::Answer) => {
                    // Nothing reaches the client any more; the thread behind reads the answer and finds nobody.
                    let _closed = client.shutdown(Shutdown::Both);
                    to.write_all(said).ok()?;
                    let _no_more = server.shutdown(Shutdown::Write);
                    return cut;
                }
                None => to.write_all(said).ok()?,
            }
        }
    }
}

fn copy(mut from: &TcpStream, mut to: &TcpStream) {
    let mut bytes = vec![0; 1 << 16];
    while let Ok(count) = from.read(&mut bytes)
        && count > 0
    {
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _done = to.shutdown(Shutdown::Write);
}
