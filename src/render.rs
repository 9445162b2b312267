//! Pages and mails from embedded templates and catalogues: values in, text out.
//!
//! Templates (`templates/`), words (`locales/`) and files for the browser (`assets/`) are embedded in a release and
//! read from the working copy in a debug build. What a page says is in the catalogues, what it looks like in the
//! templates and `assets/css/portal.css`; `templates/README.md` tells how to write one. No HTTP here, no database, no
//! clock: the doors hand over values and send what comes back.

use std::sync::Arc;

use serde::Serialize;
use tera::Context;
use tera::Tera;

mod asset;
mod catalogue;
mod format;
mod frame;
mod moment;
#[cfg(test)]
mod tests;

pub use asset::Asset;
pub use format::groups;
pub use format::number;
pub use format::percent;
pub use frame::Account;
pub use frame::Flash;
pub use frame::FlashKind;
pub use frame::Page;
pub use frame::PageFrame;
pub use frame::Site;
pub use moment::date;
pub use moment::datetime;
pub use moment::deadline;

use asset::Assets;
use catalogue::Catalogue;

/// A language the portal speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Indonesian, the language of the pact and of every page.
    #[default]
    Id,
    /// English; what it does not have yet is said in Indonesian.
    En,
}

impl Lang {
    /// The BCP 47 tag, which is also the catalogue's folder.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::En => "en",
        }
    }
}

/// Why a page or a mail could not be made. None of these is the visitor's doing.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A template does not parse, or its values do not fit it.
    #[error("template: {0}")]
    Template(#[from] tera::Error),
    /// A catalogue does not parse, or says one thing twice.
    #[error("catalogue {file}: {reason}")]
    Catalogue {
        /// The file below `locales/`.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A sentence is missing, or lacks an argument.
    #[error("words: {0}")]
    Words(String),
    /// An embedded file is not UTF-8.
    #[error("{0} is not UTF-8")]
    NotText(String),
    /// A mail's subject came out with more than one line, or none.
    #[error("the subject of mail {0} is not a single line")]
    Subject(String),
}

/// A mail's three parts, ready for the transport.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// One line, not escaped.
    pub subject: String,
    /// The plain text, not escaped.
    pub text: String,
    /// The same as HTML, escaped.
    pub html: String,
}

/// Everything that turns values into pages. Made once, shared by all threads.
pub struct Render {
    indonesian: Tera,
    english: Tera,
    indonesian_words: Arc<Catalogue>,
    english_words: Arc<Catalogue>,
    assets: Arc<Assets>,
}

impl Render {
    /// Reads and checks every template and catalogue; a mistake in one of them is an error here, not on a page.
    pub fn new() -> Result<Self, RenderError> {
        let assets = Arc::new(Assets::new());
        let indonesian_words = Arc::new(Catalogue::load(Lang::Id, None)?);
        let indonesian = engine(Lang::Id, &indonesian_words, &assets)?;
        let english_words = Arc::new(Catalogue::load(Lang::En, Some(Arc::clone(&indonesian_words)))?);
        let english = engine(Lang::En, &english_words, &assets)?;
        Ok(Self {
            indonesian,
            english,
            indonesian_words,
            english_words,
            assets,
        })
    }

    /// One sentence of the catalogues, for what is said outside a template.
    pub fn text(&self, lang: Lang, key: &str, args: &[(&str, String)]) -> Result<String, RenderError> {
        let words = match lang {
            Lang::Id => &self.indonesian_words,
            Lang::En => &self.english_words,
        };
        words.say(key, args).map_err(RenderError::Words)
    }

    /// Renders `templates/page/<name>.html`, escaped.
    pub fn page(&self, name: &str, lang: Lang, context: &impl Serialize) -> Result<String, RenderError> {
        let context = Context::from_serialize(context)?;
        self.file(&format!("page/{name}.html"), lang, &context)
    }

    /// Renders the three parts in `templates/mail/<name>/`. Only `body.html` is escaped.
    pub fn mail(&self, name: &str, lang: Lang, context: &impl Serialize) -> Result<Mail, RenderError> {
        let context = Context::from_serialize(context)?;
        let part = |part: &str| self.file(&format!("mail/{name}/{part}"), lang, &context);
        let subject = part("subject.txt")?.trim().to_owned();
        if subject.is_empty() || subject.chars().any(char::is_control) {
            return Err(RenderError::Subject(name.to_owned()));
        }
        Ok(Mail {
            subject,
            text: part("body.txt")?,
            html: part("body.html")?,
        })
    }

    /// The file `assets/<path>`, if there is one.
    pub fn asset(&self, path: &str) -> Option<Asset> {
        self.assets.get(path)
    }

    /// The URL of `assets/<path>`: `/assets/<build>/<path>`. One prefix for the whole build, so that ES modules can
    /// import one another by relative path.
    pub fn asset_url(&self, path: &str) -> String {
        self.assets.url(path)
    }

    /// The part of an asset's URL that changes whenever any asset does. A URL that holds it may be cached for ever.
    pub fn build(&self) -> &str {
        self.assets.build()
    }

    fn file(&self, name: &str, lang: Lang, context: &Context) -> Result<String, RenderError> {
        let engine = match lang {
            Lang::Id => &self.indonesian,
            Lang::En => &self.english,
        };
        Ok(engine.render(name, context)?)
    }
}

/// A template engine for one language: `t()` and the formats know it without being told.
fn engine(lang: Lang, words: &Arc<Catalogue>, assets: &Arc<Assets>) -> Result<Tera, RenderError> {
    let mut engine = Tera::new();
    engine.autoescape_on([".html"]);
    catalogue::register(&mut engine, words);
    asset::register(&mut engine, assets);
    format::register(&mut engine, lang);
    moment::register(&mut engine, lang);
    engine.add_raw_templates(asset::templates()?)?;
    Ok(engine)
}
