//! The words of one language: every `.ftl` file of its folder in one Fluent bundle, and the template function `t()`.
//! A missing key, a missing argument and a key said twice are errors, never text on a page.

use std::sync::Arc;

use fluent_bundle::FluentArgs;
use fluent_bundle::FluentResource;
use fluent_bundle::FluentValue;
use fluent_bundle::concurrent::FluentBundle;
use tera::Kwargs;
use tera::Number;
use tera::State;
use tera::Tera;
use tera::TeraResult;
use tera::Value;

use crate::render::Lang;
use crate::render::RenderError;
use crate::render::asset;
use crate::render::format;

/// The catalogue of one language, with another to ask when it lacks a key.
pub(super) struct Catalogue {
    bundle: FluentBundle<FluentResource>,
    fallback: Option<Arc<Catalogue>>,
}

impl Catalogue {
    /// Reads `locales/<lang>/*.ftl`.
    pub(super) fn load(lang: Lang, fallback: Option<Arc<Catalogue>>) -> Result<Self, RenderError> {
        // Both codes are valid tags; the default (`und`) would only cost plural rules.
        let mut bundle = FluentBundle::new_concurrent(vec![lang.code().parse().unwrap_or_default()]);
        // Isolation marks would end up in what people copy.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(match lang {
            Lang::Id => |value, _| grouped(value, Lang::Id),
            Lang::En => |value, _| grouped(value, Lang::En),
        }));
        for (file, source) in asset::catalogues(lang.code())? {
            let resource = match FluentResource::try_new(source) {
                Ok(resource) => resource,
                Err((_, errors)) => return Err(refuse(file, &errors)),
            };
            if let Err(errors) = bundle.add_resource(resource) {
                return Err(refuse(file, &errors));
            }
        }
        Ok(Self { bundle, fallback })
    }

    /// [`Catalogue::text`] with plain text arguments.
    pub(super) fn say(&self, key: &str, args: &[(&str, String)]) -> Result<String, String> {
        let mut named = FluentArgs::new();
        for (name, value) in args {
            named.set((*name).to_owned(), value.clone());
        }
        self.text(key, &named)
    }

    /// The text of a key (`key` or `key.attribute`) with its arguments, or what is wrong.
    pub(super) fn text(&self, key: &str, args: &FluentArgs<'_>) -> Result<String, String> {
        let (id, attribute) = match key.split_once('.') {
            Some((id, attribute)) => (id, Some(attribute)),
            None => (key, None),
        };
        let pattern = self.bundle.get_message(id).and_then(|message| {
            attribute.map_or_else(
                || message.value(),
                |name| message.get_attribute(name).map(|found| found.value()),
            )
        });
        match (pattern, &self.fallback) {
            (Some(pattern), _) => {
                let mut errors = Vec::new();
                let text = self.bundle.format_pattern(pattern, Some(args), &mut errors);
                match errors.first() {
                    None => Ok(text.into_owned()),
                    Some(error) => Err(format!("key {key}: {error}")),
                }
            }
            (None, Some(fallback)) => fallback.text(key, args),
            (None, None) => Err(format!("no key {key} in the catalogue")),
        }
    }
}

/// Numbers handed to a text come out grouped; plural rules still see the number.
fn grouped(value: &FluentValue<'_>, lang: Lang) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(format::decimal(number.value, lang)),
        _ => None,
    }
}

fn refuse<E: std::fmt::Display>(file: String, errors: &[E]) -> RenderError {
    let reason = errors.iter().map(E::to_string).collect::<Vec<_>>().join("; ");
    RenderError::Catalogue { file, reason }
}

/// Teaches templates `t(key="…", name=value, …)`. Its output is escaped like any other value.
pub(super) fn register(engine: &mut Tera, words: &Arc<Catalogue>) {
    let words = Arc::clone(words);
    engine.register_function("t", move |kwargs: Kwargs, _: &State| -> TeraResult<String> {
        let key = kwargs.must_get::<&str>("key")?;
        let mut args = FluentArgs::new();
        for (name, value) in kwargs.iter() {
            if let Some(name) = name.as_str().filter(|name| *name != "key") {
                args.set(name.to_owned(), argument(value));
            }
        }
        words.text(key, &args).map_err(tera::Error::message)
    });
}

/// A number stays a number (for plural rules), everything else is text.
fn argument(value: &Value) -> FluentValue<'static> {
    match value.as_number() {
        Some(Number::Float(number)) => FluentValue::from(number),
        Some(Number::Integer(number)) => match i64::try_from(number) {
            Ok(number) => FluentValue::from(number),
            Err(_) => FluentValue::from(number.to_string()),
        },
        _ => FluentValue::from(value.to_string()),
    }
}
