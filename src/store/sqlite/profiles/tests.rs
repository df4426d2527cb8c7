use std::path::PathBuf;

use super::*;
use crate::archive::MOST_PROFILES;
use crate::crypto::SystemRandom;
use crate::identity::FiscalCode;

const ANNA: &str = "RSSMRA80A01H501U";
const LUCA: &str = "PRVNNA85C55F205D";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("profiles.db")
    }

    fn import(&self, rows: &[(&str, Is)]) -> Summary {
        let import = self.staged(rows);
        let summary = import.summary().unwrap();
        import.commit().unwrap();
        summary
    }

    fn staged(&self, rows: &[(&str, Is)]) -> ProfileImport {
        let mut import =
            ProfileImport::begin(&self.path(), keys(1), Arc::new(SystemRandom)).unwrap();
        for (line, (code, is)) in (2..).zip(rows) {
            import.add(line, &person(code), is).unwrap();
        }
        assert_eq!(import.conflicts().unwrap(), []);
        import
    }

    async fn standing(&self, code: &str) -> Result<Standing, ArchiveError> {
        self.standing_with(keys(1), code).await
    }

    async fn standing_with(&self, keys: ProfileKeys, code: &str) -> Result<Standing, ArchiveError> {
        let table = ProfileTable::open(&self.path(), keys).unwrap();
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        table.standing(&person(code), now).await
    }

    fn sql(&self, text: &str) {
        let connection = Connection::open(self.path()).unwrap();
        connection.execute_batch(text).unwrap();
    }
}

fn keys(secret: u8) -> ProfileKeys {
    ProfileKeys::derive(&[secret; 32])
}

fn person(code: &str) -> PersonKey {
    PersonKey::FiscalCode(FiscalCode::parse(code).unwrap())
}

fn acts_for(category: Category, code: &str, name: &str) -> Is {
    Is::professional(&profile(category, code, name))
}

fn profile(category: Category, code: &str, name: &str) -> Profile {
    Profile::new(category, Some(Organisation::new(code, name).unwrap())).unwrap()
}

fn personal(category: Category) -> Is {
    Is::personal(category).unwrap()
}

#[tokio::test]
async fn what_was_imported_is_what_the_archive_says() {
    let folder = Folder::new();
    let consultant = Profile::new(Category::Intermediary, None).unwrap();
    folder.import(&[
        (ANNA, personal(Category::Pensioner)),
        (ANNA, Is::professional(&consultant)),
        (
            ANNA,
            acts_for(Category::Company, "01234567897", "Alfa S.r.l."),
        ),
        (
            ANNA,
            acts_for(Category::Company, "09876543217", "Beta S.p.A."),
        ),
        (LUCA, personal(Category::Unemployed)),
    ]);
    let anna = folder.standing(ANNA).await.unwrap();
    let expected = Standing::new(
        [Category::Pensioner],
        [
            consultant,
            profile(Category::Company, "01234567897", "Alfa S.r.l."),
            profile(Category::Company, "09876543217", "Beta S.p.A."),
        ],
    );
    assert_eq!(anna.personal(), expected.personal());
    for profile in expected.profiles() {
        assert!(anna.profiles().contains(profile), "{profile:?}");
    }
    assert_eq!(anna.profiles().len(), 3);
    let stranger = folder.standing("SMPMRA70L02H501P").await.unwrap();
    assert_eq!(stranger, Standing::citizen());
}

#[tokio::test]
async fn an_import_takes_the_place_of_the_one_before_and_counts_what_it_changes() {
    let folder = Folder::new();
    let alfa = |name| acts_for(Category::Company, "01234567897", name);
    let first = folder.import(&[
        (ANNA, alfa("Alfa")),
        (ANNA, personal(Category::Pensioner)),
        (LUCA, personal(Category::Unemployed)),
    ]);
    assert_eq!((first.before, first.added, first.after), (0, 3, 3));
    let second = folder.import(&[
        (ANNA, alfa("Alfa in liquidazione")),
        (ANNA, personal(Category::Pensioner)),
        (LUCA, personal(Category::WorkerPrivate)),
    ]);
    let expected = Summary {
        before: 3,
        after: 3,
        added: 1,
        changed: 1,
        removed: 1,
    };
    assert_eq!(second, expected);
    let anna = folder.standing(ANNA).await.unwrap();
    assert_eq!(
        anna.profiles()[0].organisation().unwrap().name(),
        "Alfa in liquidazione"
    );
    let luca = folder.standing(LUCA).await.unwrap();
    assert!(luca.personal().contains(Category::WorkerPrivate));
    assert!(!luca.personal().contains(Category::Unemployed));
}

#[tokio::test]
async fn an_import_that_is_not_committed_changes_nothing() {
    let folder = Folder::new();
    folder.import(&[(ANNA, personal(Category::Pensioner))]);
    let import = folder.staged(&[(LUCA, personal(Category::Unemployed))]);
    assert_eq!(import.summary().unwrap().removed, 1);
    // Whoever asks meanwhile sees what there was.
    let anna = folder.standing(ANNA).await.unwrap();
    assert!(anna.personal().contains(Category::Pensioner));
    drop(import);
    assert_eq!(folder.standing(LUCA).await.unwrap(), Standing::citizen());
    assert_eq!(folder.standing(ANNA).await.unwrap(), anna);
}

#[test]
fn lines_that_contradict_each_other_are_told_with_their_numbers() {
    let folder = Folder::new();
    let mut import = ProfileImport::begin(&folder.path(), keys(1), Arc::new(SystemRandom)).unwrap();
    let twice = acts_for(Category::Company, "1", "Alfa");
    let renamed = acts_for(Category::Company, "1", "Beta");
    import.add(2, &person(ANNA), &twice).unwrap();
    import.add(3, &person(LUCA), &twice).unwrap();
    import.add(4, &person(ANNA), &renamed).unwrap();
    for number in 0..=u32::try_from(MOST_PROFILES).unwrap() {
        let is = acts_for(Category::Bank, &number.to_string(), "Gamma");
        import.add(10 + number, &person(LUCA), &is).unwrap();
    }
    let too_many = Conflict::TooMany {
        line: 10 + u32::try_from(MOST_PROFILES).unwrap(),
        profiles: u32::try_from(MOST_PROFILES).unwrap() + 2,
    };
    assert_eq!(
        import.conflicts().unwrap(),
        [Conflict::Twice { first: 2, line: 4 }, too_many]
    );
}

#[test]
fn the_file_names_nobody_and_no_organisation() {
    let folder = Folder::new();
    folder.import(&[(
        ANNA,
        acts_for(Category::Company, "01234567897", "Alfa S.r.l."),
    )]);
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(folder.0.path()).unwrap() {
        bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    let holds = |text: &str| {
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    assert!(holds("company"));
    for text in [ANNA, "01234567897", "Alfa"] {
        assert!(!holds(text), "{text}");
    }
}

#[tokio::test]
async fn a_row_that_was_made_or_moved_without_the_key_opens_nothing() {
    let make = || {
        let folder = Folder::new();
        folder.import(&[
            (ANNA, personal(Category::Pensioner)),
            (LUCA, acts_for(Category::Company, "1", "Alfa")),
        ]);
        folder
    };
    for change in [
        // Anna takes Luca's profile, by copy and by renaming.
        "INSERT INTO profile SELECT (SELECT person FROM profile WHERE category = 'pensioner'), category, organisation, tag, sealed FROM profile WHERE category = 'company'",
        "UPDATE profile SET category = 'bank' WHERE category = 'pensioner'",
        "UPDATE profile SET sealed = x'01' WHERE category = 'pensioner'",
    ] {
        let folder = make();
        folder.sql(change);
        let refused = folder.standing(ANNA).await;
        assert_eq!(
            refused,
            Err(ArchiveError::Unusable("table-changed")),
            "{change}"
        );
    }
    // Under another key the table has nobody.
    let folder = make();
    let other = folder.standing_with(keys(2), ANNA).await;
    assert_eq!(other, Ok(Standing::citizen()));
}

#[tokio::test]
async fn a_table_that_cannot_be_read_is_unavailable_and_nobody_is_guessed() {
    let folder = Folder::new();
    folder.import(&[(ANNA, personal(Category::Pensioner))]);
    folder.sql("DROP TABLE profile");
    let refused = folder.standing(ANNA).await;
    assert_eq!(refused, Err(ArchiveError::Unavailable("table-unreadable")));
}
