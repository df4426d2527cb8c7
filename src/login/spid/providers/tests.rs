//! The list of providers, with the real metadata beside the repository.

use super::*;

fn folder() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["../shared", "../../shared"]
        .into_iter()
        .map(|shared| root.join(shared).join("idp-metadata"))
        .find(|folder| folder.is_dir())
        .expect("shared/idp-metadata stands beside the repository")
}

fn now() -> Timestamp {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

fn catalogue() -> ProviderCatalogue {
    ProviderCatalogue::parse(DEFAULT_PROVIDERS).unwrap()
}

fn real() -> Providers {
    let path = folder().join("registry-spid-entities-idps-2025-11-25.xml");
    let loaded = load_metadata(&[path], None, now()).unwrap();
    assert_eq!(loaded.refused, []);
    Providers::new(catalogue(), loaded.providers)
}

#[test]
fn the_nine_providers_of_the_published_table_are_listed_with_their_levels_in_its_order() {
    let providers = Providers::new(catalogue(), []);
    let table: Vec<(&str, u8)> = providers
        .all()
        .iter()
        .map(|provider| (provider.name.as_str(), provider.highest.digit()))
        .collect();
    assert_eq!(
        table,
        [
            ("Aruba", 3),
            ("InfoCert", 2),
            ("IntesaID", 2),
            ("Lepida", 2),
            ("Namirial", 2),
            ("Poste", 3),
            ("Sielte", 2),
            ("Register.it", 2),
            ("TIM id", 2),
        ]
    );
}

#[test]
fn the_nine_are_offered_with_the_real_registry_but_for_the_one_that_left() {
    let providers = real();
    let level = RequiredAssurance(AssuranceLevel::Substantial);
    let (offered, others) = providers.offered(level);
    let names: Vec<&str> = offered.iter().map(|p| p.name.as_str()).collect();
    for name in [
        "Aruba",
        "InfoCert",
        "Lepida",
        "Namirial",
        "Poste",
        "Sielte",
        "Register.it",
        "TIM id",
    ] {
        assert!(names.contains(&name), "{name}");
    }
    // Four providers of the registry are not in the table.
    assert_eq!(offered.len(), 12);
    assert_eq!(others.len(), 1);
    assert_eq!(others[0].0.name, "IntesaID");
    assert_eq!(others[0].1, NotOffered::NoMetadata);
}

#[test]
fn a_provider_that_cannot_reach_the_level_is_not_offered_and_the_reason_is_given() {
    let providers = real();
    let (offered, others) = providers.offered(RequiredAssurance(AssuranceLevel::High));
    let names: Vec<&str> = offered.iter().map(|p| p.name.as_str()).collect();
    assert!(names.starts_with(&["Aruba", "Poste"]), "{names:?}");
    let sielte = others.iter().find(|(p, _)| p.name == "Sielte").unwrap();
    assert_eq!(
        sielte.1,
        NotOffered::LevelOutOfReach {
            highest: AssuranceLevel::Substantial
        }
    );
    // TeamSystem is not in the table: its own metadata say level 2.
    assert!(
        others
            .iter()
            .any(|(p, _)| p.entity_id == "https://spid.teamsystem.com/idp")
    );
}

#[test]
fn metadata_of_a_folder_are_read_and_one_provider_in_two_files_is_an_error() {
    let errors = load_metadata(&[folder()], None, now()).unwrap_err();
    assert!(
        errors
            .iter()
            .all(|error| matches!(error, MetadataFileError::Repeated { .. }))
    );
    let missing = load_metadata(&[folder().join("none.xml")], None, now()).unwrap_err();
    assert!(matches!(missing[..], [MetadataFileError::Io { .. }]));
}

#[test]
fn a_folder_of_one_file_a_provider_is_read_whole() {
    let copy = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with("2025-11-25_") {
            std::fs::copy(&path, copy.path().join(name)).unwrap();
        }
    }
    std::fs::write(copy.path().join("README.md"), "no metadata").unwrap();
    let loaded = load_metadata(&[copy.path().to_owned()], None, now()).unwrap();
    assert_eq!(loaded.providers.len(), 12);
}

#[test]
fn a_list_with_a_mistake_is_refused_whole() {
    let entry =
        "[[provider]]\nname = \"A\"\nentity_id = \"https://a.example\"\nhighest_level = 2\n";
    assert!(ProviderCatalogue::parse(entry).is_ok());
    for (text, expected) in [
        (entry.replace("= 2", "= 4"), "highest_level"),
        (entry.repeat(2), "twice"),
        (entry.replace("name", "nome"), "nome"),
    ] {
        let error = ProviderCatalogue::parse(&text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
