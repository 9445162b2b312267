//! Complaints for examiners: the list, and one complaint beside its candidates.
//!
//! Taking complaints in is in [`intake`], who sends them in [`authority`], answering in [`decide`], which ones are gone through in
//! [`queue`], what the pages show in `view`. A proposal is worded as a proposal everywhere: no machine decides about a person
//! (UU 27/2022).

use actix_web::HttpResponse;
use actix_web::web::Path;
use actix_web::web::Query;
use serde::Deserialize;

use crate::domain::role::Action;
use crate::web::error::Failure;
use crate::web::extract::OfficerVisitor;

pub mod authority;
pub mod decide;
pub mod intake;
pub mod queue;
mod view;

use queue::Queue;
use view::Asked;
use view::CasePage;
use view::FieldError;
use view::Sizes;
use view::Typed;

/// Complaints on one page of the list.
const PAGE: i64 = 50;

/// The list's address: what is shown, and which page.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    page: String,
    #[serde(flatten)]
    queue: Queue,
}

/// `GET /complaints`: the list for examiners, figures alone for whoever may only see those.
pub async fn list(officer: OfficerVisitor, query: Query<ListQuery>) -> Result<HttpResponse, Failure> {
    let people = officer.officer.may(Action::ViewComplaints, None);
    if !people {
        officer.check(Action::ViewComplaintFigures)?;
    }
    let ListQuery { page, queue } = query.into_inner();
    let app = officer.visitor.app.clone();
    let overdue_days = app.config().complaints.overdue_days;
    let sizes = Sizes {
        page: page.parse().unwrap_or(1),
        page_size: PAGE,
        overdue_days,
        due_s: queue::due_s(app.now_s(), overdue_days),
        may_decide: officer.officer.may(Action::DecideComplaints, None),
    };
    let page = officer
        .visitor
        .app
        .read(move |conn| {
            let roster = people.then(|| app.rosters().current(conn)).transpose()?;
            view::list(conn, queue, roster.as_deref(), &sizes)
        })
        .await?;
    if people {
        officer.note("complaints-listed", String::new()).await?;
    }
    officer.visitor.page("complaint/list", page)
}

/// What a page of one complaint may be asked to show besides.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct CaseQuery {
    /// Whom to look for by hand.
    #[serde(default)]
    find: String,
    #[serde(default)]
    complainant: String,
    /// Number of a proposal that a newer one replaced.
    #[serde(default)]
    past: String,
    #[serde(flatten)]
    queue: Queue,
}

/// `GET /complaints/{id}`.
pub async fn show(
    officer: OfficerVisitor,
    id: Path<i64>,
    query: Query<CaseQuery>,
) -> Result<HttpResponse, Failure> {
    officer.check(Action::ViewComplaints)?;
    let query = query.into_inner();
    let complainant = query.complainant == "show";
    if complainant {
        officer.check(Action::ViewComplainant)?;
    }
    let searched = !query.find.trim().is_empty();
    let typed = Typed {
        find: query.find,
        complainant,
        ..Typed::default()
    };
    let past = query.past.parse().ok();
    let page = load(&officer, *id, past, query.queue, typed, Vec::new()).await?;
    let action = match (complainant, searched) {
        (true, _) => "complainant-viewed",
        (false, true) => "people-searched",
        (false, false) => "complaint-viewed",
    };
    officer.note(action, format!("complaint {id}")).await?;
    officer.visitor.page("complaint/show", page)
}

async fn load(
    officer: &OfficerVisitor,
    id: i64,
    past: Option<i64>,
    queue: Queue,
    typed: Typed,
    errors: Vec<FieldError>,
) -> Result<CasePage, Failure> {
    let app = officer.visitor.app.clone();
    let asked = Asked {
        id,
        account_id: officer.officer.account.id,
        may_decide: officer.officer.may(Action::DecideComplaints, None),
        two: app.config().complaints.two_examiners,
        past,
        queue,
        typed,
        errors,
    };
    let page = officer
        .visitor
        .app
        .read(move |conn| {
            let roster = app.rosters().current(conn)?;
            view::case(conn, &roster, asked)
        })
        .await?;
    Ok(page)
}
