//! A mail's words and headers. Absent: whether it is sent, and how.

use std::time::Duration;
use std::time::UNIX_EPOCH;

use lettre::Address;
use lettre::Message;
use lettre::message::Attachment;
use lettre::message::Body;
use lettre::message::Mailbox;
use lettre::message::MultiPart;
use lettre::message::header::ContentTransferEncoding;
use lettre::message::header::ContentType;
use lettre::message::header::HeaderName;
use lettre::message::header::HeaderValue;
use serde_json::Value;
use serde_json::json;

use crate::app::App;
use crate::app::random;
use crate::ledger::encoding;
use crate::mail::transport::Refusal;
use crate::render::Lang;
use crate::service::Error;
use crate::service::access;
use crate::service::dispute::DisputeView;
use crate::service::election::ElectionRow;
use crate::service::mail::DisputeStep;
use crate::service::mail::Kind;
use crate::service::mail::Letter;
use crate::service::mail::Secrets;
use crate::service::proof;
use crate::service::witness::Finality;

/// Turns a letter into the message that goes out.
pub(super) fn compose(app: &App, letter: &Letter, secrets: &Secrets) -> Result<Message, Refusal> {
    let (template, mut content) = content(app, letter, secrets);
    let config = app.config();
    let host = host(&config.web.public_url);
    if let Some(fields) = content.as_object_mut() {
        fields.insert("name".to_owned(), json!(letter.name));
        fields.insert("demo".to_owned(), json!(config.demo));
        let site = json!({"ministry_name": config.ministry, "host": host});
        fields.insert("site".to_owned(), site);
    }
    let words = app
        .render()
        .mail(template, Lang::Id, &content)
        .map_err(|e| Refusal::Refused(e.to_string()))?;
    let address: Address = letter
        .address
        .parse()
        .map_err(|_bad| Refusal::Bounced("the address is not one".to_owned()))?;
    let ours = |e: &dyn std::fmt::Display| Refusal::Refused(e.to_string());
    let from: Mailbox = config
        .mail
        .from
        .parse()
        .map_err(|e: lettre::address::AddressError| ours(&e))?;
    let id: [u8; 16] = random().map_err(|e| ours(&e))?;
    let domain = from.email.domain().to_owned();
    let sent = Duration::from_secs(u64::try_from(app.now_s()).unwrap_or(0));
    let builder = Message::builder()
        .from(from)
        .to(Mailbox::new(None, address))
        .subject(words.subject)
        .date(UNIX_EPOCH + sent)
        .message_id(Some(format!("<{}@{domain}>", encoding::encode_hex(&id))))
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ));
    let both = MultiPart::alternative_plain_html(words.text, words.html);
    let message = match attached(&letter.kind) {
        Some((leaf_index, name)) => {
            let proof = proof_text(app, leaf_index)?;
            let octets = ContentType::parse("application/octet-stream").map_err(|e| ours(&e))?;
            // As bytes, not as a text: a mail program may end the lines of a text in its own way, and then the file proves nothing.
            let bytes = Body::new_with_encoding(proof.into_bytes(), ContentTransferEncoding::Base64)
                .map_err(|_bytes| Refusal::Refused("the proof cannot be attached".to_owned()))?;
            let file = Attachment::new(proof::file_name(&name)).body(bytes, octets);
            builder.multipart(MultiPart::mixed().multipart(both).singlepart(file))
        }
        None => builder.multipart(both),
    };
    message.map_err(|e| ours(&e))
}

/// The entry whose proof goes with a letter, and what its file is named after.
fn attached(kind: &Kind) -> Option<(i64, String)> {
    let of_entry = |index: i64| (index, format!("entry-{index}"));
    match kind {
        Kind::Receipt { leaf_index, code, .. } => Some((*leaf_index, code.clone())),
        Kind::Dispute { step, dispute, .. } => match step {
            DisputeStep::Received => Some(of_entry(dispute.leaf_index)),
            DisputeStep::Resolved => dispute.resolution_index.map(of_entry),
            DisputeStep::Waits => None,
        },
        _ => None,
    }
}

/// The template of a letter, and what it needs besides greeting and frame.
fn content(app: &App, letter: &Letter, secrets: &Secrets) -> (&'static str, Value) {
    let url = &app.config().web.public_url;
    let link = || format!("{url}/enter/{}", encoding::encode_base64url(&secrets.token));
    match &letter.kind {
        Kind::Signin { officer } => (
            "signin",
            json!({"link": link(), "officer": officer, "minutes": access::SIGNIN_LINK_S / 60}),
        ),
        Kind::Invitation { reminder, election } => (
            if *reminder { "reminder" } else { "invitation" },
            json!({"link": link(), "election": facts(election), "hours": access::LINK_S / 3600}),
        ),
        Kind::Code { code, election } => {
            let minutes = crate::domain::signer::PENDING_S / 60;
            (
                "code",
                json!({"code": code, "election": facts(election), "minutes": minutes}),
            )
        }
        Kind::Dispute {
            step,
            dispute,
            election,
        } => about_dispute(url, *step, dispute, election),
        Kind::Receipt {
            code,
            at_s,
            is_final,
            election,
            ..
        } => (
            "receipt",
            json!({"code": code, "at_s": at_s, "election": facts(election), "verify": format!("{url}/v/{code}"),
                "dispute": format!("{url}/dispute/{code}"), "finality": finality_word(app, *is_final)}),
        ),
    }
}

fn about_dispute(
    url: &str,
    step: DisputeStep,
    dispute: &DisputeView,
    election: &ElectionRow,
) -> (&'static str, Value) {
    let link = format!("{url}/dispute/{}", dispute.code);
    let election = facts(election);
    match step {
        DisputeStep::Received => (
            "dispute-received",
            json!({"code": dispute.code, "index": dispute.leaf_index, "link": link, "election": election,
                "by_authority": dispute.channel == "authority"}),
        ),
        DisputeStep::Resolved => (
            "dispute-resolved",
            json!({"code": dispute.code, "index": dispute.resolution_index, "link": link, "election": election,
                "outcome": dispute.outcome}),
        ),
        DisputeStep::Waits => (
            "dispute-open",
            json!({"index": dispute.leaf_index, "link": format!("{url}/disputes"), "election": election}),
        ),
    }
}

fn finality_word(app: &App, is_final: bool) -> Finality {
    match (is_final, app.keys().log.is_witnessed()) {
        (true, _) => Finality::Final,
        (false, true) => Finality::Provisional,
        (false, false) => Finality::Unwitnessed,
    }
}

fn facts(election: &ElectionRow) -> Value {
    json!({"title": election.title, "opens_s": election.opens_s, "closes_s": election.closes_s, "zone": election.zone})
}

fn host(public_url: &str) -> &str {
    public_url.split_once("://").map_or("", |(_, host)| host)
}

fn proof_text(app: &App, leaf_index: i64) -> Result<String, Refusal> {
    let folder = app.log().clone();
    let vkey = app.keys().log.vkey().clone();
    let find = || {
        app.read_here(|conn| {
            let index = u64::try_from(leaf_index).map_err(Error::internal)?;
            proof::proof_of(conn, &folder, &vkey, index)
        })
    };
    let found = match find() {
        // Its checkpoint is in the making.
        Err(Error::Busy(_)) => app.settle_here().and_then(|()| find()),
        found => found,
    };
    found
        .map(|proof| proof.to_string())
        .map_err(|e| Refusal::Later(format!("no proof yet: {e}")))
}
