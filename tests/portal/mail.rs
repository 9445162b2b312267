//! The outbox against a mail server: what arrives, what is refused, tried again, cancelled, held back.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;

use diesel::prelude::*;
use ikrar::config::Encryption;
use ikrar::config::MailTransport;
use ikrar::mail::Mailer;
use ikrar::service::StoreError;
use ikrar::service::access::Subject;
use ikrar::store::outbox;
use ikrar::store::schema;

use crate::harness::ELECTION;
use crate::harness::NOW_S;
use crate::harness::TestPortal;

/// A mail server that takes everything but what it is told to refuse (RFC 5321, as much as a client needs).
struct Server {
    port: u16,
    mails: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// `judge` gives the answer to a recipient.
    fn start(judge: fn(&str) -> &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mails = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&mails);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || serve(&stream.unwrap(), &kept, judge));
            }
        });
        Self { port, mails }
    }

    fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }
}

/// One connection, until the client goes.
fn serve(stream: &TcpStream, mails: &Mutex<Vec<String>>, judge: fn(&str) -> &'static str) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let say = |line: &str| {
        let mut writer = stream;
        writer.write_all(format!("{line}\r\n").as_bytes()).ok()
    };
    say("220 sink")?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.get(..4).unwrap_or_default().to_uppercase().as_str() {
            "EHLO" => say("250-sink\r\n250 8BITMIME")?,
            "RCPT" => say(judge(&line))?,
            "DATA" => {
                say("354 go on")?;
                let mut mail = String::new();
                while !mail.ends_with("\r\n.\r\n") {
                    if reader.read_line(&mut mail).ok()? == 0 {
                        return None;
                    }
                }
                mails.lock().unwrap().push(mail);
                say("250 taken")?;
            }
            "QUIT" => {
                say("221 bye")?;
                return None;
            }
            _ => say("250 well")?,
        }
    }
}

fn portal(server: &Server, per_minute_max: u32) -> TestPortal {
    let port = server.port;
    TestPortal::configured(move |config| {
        config.mail.transport = MailTransport::Smtp;
        "127.0.0.1".clone_into(&mut config.mail.host);
        config.mail.port = port;
        config.mail.encryption = Encryption::None;
        config.mail.per_minute_max = per_minute_max;
    })
    .with_election()
    .with_pact()
    .with_people(3)
}

fn queue(portal: &TestPortal, template: &'static str, person: usize) {
    let to = Subject::Person(portal.person(person).id);
    portal
        .write(move |conn| Ok(outbox::insert(conn, template, to, Some(ELECTION), None, NOW_S)?))
        .unwrap();
}

/// State, attempts and error of every mail, oldest first.
fn rows(portal: &TestPortal) -> Vec<(String, i64, Option<String>)> {
    use schema::outbox::dsl;
    portal.read(|conn| {
        Ok(dsl::outbox
            .order(dsl::id)
            .select((dsl::state, dsl::attempts, dsl::error))
            .load(conn)
            .map_err(StoreError::from)?)
    })
}

fn set_email(portal: &TestPortal, person: usize, email: &'static str) {
    use schema::person::dsl;
    let id = portal.person(person).id;
    portal
        .write(move |conn| {
            diesel::update(dsl::person.find(id))
                .set(dsl::email.eq(Some(email)))
                .execute(conn)
                .map_err(StoreError::from)?;
            Ok(())
        })
        .unwrap();
}

fn bounced_s(portal: &TestPortal, person: usize) -> Option<i64> {
    let id = portal.person(person).id;
    let found =
        |conn: &mut ikrar::service::Conn| Ok(ikrar::service::roster::find_member(conn, ELECTION, id)?);
    portal.read(found).unwrap().bounced_s
}

#[test]
fn mails_go_through_a_mail_server() {
    let server = Server::start(|_| "250 well");
    let portal = portal(&server, 600);
    queue(&portal, "invitation", 0);
    assert_eq!(ikrar::mail::drain_once(&portal.app).unwrap(), 1);
    assert_eq!(rows(&portal), [("sent".to_owned(), 1, None)]);
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    for words in [
        "To: ani0@kementerian.example",
        "multipart/alternative",
        "https://ikrar.example/enter/",
    ] {
        assert!(mails[0].contains(words), "no {words} in {}", mails[0]);
    }
    assert_eq!(ikrar::mail::drain_once(&portal.app).unwrap(), 0, "never twice");
}

#[test]
fn a_refused_mailbox_is_noted_and_no_address_is_kept() {
    let server = Server::start(|_| "550 5.1.1 <ani0@kementerian.example> is not here");
    let portal = portal(&server, 600);
    queue(&portal, "invitation", 0);
    assert_eq!(ikrar::mail::drain_once(&portal.app).unwrap(), 0);
    let (state, attempts, error) = rows(&portal).remove(0);
    assert_eq!((state.as_str(), attempts), ("failed", 1));
    let error = error.unwrap();
    assert!(error.contains("550") && !error.contains('@'), "{error}");
    assert_eq!(bounced_s(&portal, 0), Some(NOW_S));
}

#[test]
fn what_fails_for_now_is_tried_again_at_growing_intervals() {
    let server = Server::start(|_| "451 come back later");
    let portal = portal(&server, 600);
    queue(&portal, "invitation", 0);
    let mut mailer = Mailer::new(&portal.app).unwrap();
    let mut tried_s = Vec::new();
    for second in 0..200 {
        portal.set_clock(NOW_S + second);
        let before = rows(&portal)[0].1;
        mailer.drain().unwrap();
        if rows(&portal)[0].1 > before {
            tried_s.push(second);
        }
    }
    assert_eq!(tried_s, [0, 5, 15, 35, 75, 155]);
    assert_eq!(rows(&portal)[0].0, "queued");
    assert_eq!(bounced_s(&portal, 0), None);
    for _ in 0..6 {
        portal.set_clock(portal.app.now_s() + 3601);
        mailer.drain().unwrap();
    }
    let (state, attempts, error) = rows(&portal).remove(0);
    assert_eq!((state.as_str(), attempts), ("failed", 12));
    assert!(error.unwrap().contains("451"));
}

#[test]
fn a_refused_login_bounces_nobody() {
    let server = Server::start(|_| "530 5.7.0 authentication required");
    let portal = portal(&server, 600);
    queue(&portal, "invitation", 0);
    ikrar::mail::drain_once(&portal.app).unwrap();
    assert_eq!(
        (rows(&portal)[0].0.as_str(), bounced_s(&portal, 0)),
        ("queued", None)
    );
}

#[test]
fn a_server_that_is_away_loses_no_mail() {
    let server = Server::start(|_| "250 well");
    let portal = portal(&server, 600);
    let away = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let other = TestPortal::configured(move |config| {
        "127.0.0.1".clone_into(&mut config.mail.host);
        config.mail.transport = MailTransport::Smtp;
        config.mail.port = away;
        config.mail.encryption = Encryption::None;
    });
    let other = other.with_election().with_pact().with_people(1);
    queue(&other, "invitation", 0);
    ikrar::mail::drain_once(&other.app).unwrap();
    let (state, _, error) = rows(&other).remove(0);
    assert_eq!(state, "queued");
    assert!(error.unwrap().contains("cannot be reached"));
    drop(portal);
}

#[test]
fn codes_and_links_overtake_and_the_rate_is_held() {
    let server = Server::start(|_| "250 well");
    let portal = portal(&server, 2);
    for person in 0..3 {
        queue(&portal, "invitation", person);
    }
    queue(&portal, "signin", 2);
    let mut mailer = Mailer::new(&portal.app).unwrap();
    assert_eq!(mailer.drain().unwrap(), 2);
    assert_eq!(mailer.drain().unwrap(), 0);
    let states = || -> Vec<String> { rows(&portal).into_iter().map(|(state, ..)| state).collect() };
    assert_eq!(states(), ["sent", "queued", "queued", "sent"]);
    portal.set_clock(NOW_S + 60);
    assert_eq!(mailer.drain().unwrap(), 2);
    assert_eq!(states(), ["sent"; 4]);
}

#[test]
fn a_mail_that_cannot_be_made_holds_up_no_other() {
    use schema::outbox::dsl;
    let server = Server::start(|_| "250 well");
    let portal = portal(&server, 600);
    queue(&portal, "invitation", 0);
    queue(&portal, "invitation", 1);
    let first = portal.person(0).id;
    portal
        .write(move |conn| {
            diesel::update(dsl::outbox.filter(dsl::person_id.eq(first)))
                .set(dsl::person_id.eq(None::<i64>))
                .execute(conn)
                .map_err(StoreError::from)?;
            Ok(())
        })
        .unwrap();
    assert!(ikrar::mail::drain_once(&portal.app).is_err());
    assert_eq!(server.mails().len(), 1);
    assert_eq!(rows(&portal)[1], ("sent".to_owned(), 1, None));
    assert_eq!(rows(&portal)[0].0, "queued", "it waits for somebody to look");
}

#[test]
fn mails_without_a_reason_are_cancelled() {
    let server = Server::start(|_| "250 well");
    let portal = portal(&server, 600);
    set_email(&portal, 1, "bersama@kementerian.example");
    set_email(&portal, 2, "bersama@kementerian.example");
    queue(&portal, "invitation", 1);
    queue(&portal, "code", 0);
    queue(&portal, "receipt", 0);
    queue(&portal, "unknown", 0);
    portal.set_clock(crate::harness::CLOSES_S);
    queue(&portal, "reminder", 0);
    assert_eq!(ikrar::mail::drain_once(&portal.app).unwrap(), 0);
    let shared = "several persons share the address".to_owned();
    let gone = || ("cancelled".to_owned(), 1, None);
    assert_eq!(
        rows(&portal),
        [
            ("failed".to_owned(), 1, Some(shared)),
            gone(),
            gone(),
            gone(),
            gone()
        ]
    );
    assert_eq!(server.mails().len(), 0);
}

#[test]
fn an_address_that_is_none_is_noted() {
    let server = Server::start(|_| "250 well");
    let portal = portal(&server, 600);
    set_email(&portal, 0, "bukan alamat");
    queue(&portal, "invitation", 0);
    ikrar::mail::drain_once(&portal.app).unwrap();
    assert_eq!(
        (rows(&portal)[0].0.as_str(), bounced_s(&portal, 0)),
        ("failed", Some(NOW_S))
    );
}
