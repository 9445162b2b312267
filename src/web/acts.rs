//! Acts of two officers on their screens: what waits, in words; the second signature; taking an act back.
//!
//! The first signature comes from the page that drafted the act ([`crate::web::act`]). Absent: what an act changes.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Form;
use actix_web::web::Path;
use serde::Serialize;

use crate::domain::entry::Body;
use crate::domain::role::Action;
use crate::render::FlashKind;
use crate::service::Error;
use crate::service::access::Officer;
use crate::service::access::Subject;
use crate::service::joint_act;
use crate::service::joint_act::Desk;
use crate::service::joint_act::Waiting;
use crate::service::journal;
use crate::web::act;
use crate::web::act::About;
use crate::web::act::Draft;
use crate::web::act::Lines;
use crate::web::act::SignedForm;
use crate::web::error::Failure;
use crate::web::extract::OfficerVisitor;

/// The right that both signatures of a kind need.
fn action_of(body: &Body) -> Option<Action> {
    Some(match body {
        Body::Resolution(_) => Action::ResolveDispute,
        Body::Erasure(_) => Action::EraseData,
        Body::Attested(_) => Action::AttestPaper,
        Body::Policy(_) | Body::LogKey(_) => Action::KeepLog,
        _ => return None,
    })
}

fn may(officer: &Officer, body: &Body) -> bool {
    action_of(body).is_some_and(|action| officer.may(action, None))
}

/// Anybody who could sign any act of two officers.
fn check_any(officer: &Officer) -> Result<(), Error> {
    let actions = [
        Action::ResolveDispute,
        Action::EraseData,
        Action::AttestPaper,
        Action::KeepLog,
    ];
    if actions.into_iter().any(|action| officer.may(action, None)) {
        Ok(())
    } else {
        Err(Error::Forbidden)
    }
}

#[derive(Serialize)]
struct Line {
    id: i64,
    kind: String,
    lines: Lines,
    about: Option<About>,
    by: Option<String>,
    mine: bool,
    proposed_s: i64,
    expires_s: i64,
}

/// `GET /acts`.
pub async fn list(officer: OfficerVisitor) -> Result<HttpResponse, Failure> {
    #[derive(Serialize)]
    struct Content {
        acts: Vec<Line>,
    }
    check_any(&officer.officer)?;
    let app = &officer.visitor.app;
    let (origin, now_s, who) = (app.origin()?, app.now_s(), officer.officer.clone());
    let acts = app
        .read(move |conn| {
            let mut acts = Vec::new();
            for waiting in joint_act::list(conn, &origin, now_s)? {
                let (true, Some(lines)) = (may(&who, &waiting.body), Lines::of(&waiting.body)) else {
                    continue;
                };
                acts.push(Line {
                    id: waiting.id,
                    kind: waiting.body.kind().to_owned(),
                    lines,
                    about: About::of(conn, &waiting.body, now_s)?,
                    mine: waiting.first.account_id == Some(who.account.id),
                    by: waiting.first.name,
                    proposed_s: waiting.proposed_s,
                    expires_s: waiting.expires_s,
                });
            }
            Ok(acts)
        })
        .await?;
    for line in acts.iter().filter(|line| is_person(line.about.as_ref())) {
        officer.note("act-viewed", format!("act {}", line.id)).await?;
    }
    officer.visitor.page("acts/list", Content { acts })
}

/// Whether the page shows whose act it is: that goes into the journal.
fn is_person(about: Option<&About>) -> bool {
    matches!(about, Some(About::Person { .. }))
}

#[derive(Serialize)]
struct ActPage {
    id: i64,
    by: Option<String>,
    device: String,
    mine: bool,
    proposed_s: i64,
    expires_s: i64,
    other_body: usize,
    #[serde(flatten)]
    draft: Draft,
}

impl ActPage {
    fn new(officer: &OfficerVisitor, waiting: Waiting, about: Option<About>) -> Result<Self, Failure> {
        let (origin, id) = (officer.visitor.app.origin()?, officer.officer.account.id);
        let mut draft = Draft::new(&origin, id, &waiting.body)?.about(about);
        draft.action = format!("/acts/{}/join", waiting.id);
        "/acts".clone_into(&mut draft.back);
        Ok(Self {
            id: waiting.id,
            mine: waiting.first.account_id == Some(id),
            by: waiting.first.name,
            device: waiting.first.device,
            proposed_s: waiting.proposed_s,
            expires_s: waiting.expires_s,
            other_body: waiting.other_body,
            draft,
        })
    }
}

/// The act of this row, unless the officer may not sign its kind.
async fn find(officer: &OfficerVisitor, id: i64) -> Result<(Waiting, Option<About>), Error> {
    let app = &officer.visitor.app;
    let (origin, now_s, who) = (app.origin()?, app.now_s(), officer.officer.clone());
    app.read(move |conn| {
        let waiting = joint_act::find(conn, &origin, id, now_s)?;
        if !may(&who, &waiting.body) {
            return Err(Error::Forbidden);
        }
        let about = About::of(conn, &waiting.body, now_s)?;
        Ok((waiting, about))
    })
    .await
}

/// `GET /acts/{id}`: what would be recorded, for the second officer to sign, or to decline.
pub async fn show(officer: OfficerVisitor, id: Path<i64>) -> Result<HttpResponse, Failure> {
    match find(&officer, id.into_inner()).await {
        Ok((waiting, about)) => {
            if is_person(about.as_ref()) {
                officer.note("act-viewed", format!("act {}", waiting.id)).await?;
            }
            let page = ActPage::new(&officer, waiting, about)?;
            officer.visitor.page("acts/show", page)
        }
        // Entered, taken back or expired meanwhile: the list shows what is left.
        Err(Error::Conflict(problem)) => officer.visitor.go("/acts", FlashKind::Info, problem.key),
        Err(error) => Err(error.into()),
    }
}

/// `POST /acts`: the first signature; the act waits for the second. A refusal shows the same draft again.
pub async fn propose(officer: OfficerVisitor, form: Form<SignedForm>) -> Result<HttpResponse, Failure> {
    let app = &officer.visitor.app;
    let (origin, now_s, account_id) = (app.origin()?, app.now_s(), officer.officer.account.id);
    let act = form.parse(&origin)?;
    let body = act.body.clone();
    let action = action_of(&body).ok_or_else(|| Error::invalid("act-problem-malformed"))?;
    officer.check(action)?;
    let of = origin.clone();
    let proposed = app
        .write(move |conn| {
            let id = joint_act::propose(conn, &of, &act, Desk::Account(account_id), now_s)?;
            let subject = format!("act {id} {}", act.body.kind());
            let actor = Some(Subject::Account(account_id));
            journal::note(conn, now_s, actor, "act-proposed", &subject)?;
            Ok(id)
        })
        .await;
    let error = match proposed {
        Ok(id) => {
            let to = format!("/acts/{id}");
            return officer.visitor.go(&to, FlashKind::Good, "acts-flash-proposed");
        }
        Err(error) => error,
    };
    let Some(problem) = act::refusal(&error) else {
        return Err(error.into());
    };
    let words = officer.visitor.words(problem)?;
    let (shown, now_s) = (body.clone(), app.now_s());
    let about = app
        .read(move |conn| About::of(conn, &shown, now_s))
        .await
        .unwrap_or(None);
    let draft = Draft::new(&origin, account_id, &body)?
        .about(about)
        .refused(words);
    let status = Failure::from(error).status;
    officer.visitor.page_with(status, "election/draft", draft)
}

/// `POST /acts/{id}/join`: the second signature; the act comes into the ledger.
pub async fn join(
    officer: OfficerVisitor,
    id: Path<i64>,
    form: Form<SignedForm>,
) -> Result<HttpResponse, Failure> {
    let id = id.into_inner();
    let (waiting, about) = find(&officer, id).await?;
    let app = &officer.visitor.app;
    let (origin, now_s, account_id) = (app.origin()?, app.now_s(), officer.officer.account.id);
    let act = form.parse(&origin)?;
    let ([second], true) = (act.by.as_slice(), act.body == waiting.body) else {
        return Err(Error::invalid("act-problem-malformed").into());
    };
    let (second, kind) = (*second, waiting.body.kind().to_owned());
    let joined = app
        .write(move |conn| {
            let index = joint_act::join(conn, &origin, id, second, Desk::Account(account_id), now_s)?;
            let subject = format!("act {id} {kind}, entry {index}");
            let actor = Some(Subject::Account(account_id));
            journal::note(conn, now_s, actor, "act-joined", &subject)
        })
        .await;
    let error = match joined {
        Ok(()) => return officer.visitor.go("/acts", FlashKind::Good, "acts-flash-joined"),
        Err(error) => error,
    };
    let Some(problem) = act::refusal(&error) else {
        return Err(error.into());
    };
    let words = officer.visitor.words(problem)?;
    let mut page = ActPage::new(&officer, waiting, about)?;
    page.draft.problem = Some(words);
    let status: StatusCode = Failure::from(error).status;
    officer.visitor.page_with(status, "acts/show", page)
}

/// `POST /acts/{id}/withdraw`: the first officer takes the act back, or the second declines it.
pub async fn withdraw(officer: OfficerVisitor, id: Path<i64>) -> Result<HttpResponse, Failure> {
    let id = id.into_inner();
    let (waiting, _) = find(&officer, id).await?;
    let (now_s, account_id) = (officer.visitor.app.now_s(), officer.officer.account.id);
    officer
        .visitor
        .app
        .write(move |conn| {
            joint_act::withdraw(conn, id, now_s)?;
            let subject = format!("act {id} {}", waiting.body.kind());
            let actor = Some(Subject::Account(account_id));
            journal::note(conn, now_s, actor, "act-withdrawn", &subject)
        })
        .await?;
    officer
        .visitor
        .go("/acts", FlashKind::Good, "acts-flash-withdrawn")
}
