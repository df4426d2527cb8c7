//! What every page has around its content.

use crate::http::language::Language;
use crate::http::settings::Settings;
use crate::http::static_files;
use crate::http::visit::Visit;

/// The frame of a page: header, language switch, footer.
pub struct Layout<'a> {
    /// The texts.
    pub texts: Language,
    /// The title, without the organization's name.
    pub title: String,
    /// Whose gateway it is.
    pub settings: &'a Settings,
    /// The folder of style sheets, fonts and icons.
    pub files: String,
    /// The languages to switch to.
    pub languages: Vec<LanguageLink>,
}

/// An entry of the language switch.
pub struct LanguageLink {
    /// The language.
    pub language: Language,
    /// Its own name for itself.
    pub name: String,
    /// The address of the page in it.
    pub href: String,
    /// Whether the page is in it already.
    pub is_current: bool,
}

impl<'a> Layout<'a> {
    /// The frame for a page called `title`.
    #[must_use]
    pub fn new(visit: &'a Visit, title: String) -> Self {
        let mut languages: Vec<LanguageLink> = Language::all()
            .map(|language| LanguageLink {
                language,
                name: language.say("language-name"),
                href: visit.in_language(language),
                is_current: language == visit.language,
            })
            .collect();
        languages.sort_by_key(|link| link.language != Language::default());
        Self {
            texts: visit.language,
            title,
            settings: visit.gateway.settings(),
            files: static_files::folder(),
            languages,
        }
    }
}
