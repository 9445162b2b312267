//! The embedded folders: templates, catalogues, and the files a browser fetches with their fingerprint.
//! How long a browser may keep them is the web's business.

use std::borrow::Cow;
use std::sync::Arc;

use rust_embed::Embed;
use sha2::Digest;
use sha2::Sha256;
use tera::Kwargs;
use tera::State;
use tera::Tera;
use tera::TeraResult;

use crate::render::RenderError;

#[derive(Embed)]
#[folder = "templates/"]
#[include = "*.html"]
#[include = "*.txt"]
struct TemplateFolder;

#[derive(Embed)]
#[folder = "locales/"]
#[include = "*.ftl"]
struct LocaleFolder;

#[derive(Embed)]
#[folder = "assets/"]
#[exclude = "*.md"]
struct AssetFolder;

/// A file for the browser.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its content.
    pub bytes: Cow<'static, [u8]>,
    /// Its media type, with the character set where it is text.
    pub mime: &'static str,
    /// A strong entity tag with its quotes (RFC 9110 §8.8.3): the content's SHA-256.
    pub etag: String,
}

/// The files for the browser under one fingerprint.
pub(super) struct Assets {
    build: String,
}

impl Assets {
    /// Takes the fingerprint: SHA-256 over every path and content hash, the first 16 hex digits.
    pub(super) fn new() -> Self {
        let mut paths: Vec<_> = AssetFolder::iter().collect();
        paths.sort();
        let mut hasher = Sha256::new();
        for path in paths {
            if let Some(file) = AssetFolder::get(&path) {
                hasher.update(path.as_bytes());
                hasher.update([0]);
                hasher.update(file.metadata.sha256_hash());
            }
        }
        let build = hex::encode(hasher.finalize()).chars().take(16).collect();
        Self { build }
    }

    pub(super) fn build(&self) -> &str {
        &self.build
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("/assets/{}/{path}", self.build)
    }

    #[expect(
        clippy::unused_self,
        reason = "the folder is embedded; that the files belong to this build is what the receiver says"
    )]
    pub(super) fn get(&self, path: &str) -> Option<Asset> {
        let mime = media_type(path)?;
        let file = AssetFolder::get(path)?;
        Some(Asset {
            etag: format!("\"{}\"", hex::encode(file.metadata.sha256_hash())),
            bytes: file.data,
            mime,
        })
    }
}

/// Only the kinds we ship; anything else in the folder is not served.
fn media_type(path: &str) -> Option<&'static str> {
    match path.rsplit_once('.')?.1 {
        "css" => Some("text/css; charset=utf-8"),
        "js" | "mjs" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "png" => Some("image/png"),
        "ico" => Some("image/x-icon"),
        "txt" => Some("text/plain; charset=utf-8"),
        _ => None,
    }
}

/// Teaches templates `asset(path="css/portal.css")`; a file that is not there is an error.
pub(super) fn register(engine: &mut Tera, assets: &Arc<Assets>) {
    let assets = Arc::clone(assets);
    engine.register_function("asset", move |kwargs: Kwargs, _: &State| -> TeraResult<String> {
        let path = kwargs.must_get::<&str>("path")?;
        if assets.get(path).is_none() {
            return Err(tera::Error::message(format!("there is no assets/{path}")));
        }
        Ok(assets.url(path))
    });
}

/// Every template by its path below `templates/`.
pub(super) fn templates() -> Result<Vec<(String, String)>, RenderError> {
    let read = |path: Cow<'static, str>| {
        TemplateFolder::get(&path).map(|file| Ok((path.to_string(), text(&path, &file.data)?)))
    };
    TemplateFolder::iter().filter_map(read).collect()
}

/// Every catalogue file of one language, with its path below `locales/`.
pub(super) fn catalogues(code: &str) -> Result<Vec<(String, String)>, RenderError> {
    let folder = format!("{code}/");
    let read = |path: Cow<'static, str>| {
        LocaleFolder::get(&path).map(|file| Ok((path.to_string(), text(&path, &file.data)?)))
    };
    LocaleFolder::iter()
        .filter(|path| path.starts_with(&folder))
        .filter_map(read)
        .collect()
}

fn text(path: &str, bytes: &[u8]) -> Result<String, RenderError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err(RenderError::NotText(path.to_owned())),
    }
}
