//! What every page is told besides its own content: who looks, where, and what just happened. `web` fills it.

use serde::Serialize;

use crate::render::Lang;

/// The variable `page` of every template.
#[derive(Clone, Debug, Serialize)]
pub struct PageFrame {
    /// The language of the page.
    pub lang: Lang,
    /// The path of the request, without its query; marks the current place in the navigation.
    pub path: String,
    /// Who is signed in.
    pub account: Option<Account>,
    /// Whether everything here is invented; every page then says so.
    pub demo: bool,
    /// What the request before this one did.
    pub flash: Option<Flash>,
    /// Whose portal this is.
    pub site: Site,
    /// What a person quotes when something went wrong.
    pub request_id: String,
}

/// Who is signed in, as far as the page's frame shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Account {
    /// The name to greet.
    pub name: String,
    /// The officer roles by their code: `hr`, `unit_head`, `examiner`, `auditor`, `operator`.
    pub roles: Vec<String>,
    /// Whether this person stands on a roster and may sign.
    pub signer: bool,
}

/// A message shown once, on the page after the act.
#[derive(Clone, Debug, Serialize)]
pub struct Flash {
    /// How it went.
    pub kind: FlashKind,
    /// The sentence, already in the reader's language.
    pub text: String,
}

/// How the act went; decides icon, word and colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FlashKind {
    /// Done.
    Good,
    /// To know.
    Info,
    /// Done, but look.
    Warning,
    /// Not done.
    Bad,
}

/// Whose portal this is.
#[derive(Clone, Debug, Serialize)]
pub struct Site {
    /// The ministry's full name.
    pub ministry_name: String,
    /// The host people see in the address bar.
    pub host: String,
}

/// A page's frame and its own content as one context: `{"page": frame, …content's fields}`.
///
/// ```
/// # use ikrar::render::*;
/// # let frame = PageFrame { lang: Lang::Id, path: "/".into(), account: None, demo: false, flash: None,
/// #     site: Site { ministry_name: "M".into(), host: "h".into() }, request_id: "r".into() };
/// #[derive(serde::Serialize)]
/// struct Content { status: u16 }
/// let page = Page { page: &frame, content: Content { status: 404 } };
/// assert!(Render::new().unwrap().page("error", Lang::Id, &page).is_ok());
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct Page<'a, C> {
    /// The frame, `page` in the template.
    pub page: &'a PageFrame,
    /// The page's own values, beside it.
    #[serde(flatten)]
    pub content: C,
}
