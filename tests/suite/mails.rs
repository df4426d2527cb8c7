//! E-mail, with a mail server that is not ours (aiosmtpd) and when it does not do what is wanted.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use varco::fetch::Authorities;
use varco::identity::{EmailAddress, Redacted};
use varco::messages::{Mail, Mails as _, NotSent, SmtpMails, SmtpSecurity, SmtpSettings, SmtpUser};

use crate::support::mail_server::MailServer;

const USER: &str = "varco";
const PASSWORD: &str = "posta-di-prova";

/// An authority and a certificate of it for `localhost`, as files.
struct Certified {
    folder: tempfile::TempDir,
}

impl Certified {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority_key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "Posta di prova");
        let authority = params.self_signed(&authority_key).unwrap();
        let issuer = Issuer::new(params, authority_key);
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(["localhost".to_owned()])
            .unwrap()
            .signed_by(&key, &issuer)
            .unwrap();
        for (name, pem) in [
            ("ca.pem", authority.pem()),
            ("server.pem", certificate.pem()),
            ("server.key", key.serialize_pem()),
        ] {
            fs::write(folder.path().join(name), pem).unwrap();
        }
        Self { folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn server(&self, mode: &str) -> MailServer {
        let path = |name| self.file(name).into_os_string().into_string().unwrap();
        MailServer::with_tls(
            mode,
            &path("server.pem"),
            &path("server.key"),
            USER,
            PASSWORD,
        )
    }

    fn settings(&self, port: u16, security: SmtpSecurity) -> SmtpSettings {
        SmtpSettings {
            host: "localhost".to_owned(),
            port,
            security,
            authorities: Authorities::File(self.file("ca.pem")),
            user: Some(SmtpUser {
                name: USER.to_owned(),
                password: Redacted::new(PASSWORD.to_owned()),
            }),
            from: EmailAddress::parse("non-rispondere@istituto.example").unwrap(),
            from_name: "Istituto di prova".to_owned(),
            timeout: Duration::from_secs(20),
        }
    }
}

fn plain(port: u16) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".to_owned(),
        authorities: Authorities::System,
        user: None,
        ..Certified::new().settings(port, SmtpSecurity::DangerPlain)
    }
}

fn mail_to(address: &str) -> Mail {
    Mail {
        to: EmailAddress::parse(address).unwrap(),
        subject: "La prima metà del tuo PIN".to_owned(),
        text: Redacted::new(format!(
            "La metà è: ABCD EFGH\n\nPerché è arrivata? {}\n.\nFine.\n",
            "Una riga molto lunga. ".repeat(60)
        )),
        language: "it".to_owned(),
        at: "2020-05-04T08:30:00Z".parse().unwrap(),
        reference: "M-7f3k9q".to_owned(),
    }
}

#[tokio::test]
async fn a_mail_arrives_whole_over_tls_and_over_starttls_from_whoever_we_say_we_are() {
    let certified = Certified::new();
    for (mode, security) in [
        ("tls", SmtpSecurity::Tls),
        ("starttls", SmtpSecurity::StartTls),
    ] {
        let mut server = certified.server(mode);
        let mails = SmtpMails::new(&certified.settings(server.port, security)).unwrap();
        let mail = mail_to("maria.bianchi@example.org");
        mails.send(&mail).await.unwrap();
        let taken = server.taken();
        assert_eq!(taken["tls"], true, "{mode}");
        assert_eq!(taken["authenticated"], true, "{mode}");
        assert_eq!(taken["from"], "non-rispondere@istituto.example");
        assert_eq!(
            taken["to"],
            serde_json::json!(["maria.bianchi@example.org"])
        );
        assert_eq!(taken["defects"], serde_json::json!([]));
        // On its way a line ends as lines of mail do.
        let text = taken["text"].as_str().unwrap().replace("\r\n", "\n");
        assert_eq!(text.trim_end(), mail.text.expose().trim_end());
        let header = |name: &str| taken["headers"][name].as_str().unwrap().to_owned();
        assert_eq!(header("subject"), mail.subject);
        assert_eq!(
            header("from"),
            "Istituto di prova <non-rispondere@istituto.example>"
        );
        assert_eq!(header("message-id"), "<M-7f3k9q@istituto.example>");
        assert_eq!(header("auto-submitted"), "auto-generated");
        assert_eq!(header("content-language"), "it");
        assert!(header("date").starts_with("Mon, 04 May 2020 08:30:00"));
    }
}

#[tokio::test]
async fn one_connection_carries_mail_after_mail() {
    let mut server = MailServer::plain();
    let mails = SmtpMails::new(&plain(server.port)).unwrap();
    for _ in 0..3 {
        mails.send(&mail_to("a@example.org")).await.unwrap();
    }
    let [first, second, third] = [server.taken(), server.taken(), server.taken()];
    assert_eq!(first, second);
    assert_eq!(second, third);
}

#[tokio::test]
async fn a_refusal_says_whether_another_time_may_help_and_never_names_the_recipient() {
    let server = MailServer::plain();
    let mails = SmtpMails::new(&plain(server.port)).unwrap();
    for (address, code) in [
        ("a@refused.example", "mail-refused"),
        ("a@later.example", "mail-put-off"),
    ] {
        let sent = mails.send(&mail_to(address)).await;
        assert_eq!(sent, Err(NotSent(code)));
    }
    // Whoever comes after a refusal is served.
    mails.send(&mail_to("a@example.org")).await.unwrap();
}

#[tokio::test]
async fn a_server_that_others_vouch_for_gets_neither_mail_nor_password() {
    let certified = Certified::new();
    let mut server = certified.server("tls");
    let others = Certified::new();
    for settings in [
        SmtpSettings {
            authorities: Authorities::File(others.file("ca.pem")),
            ..certified.settings(server.port, SmtpSecurity::Tls)
        },
        // The certificate bears another name.
        SmtpSettings {
            host: "127.0.0.1".to_owned(),
            ..certified.settings(server.port, SmtpSecurity::Tls)
        },
    ] {
        let sent = SmtpMails::new(&settings)
            .unwrap()
            .send(&mail_to("a@example.org"))
            .await;
        assert!(
            matches!(sent, Err(NotSent("mail-tls" | "mail-connection"))),
            "{sent:?}"
        );
    }
    let good = SmtpMails::new(&certified.settings(server.port, SmtpSecurity::Tls)).unwrap();
    let mut mail = mail_to("a@example.org");
    mail.reference = "M-good".to_owned();
    good.send(&mail).await.unwrap();
    let id = server.taken()["headers"]["message-id"].clone();
    assert_eq!(id, "<M-good@istituto.example>");
}

#[tokio::test]
async fn a_server_without_starttls_is_not_spoken_to_in_the_clear() {
    let certified = Certified::new();
    let server = MailServer::plain();
    let mails = SmtpMails::new(&certified.settings(server.port, SmtpSecurity::StartTls)).unwrap();
    let sent = mails.send(&mail_to("a@example.org")).await;
    assert!(sent.is_err(), "{sent:?}");
}

#[tokio::test]
async fn a_wrong_password_and_a_server_that_is_not_there_are_told_apart() {
    let certified = Certified::new();
    let server = certified.server("tls");
    let wrong = SmtpSettings {
        user: Some(SmtpUser {
            name: USER.to_owned(),
            password: Redacted::new("wrong".to_owned()),
        }),
        ..certified.settings(server.port, SmtpSecurity::Tls)
    };
    let sent = SmtpMails::new(&wrong)
        .unwrap()
        .send(&mail_to("a@example.org"))
        .await;
    assert_eq!(sent, Err(NotSent("mail-refused")));
    let gone = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = gone.local_addr().unwrap().port();
    drop(gone);
    let sent = SmtpMails::new(&plain(port))
        .unwrap()
        .send(&mail_to("a@example.org"))
        .await;
    assert_eq!(sent, Err(NotSent("mail-connection")));
}

#[tokio::test]
async fn a_text_cannot_add_headers_or_recipients() {
    let mut server = MailServer::plain();
    let mails = SmtpMails::new(&plain(server.port)).unwrap();
    let mail = Mail {
        subject: "PIN\r\nBcc: eve@example.net".to_owned(),
        text: Redacted::new("x\r\n.\r\nMAIL FROM:<eve@example.net>\r\n".to_owned()),
        ..mail_to("a@example.org")
    };
    mails.send(&mail).await.unwrap();
    let taken = server.taken();
    assert_eq!(taken["to"], serde_json::json!(["a@example.org"]));
    assert!(taken["headers"].get("bcc").is_none(), "{taken}");
    assert!(taken["text"].as_str().unwrap().contains("MAIL FROM"));
    let odd = Mail {
        reference: "x>\r\nBcc: eve@example.net".to_owned(),
        ..mail_to("a@example.org")
    };
    assert_eq!(mails.send(&odd).await, Err(NotSent("mail-reference")));
}
