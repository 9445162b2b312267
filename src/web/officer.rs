//! Officers: the operator's list with keys to approve and to end, and each officer's own key page. Absent: sign-in.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Form;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;

use crate::app;
use crate::app::App;
use crate::app::keys;
use crate::domain::role::Action;
use crate::domain::role::Role;
use crate::domain::text::base64_array;
use crate::render::FlashKind;
use crate::service::Error;
use crate::service::Problem;
use crate::service::access::Subject;
use crate::service::journal;
use crate::service::officer;
use crate::service::officer::OfficerKey;
use crate::service::officer::OfficerView;
use crate::web::act;
use crate::web::act::Draft;
use crate::web::act::SignedForm;
use crate::web::election::FieldError;
use crate::web::election::field_errors;
use crate::web::error::Failure;
use crate::web::extract::OfficerVisitor;

/// The officers' roles as checkboxes.
const ROLES: [(&str, Role); 5] = [
    ("role_hr", Role::Hr),
    ("role_unit_head", Role::UnitHead),
    ("role_examiner", Role::Examiner),
    ("role_auditor", Role::Auditor),
    ("role_operator", Role::Operator),
];

#[derive(Serialize)]
struct KeyView {
    key: String,
    device: String,
    state: String,
    requested_s: i64,
    leaf_index: Option<i64>,
}

impl From<&OfficerKey> for KeyView {
    fn from(key: &OfficerKey) -> Self {
        Self {
            key: crate::ledger::encoding::encode_base64(&key.public_key),
            device: key.device.clone(),
            state: key.state.clone(),
            requested_s: key.requested_s,
            leaf_index: key.leaf_index,
        }
    }
}

#[derive(Serialize)]
struct OfficerLine {
    id: i64,
    email: String,
    name: String,
    disabled: bool,
    me: bool,
    /// Role and the unit it holds for.
    roles: Vec<(String, String)>,
    keys: Vec<KeyView>,
}

impl OfficerLine {
    fn new(view: &OfficerView, me: i64) -> Self {
        Self {
            id: view.account.id,
            email: view.account.email.clone(),
            name: view.account.name.clone(),
            disabled: view.account.disabled_s.is_some(),
            me: view.account.id == me,
            roles: view
                .roles
                .iter()
                .map(|(role, unit)| (role.clone(), unit.replace('\u{1f}', " › ")))
                .collect(),
            keys: view.keys.iter().map(KeyView::from).collect(),
        }
    }
}

/// What the form for a new officer holds.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct AddForm {
    email: String,
    name: String,
    unit: String,
    role_hr: String,
    role_unit_head: String,
    role_examiner: String,
    role_auditor: String,
    role_operator: String,
}

impl AddForm {
    fn roles(&self) -> Vec<Role> {
        let ticked = [
            &self.role_hr,
            &self.role_unit_head,
            &self.role_examiner,
            &self.role_auditor,
            &self.role_operator,
        ];
        ROLES
            .iter()
            .zip(ticked)
            .filter(|(_, ticked)| !ticked.is_empty())
            .map(|((_, role), _)| *role)
            .collect()
    }

    fn unit_path(&self) -> String {
        let parts: Vec<&str> = self.unit.split(['>', '›']).map(str::trim).collect();
        parts.join("\u{1f}").trim_matches('\u{1f}').to_owned()
    }

    fn faults(&self) -> Vec<(&'static str, Problem)> {
        let mut faults = Vec::new();
        if self.email.trim().parse::<lettre::Address>().is_err() {
            faults.push(("email", Problem::new("officer-problem-email")));
        }
        if self.name.trim().is_empty() {
            faults.push(("name", Problem::new("officer-problem-name")));
        }
        if self.roles().is_empty() {
            faults.push(("role_hr", Problem::new("officer-problem-role")));
        }
        faults
    }
}

async fn page(
    officer: &OfficerVisitor,
    status: StatusCode,
    form: AddForm,
    errors: Vec<FieldError>,
) -> Result<HttpResponse, Failure> {
    #[derive(Serialize)]
    struct Content {
        officers: Vec<OfficerLine>,
        pending: usize,
        form: AddForm,
        errors: Vec<FieldError>,
    }
    officer.note("officers-viewed", String::new()).await?;
    let views = officer.visitor.app.read(officer::list_views).await?;
    let me = officer.officer.account.id;
    let officers: Vec<OfficerLine> = views.iter().map(|view| OfficerLine::new(view, me)).collect();
    let pending = officers
        .iter()
        .flat_map(|line| &line.keys)
        .filter(|key| key.state == "pending")
        .count();
    officer.visitor.page_with(
        status,
        "officer/list",
        Content {
            officers,
            pending,
            form,
            errors,
        },
    )
}

/// `GET /officers`.
pub async fn list(officer: OfficerVisitor) -> Result<HttpResponse, Failure> {
    officer.check(Action::ManageOfficers)?;
    page(&officer, StatusCode::OK, AddForm::default(), Vec::new()).await
}

/// `POST /officers`: a new officer, or more roles for one; a sign-in mail is queued.
pub async fn add(officer: OfficerVisitor, form: Form<AddForm>) -> Result<HttpResponse, Failure> {
    officer.check(Action::ManageOfficers)?;
    let (app, form) = (&officer.visitor.app, form.into_inner());
    let mut faults = form.faults();
    if faults.is_empty() {
        let (wanted, now_s) = (form.clone(), app.now_s());
        let actor = Some(Subject::Account(officer.officer.account.id));
        let added = app
            .write(move |conn| {
                let (email, name) = (wanted.email.trim(), wanted.name.trim());
                let id = officer::add(conn, email, name, &wanted.roles(), &wanted.unit_path(), now_s)?;
                journal::note(conn, now_s, actor, "officer-added", &format!("account {id}"))
            })
            .await;
        match added {
            Ok(()) => {
                return officer
                    .visitor
                    .go("/officers", FlashKind::Good, "office-flash-added");
            }
            Err(Error::Invalid(problem) | Error::Conflict(problem)) => faults.push(("email", problem)),
            Err(error) => return Err(error.into()),
        }
    }
    let errors = field_errors(&officer.visitor, &faults)?;
    page(&officer, StatusCode::UNPROCESSABLE_ENTITY, form, errors).await
}

/// Which key, and what is to become of it.
#[derive(Deserialize)]
pub struct KeyForm {
    key: String,
    #[serde(default)]
    end: String,
}

/// `POST /officers/draft`: the act that puts a key in force or ends it.
pub async fn draft(officer: OfficerVisitor, form: Form<KeyForm>) -> Result<HttpResponse, Failure> {
    officer.check(Action::ApproveKeys)?;
    let app = &officer.visitor.app;
    let key = base64_array(&form.key).map_err(Failure::malformed)?;
    let (nonce, ends) = (app::random()?, !form.end.is_empty());
    let body = app
        .read(move |conn| {
            if ends {
                officer::draft_end(conn, key, nonce)
            } else {
                officer::draft_approval(conn, key, nonce)
            }
        })
        .await?;
    let draft = Draft::new(&app.origin()?, officer.officer.account.id, &body)?;
    officer.visitor.page("election/draft", draft)
}

/// `POST /officers/act`.
pub async fn enter(officer: OfficerVisitor, form: Form<SignedForm>) -> Result<HttpResponse, Failure> {
    officer.check(Action::ApproveKeys)?;
    let app = &officer.visitor.app;
    let (origin, now_s) = (app.origin()?, app.now_s());
    let act = form.parse(&origin)?;
    let (body, of) = (act.body.clone(), origin.clone());
    let actor = Some(Subject::Account(officer.officer.account.id));
    let entered = app
        .write(move |conn| {
            let index = officer::enter_key(conn, &of, act, now_s)?;
            journal::note(conn, now_s, actor, "key-entered", &format!("entry {index}"))
        })
        .await;
    match entered {
        Ok(()) => officer
            .visitor
            .go("/officers", FlashKind::Good, "office-flash-key"),
        Err(error) => {
            let Some(problem) = act::refusal(&error) else {
                return Err(error.into());
            };
            let words = officer.visitor.words(problem)?;
            let draft = Draft::new(&origin, officer.officer.account.id, &body)?.refused(words);
            officer
                .visitor
                .page_with(Failure::from(error).status, "election/draft", draft)
        }
    }
}

/// `POST /officers/{id}/disable`. Nobody switches the own account off.
pub async fn disable(officer: OfficerVisitor, id: Path<i64>) -> Result<HttpResponse, Failure> {
    officer.check(Action::ManageOfficers)?;
    let (id, now_s) = (id.into_inner(), officer.visitor.app.now_s());
    if id == officer.officer.account.id {
        return Err(Error::conflict("officer-problem-self").into());
    }
    let actor = Some(Subject::Account(officer.officer.account.id));
    officer
        .visitor
        .app
        .write(move |conn| {
            officer::disable(conn, id, now_s)?;
            journal::note(conn, now_s, actor, "officer-disabled", &format!("account {id}"))
        })
        .await?;
    officer
        .visitor
        .go("/officers", FlashKind::Good, "office-flash-disabled")
}

/// `GET /key`: the officer's own keys, and the way to make one in this browser.
pub async fn key(officer: OfficerVisitor) -> Result<HttpResponse, Failure> {
    #[derive(Serialize)]
    struct Content {
        account_id: i64,
        keys: Vec<KeyView>,
    }
    let id = officer.officer.account.id;
    let keys = officer
        .visitor
        .app
        .read(move |conn| Ok(officer::list_keys_of(conn, id)?))
        .await?;
    let content = Content {
        account_id: id,
        keys: keys.iter().map(KeyView::from).collect(),
    };
    officer.visitor.page("officer/key", content)
}

/// The key that an officer's browser made.
#[derive(Deserialize)]
pub struct NewKeyForm {
    key: String,
    #[serde(default)]
    device: String,
}

/// `POST /key`. In a demo the installation's own officer key approves it at once, since nobody else is there to.
pub async fn request_key(officer: OfficerVisitor, form: Form<NewKeyForm>) -> Result<HttpResponse, Failure> {
    let app = &officer.visitor.app;
    let key = base64_array(&form.key).map_err(Failure::malformed)?;
    let (id, now_s, device) = (officer.officer.account.id, app.now_s(), form.device.clone());
    let state = app
        .write(move |conn| {
            officer::request_key(conn, id, key, device.trim(), now_s)?;
            let actor = Some(Subject::Account(id));
            journal::note(conn, now_s, actor, "key-requested", &format!("account {id}"))?;
            Ok(officer::find_key(conn, &key)?.map(|known| known.state))
        })
        .await?;
    if app.config().demo && state.as_deref() == Some("pending") {
        approve_in_demo(app, key).await?;
        return officer
            .visitor
            .go("/key", FlashKind::Good, "office-flash-key-demo");
    }
    officer
        .visitor
        .go("/key", FlashKind::Good, "office-flash-key-asked")
}

async fn approve_in_demo(app: &App, key: [u8; 32]) -> Result<(), Failure> {
    let by = keys::load_key(&app.keys().folder.join(keys::OFFICER_KEY)).map_err(Error::internal)?;
    let (origin, nonce, now_s) = (app.origin()?, app::random()?, app.now_s());
    app.write(move |conn| officer::approve_with(conn, &origin, key, &by, nonce, now_s))
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_new_officer_is_at_its_field() {
        let fields: Vec<&str> = AddForm::default().faults().iter().map(|(f, _)| *f).collect();
        assert_eq!(fields, ["email", "name", "role_hr"]);
        let form = AddForm {
            email: " op@example.go.id".to_owned(),
            name: "Operator".to_owned(),
            role_operator: "yes".to_owned(),
            unit: "Sekretariat › Biro > Bagian".to_owned(),
            ..AddForm::default()
        };
        assert!(form.faults().is_empty());
        assert_eq!(form.roles(), [Role::Operator]);
        assert_eq!(form.unit_path(), "Sekretariat\u{1f}Biro\u{1f}Bagian");
    }
}
