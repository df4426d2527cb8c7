//! Pieces of pages that many people share, rendered once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::language::Language;
use crate::policy::{Catalogue, Situation};

/// How many pieces are kept. There are few situations; a flood of strange ones only costs time.
const MOST: usize = 1024;

/// What is shown of a catalogue, for each situation and language. Everything is forgotten when another catalogue comes into
/// force.
#[derive(Default)]
pub(super) struct Fragments(Mutex<Held>);

#[derive(Default)]
struct Held {
    of: Option<Arc<Catalogue>>,
    pieces: HashMap<(Language, Situation), Arc<str>>,
}

impl Fragments {
    /// The piece for a situation, made by `make` if it is not there.
    pub(super) fn get(
        &self,
        catalogue: &Arc<Catalogue>,
        place: (Language, Situation),
        make: impl FnOnce() -> String,
    ) -> Arc<str> {
        if let Some(piece) = self.there(catalogue, &place) {
            return piece;
        }
        let piece: Arc<str> = make().into();
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held
            .of
            .as_ref()
            .is_some_and(|of| Arc::ptr_eq(of, catalogue))
        {
            if held.pieces.len() >= MOST {
                held.pieces.clear();
            }
            held.pieces.insert(place, Arc::clone(&piece));
        }
        piece
    }

    fn there(&self, catalogue: &Arc<Catalogue>, place: &(Language, Situation)) -> Option<Arc<str>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !held
            .of
            .as_ref()
            .is_some_and(|of| Arc::ptr_eq(of, catalogue))
        {
            held.pieces.clear();
            held.of = Some(Arc::clone(catalogue));
        }
        held.pieces.get(place).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Timestamp;
    use crate::policy::{DEFAULT_CATALOGUE, Facts};

    #[test]
    fn a_piece_is_made_once_for_each_language_and_anew_for_another_catalogue() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let catalogue = || Arc::new(Catalogue::parse(DEFAULT_CATALOGUE).unwrap());
        let (first, second) = (catalogue(), catalogue());
        let fragments = Fragments::default();
        let get = |catalogue: &Arc<Catalogue>, language: &str, text: &str| {
            let situation = catalogue.situation(&Facts::default(), now);
            let place = (Language::from_code(language).unwrap(), situation);
            fragments
                .get(catalogue, place, || text.to_owned())
                .to_string()
        };
        assert_eq!(get(&first, "it", "one"), "one");
        assert_eq!(get(&first, "it", "two"), "one");
        assert_eq!(get(&first, "en", "three"), "three");
        assert_eq!(get(&second, "it", "four"), "four");
        assert_eq!(get(&first, "it", "five"), "five");
    }
}
