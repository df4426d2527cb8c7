//! `[cie]`: what it must say, and every fault of it with its line.

use std::path::Path;

use varco::config::{Config, ConfigErrors};
use varco::identity::{AssuranceLevel, AuthenticationMethod};
use varco::protocol::saml::cie_metadata::CieNature;

const EXAMPLE: &str = include_str!("../../docs/varco.example.toml");

fn parse(text: &str) -> Result<Config, ConfigErrors> {
    Config::parse(text, Path::new("varco.toml"), Path::new("/etc/varco"))
}

/// Where the section and its tables stand in the example.
fn section() -> (usize, usize) {
    let start = EXAMPLE.find("[cie.saml]\n").unwrap();
    let end = EXAMPLE.find("# Logins with a smart card (CNS)").unwrap();
    (start, end)
}

/// The example with a text of the section in place of another.
fn changed(old: &str, new: &str) -> String {
    let (start, end) = section();
    let part = &EXAMPLE[start..end];
    assert!(part.contains(old), "{old}");
    let part = part.replacen(old, new, 1);
    format!("{}{part}{}", &EXAMPLE[..start], &EXAMPLE[end..])
}

#[test]
fn the_example_has_cie_and_without_the_section_there_is_none() {
    let config = parse(EXAMPLE).unwrap();
    assert!(config.ways_in().contains(AuthenticationMethod::Cie));
    let saml = config.cie.unwrap().saml.unwrap();
    assert_eq!(saml.entity_id, "https://accesso.istituto.example/cie");
    assert_eq!(saml.trusted_level_cap, AssuranceLevel::High);
    assert_eq!(saml.metadata, Path::new("/etc/varco/cie/ministero.xml"));
    assert_eq!(saml.fingerprints.len(), 1);
    assert_eq!(saml.administrative.municipality, "H501");
    // The name of the body is byte for byte that of `[organization]`.
    assert_eq!(saml.administrative.company, config.organization.name.it);
    assert!(saml.technical.is_none());

    let (start, end) = section();
    let without = format!("{}{}", &EXAMPLE[..start], &EXAMPLE[end..]);
    let config = parse(&without).unwrap();
    assert!(config.cie.is_none());
    assert!(!config.ways_in().contains(AuthenticationMethod::Cie));
}

#[test]
fn a_partner_is_private_unless_it_has_an_ipa_code() {
    let partner = "[cie.saml.technical]\ncompany = \"Officine Esempio S.p.A.\"\nfiscal_code = \"12345678903\"\nnace2_codes = [\"62.01.00\"]\nmunicipality = \"F205\"\nemail = \"tecnici@officine.example\"\n";
    let with = |partner: &str| {
        let (_, end) = section();
        format!("{}{partner}\n{}", &EXAMPLE[..end], &EXAMPLE[end..])
    };
    let technical = |text: &str| parse(text).unwrap().cie.unwrap().saml.unwrap().technical;
    let private = technical(&with(partner)).unwrap();
    assert_eq!(private.nature, CieNature::Private);
    let public = partner.replace("fiscal_code", "ipa_code");
    let public = technical(&with(&public)).unwrap();
    assert!(matches!(public.nature, CieNature::Public { .. }));
    let unnumbered = partner.replace("nace2_codes = [\"62.01.00\"]\n", "");
    let errors = parse(&with(&unnumbered)).unwrap_err();
    assert!(errors.to_string().contains("nace2_codes"), "{errors}");
}

#[test]
fn every_fault_of_the_section_is_told_with_its_line() {
    for (old, new, says) in [
        (
            "entity_id = \"https://accesso.istituto.example/cie\"",
            "entity_id = \"istituto\"",
            "`entity_id` is not an absolute address",
        ),
        (
            "fingerprint = \"00112233",
            "fingerprint = \"0x112233",
            "SHA-256 digest",
        ),
        (
            "municipality = \"H501\"",
            "municipality = \"Roma\"",
            "Belfiore",
        ),
        (
            "ipa_code = \"ist_es\"",
            "ipa_code = \"ist es\"",
            "`ipa_code`",
        ),
        (
            "email = \"cie@istituto.example\"",
            "email = \"istituto\"",
            "`email`",
        ),
        (
            "telephone = \"+390612345678\"",
            "telephone = \"06 12345678\"",
            "`telephone`",
        ),
        (
            "metadata_url = \"https://idserver",
            "metadata_url = \"http://idserver",
            "`https` address",
        ),
        (
            "trusted_level_cap = \"high\"",
            "trusted_level_cap = \"highest\"",
            "unknown variant",
        ),
        (
            "trusted_level_cap = \"high\"",
            "trusted_level_cap = \"below-low\"",
            "unknown variant",
        ),
        (
            "trusted_level_cap = \"high\"",
            "unsolicited = true",
            "unknown field",
        ),
    ] {
        let text = changed(old, new);
        let errors = parse(&text).unwrap_err();
        let [fault] = errors.faults() else {
            panic!("{old}: {errors}");
        };
        assert!(fault.message.contains(says), "{fault}");
        let at = text.lines().position(|line| line.contains(new)).unwrap() + 1;
        assert_eq!(fault.line, Some(at), "{fault}");
    }
    let long = format!(
        "entity_id = \"https://accesso.istituto.example/{}\"",
        "x".repeat(1024)
    );
    let errors = parse(&changed(
        "entity_id = \"https://accesso.istituto.example/cie\"",
        &long,
    ));
    assert!(errors.unwrap_err().to_string().contains("1024"));
    let without = changed("municipality = \"H501\"", "");
    let errors = parse(&without).unwrap_err();
    assert!(errors.to_string().contains("municipality"), "{errors}");
}
