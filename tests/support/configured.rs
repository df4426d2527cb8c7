//! A folder with everything that a configuration names, as `varco serve` finds it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use chrono::Utc;
use varco::cli::{Output, run};
use varco::crypto::certificate::{SpidSubject, spid_certificate, to_pem};
use varco::crypto::encoding::base64;
use varco::crypto::{SigningKey, SystemRandom};

use super::keys;

pub const ORIGIN: &str = "http://127.0.0.1:18080";
pub const PROVIDER: &str = "https://idp.example";

/// What a command wrote and how it ended.
pub struct Ran {
    pub code: ExitCode,
    pub out: String,
    pub err: String,
}

impl Ran {
    #[track_caller]
    pub fn expect(&self, code: u8) -> &Self {
        let expected = format!("{:?}", ExitCode::from(code));
        let ended = format!("{:?}", self.code);
        assert_eq!(ended, expected, "{}\n{}", self.out, self.err);
        self
    }
}

/// Runs `varco` with these arguments, in this process.
pub fn varco(arguments: &[&str]) -> Ran {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut output = Output {
        out: &mut out,
        err: &mut err,
    };
    let code = run(["varco"].iter().chain(arguments), &mut output);
    Ran {
        code,
        out: String::from_utf8(out).unwrap(),
        err: String::from_utf8(err).unwrap(),
    }
}

/// A complete configuration of a small body, by plain HTTP on loopback.
pub struct Configured {
    folder: tempfile::TempDir,
}

impl Configured {
    pub fn new() -> Self {
        let configured = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        configured.write("varco.toml", CONFIGURATION);
        configured.write("spid.key.pem", &keys::gateway_rsa().to_pem());
        let certificate = certificate(keys::gateway_rsa(), ORIGIN);
        configured.write("spid.pem", &to_pem(&certificate));
        configured.write("idp.xml", &provider_metadata());
        configured.write(
            "providers.toml",
            &format!(
                "[[provider]]\nname = \"Alfa\"\nentity_id = \"{PROVIDER}\"\nhighest_level = 2\n"
            ),
        );
        varco(&["keys", "openid", "--out", &configured.path("es256.pem")]).expect(0);
        for secret in ["subject.secret", "store.key"] {
            varco(&["keys", "secret", "--out", &configured.path(secret)]).expect(0);
        }
        configured
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, name: &str) -> String {
        self.folder().join(name).to_str().unwrap().to_owned()
    }

    pub fn database(&self) -> PathBuf {
        self.folder().join("data/varco.db")
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder().join(name), text).unwrap();
    }

    pub fn remove(&self, name: &str) {
        std::fs::remove_file(self.folder().join(name)).unwrap();
    }

    /// Changes the configuration file.
    pub fn change(&self, old: &str, new: &str) {
        let text = std::fs::read_to_string(self.path("varco.toml")).unwrap();
        assert!(text.contains(old), "{old}");
        self.write("varco.toml", &text.replacen(old, new, 1));
    }

    /// Runs a command with this configuration.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let config = self.path("varco.toml");
        varco(&[arguments, &["--config", &config]].concat())
    }
}

/// A certificate as SPID wants a service provider's to be, of yesterday and for a year.
pub fn certificate(key: &SigningKey, entity_id: &str) -> Vec<u8> {
    certificate_for(key, entity_id, 365)
}

/// The same, ending so many days after yesterday.
pub fn certificate_for(key: &SigningKey, entity_id: &str, days: u64) -> Vec<u8> {
    let subject = SpidSubject {
        common_name: "Istituto di prova".to_owned(),
        organization_name: "Istituto di prova".to_owned(),
        ipa_code: "prova".to_owned(),
        entity_id: entity_id.to_owned(),
        country: "IT".to_owned(),
        locality: "Roma".to_owned(),
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "commands run by the machine's clock"
    )]
    let yesterday = (Utc::now() - chrono::Duration::days(1)).timestamp();
    spid_certificate(
        &subject,
        key,
        yesterday.try_into().unwrap(),
        Duration::from_secs(days * 24 * 60 * 60),
        &SystemRandom,
    )
    .unwrap()
}

fn provider_metadata() -> String {
    let certificate = base64(&certificate(keys::provider_rsa(), PROVIDER));
    format!(
        r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{PROVIDER}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{PROVIDER}/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>"#
    )
}

const CONFIGURATION: &str = r#"
[server]
public_url = "http://127.0.0.1:18080"
listen = "127.0.0.1:0"
danger_allow_http = true

[telemetry]
listen = "127.0.0.1:0"

[organization]
name = { it = "Istituto di prova", en = "Test institute" }
display_name = { it = "Istituto di prova", en = "Test institute" }
site = "https://istituto.example"
support = "mailto:aiuto@istituto.example"

[spid]
entity_id = "http://127.0.0.1:18080"
key = "spid.key.pem"
certificate = "spid.pem"
providers = "providers.toml"

[[spid.metadata]]
path = "idp.xml"

[spid.contact]
ipa_code = "prova"
email = "spid@istituto.example"

[openid]
es256_key = "es256.pem"
subject_secret = "subject.secret"

[store]
data = "data"
key = "store.key"
"#;
