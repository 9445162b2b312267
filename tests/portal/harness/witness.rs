//! A witness over HTTP, exact in what it decides ([`ikrar::ledger::witness::decide`]) and, on demand, of bad behaviour. Absent: a store that
//! survives it.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::Mutex;
use std::thread::JoinHandle;

use actix_web::App as Server;
use actix_web::HttpResponse;
use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use actix_web::web::Bytes;
use actix_web::web::Data;
use actix_web::web::post;
use ed25519_dalek::SigningKey;
use ikrar::clock::Clock;
use ikrar::ledger::checkpoint::Checkpoint;
use ikrar::ledger::cosignature::Cosigner;
use ikrar::ledger::cosignature::LogKey;
use ikrar::ledger::note::KeyName;
use ikrar::ledger::witness::AddCheckpoint;
use ikrar::ledger::witness::Refusal;
use ikrar::ledger::witness::decide;

/// What a witness does when it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// What C2SP says.
    Honest,
    /// Cosigns with a key that nobody knows.
    WrongKey,
    /// Cosigns another checkpoint than it was shown.
    BadSignature,
    /// Says 200 and nonsense.
    Garbage,
    /// More bytes than anybody reads.
    Endless,
    /// This status, whatever is asked.
    Status(u16),
    /// Says that it has this size.
    Claims(u64),
    /// Takes the question and never answers.
    Hangs,
}

/// See the module.
pub(crate) struct TestWitness {
    /// Its line in a policy, without the group.
    pub(crate) line: String,
    state: Arc<State>,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

struct State {
    key: Cosigner,
    stranger: Cosigner,
    logs: Vec<LogKey>,
    clock: Clock,
    stored: Mutex<Option<Checkpoint>>,
    behaviour: Mutex<Behaviour>,
}

impl TestWitness {
    /// Starts one that trusts a log's key.
    pub(crate) fn start(name: &str, seed: u8, log: LogKey, clock: Clock) -> Self {
        let cosigner = |seed| {
            let key_name = KeyName::parse(&format!("{name}.example/witness")).unwrap();
            Cosigner::ed25519(key_name, SigningKey::from_bytes(&[seed; 32])).unwrap()
        };
        let state = Arc::new(State {
            key: cosigner(seed),
            stranger: cosigner(seed + 100),
            logs: vec![log],
            clock,
            stored: Mutex::new(None),
            behaviour: Mutex::new(Behaviour::Honest),
        });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, receiver) = std::sync::mpsc::channel();
        let shared = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let data = Data::from(shared);
                let server = HttpServer::new(move || {
                    Server::new()
                        .app_data(data.clone())
                        .route("/add-checkpoint", post().to(add_checkpoint))
                });
                let server = server
                    .workers(1)
                    .shutdown_timeout(0)
                    .listen(listener)
                    .unwrap()
                    .run();
                sender.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Self {
            line: format!("witness {name} {} {url}\n", state.key.key()),
            state,
            server: receiver.recv().unwrap(),
            thread: Some(thread),
        }
    }

    /// From now on.
    pub(crate) fn behave(&self, behaviour: Behaviour) {
        *self.state.behaviour.lock().unwrap() = behaviour;
    }
}

impl Drop for TestWitness {
    fn drop(&mut self) {
        drop(self.server.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

async fn add_checkpoint(state: Data<State>, body: Bytes) -> HttpResponse {
    let behaviour = *state.behaviour.lock().unwrap();
    match behaviour {
        Behaviour::Garbage => HttpResponse::Ok().body("<html>all is well</html>"),
        Behaviour::Endless => HttpResponse::Ok().body("\u{2014} ".repeat(1 << 20)),
        Behaviour::Status(status) => {
            HttpResponse::build(actix_web::http::StatusCode::from_u16(status).unwrap()).body("no")
        }
        Behaviour::Claims(size) => HttpResponse::Conflict()
            .content_type("text/html")
            .body(format!("{size}\n")),
        Behaviour::Hangs => std::future::pending().await,
        Behaviour::Honest | Behaviour::WrongKey | Behaviour::BadSignature => answer(&state, behaviour, &body),
    }
}

fn answer(state: &State, behaviour: Behaviour, body: &[u8]) -> HttpResponse {
    let Ok(request) = AddCheckpoint::parse(body) else {
        return HttpResponse::BadRequest().finish();
    };
    let mut stored = state.stored.lock().unwrap();
    if let Err(refusal) = decide(&request, Some(&state.logs), stored.as_ref()) {
        let status = actix_web::http::StatusCode::from_u16(refusal.status()).unwrap();
        let body = match refusal {
            Refusal::Stale { size } => format!("{size}\n"),
            other => other.to_string(),
        };
        return HttpResponse::build(status)
            .content_type("text/x.tlog.size")
            .body(body);
    }
    let checkpoint = request.checkpoint().clone();
    let mut cosigned = checkpoint.clone();
    if behaviour == Behaviour::BadSignature {
        cosigned.size += 1;
    }
    let key = if behaviour == Behaviour::WrongKey {
        &state.stranger
    } else {
        &state.key
    };
    let line = key.cosign(&cosigned, state.clock.now_s().unsigned_abs()).unwrap();
    *stored = Some(checkpoint);
    // Lines of others may stand beside one's own.
    let other = state.stranger.cosign(&request.checkpoint().clone(), 1).unwrap();
    HttpResponse::Ok().body(format!("{other}\n{line}\n"))
}
