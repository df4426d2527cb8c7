//! E-mail by a mail server (RFC 5321), over TLS from the first byte (RFC 8314) or after STARTTLS.
//!
//! TLS is never optional: a server that does not offer it is not spoken to. The certificate is checked against the
//! authorities of the settings, and against no others.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use lettre::message::header::{
    ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue,
};
use lettre::message::{Mailbox, SinglePart};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    Certificate, CertificateStore, Tls, TlsParameters, TlsVersion,
};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, PoolConfig};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use super::{Mail, Mails, NotSent};
use crate::fetch::{Authorities, NoAuthorities};
use crate::identity::{EmailAddress, Redacted};
use crate::store::BoxFuture;

/// Connections to one mail server at a time, and how long one stays open unused.
const MOST_CONNECTIONS: u32 = 4;
const IDLE: Duration = Duration::from_secs(30);

/// How the connection is made secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// TLS from the first byte (RFC 8314, 3.3).
    Tls,
    /// Plain, then TLS (RFC 3207), or nothing.
    StartTls,
    /// None at all. Only to this machine, for tests.
    DangerPlain,
}

/// Who we are to the mail server.
#[derive(Debug, Clone)]
pub struct SmtpUser {
    /// The name.
    pub name: String,
    /// The password.
    pub password: Redacted<String>,
}

/// How a mail server is spoken to.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its name, which its certificate has to bear.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is made secret.
    pub security: SmtpSecurity,
    /// Who vouches for it.
    pub authorities: Authorities,
    /// Who we are to it, where it wants to know.
    pub user: Option<SmtpUser>,
    /// The address that e-mail comes from.
    pub from: EmailAddress,
    /// The name that e-mail comes from.
    pub from_name: String,
    /// How long each step may take.
    pub timeout: Duration,
}

/// Settings that make no mail server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SmtpError {
    /// Nobody could vouch for the server.
    #[error(transparent)]
    Authorities(#[from] NoAuthorities),
    /// TLS cannot be set up.
    #[error("TLS to the mail server cannot be set up")]
    Tls,
    /// The address that e-mail comes from cannot be used.
    #[error("the address that e-mail comes from cannot be used")]
    From,
}

/// The mail server at the other end.
pub struct SmtpMails {
    settings: AsyncSmtpTransportBuilder,
    /// Made of the settings when the first mail goes out: its pool of connections begins work of its own, for which a runtime
    /// has to be there, and `varco check` has none.
    transport: OnceLock<AsyncSmtpTransport<Tokio1Executor>>,
    from: Mailbox,
    /// Where the ids of our messages are unique: the host of our address.
    id_host: String,
}

impl SmtpMails {
    /// A mail server that is spoken to so. Nothing is sent yet.
    ///
    /// # Errors
    /// [`SmtpError`] when the settings make none.
    pub fn new(settings: &SmtpSettings) -> Result<Self, SmtpError> {
        let from: Address = settings
            .from
            .expose()
            .parse()
            .map_err(|_| SmtpError::From)?;
        let id_host = from.domain().to_owned();
        let tls = match settings.security {
            SmtpSecurity::Tls => Tls::Wrapper(tls(settings)?),
            SmtpSecurity::StartTls => Tls::Required(tls(settings)?),
            SmtpSecurity::DangerPlain => Tls::None,
        };
        let pool = PoolConfig::new()
            .max_size(MOST_CONNECTIONS)
            .idle_timeout(IDLE);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls)
            .hello_name(ClientId::Domain(id_host.clone()))
            .timeout(Some(settings.timeout))
            .pool_config(pool);
        if let Some(user) = &settings.user {
            let credentials = Credentials::new(user.name.clone(), user.password.expose().clone());
            builder = builder
                .credentials(credentials)
                .authentication(vec![Mechanism::Plain, Mechanism::Login]);
        }
        Ok(Self {
            settings: builder,
            transport: OnceLock::new(),
            from: Mailbox::new(Some(settings.from_name.clone()), from),
            id_host,
        })
    }

    async fn hand_over(&self, mail: &Mail) -> Result<(), NotSent> {
        let message = self.message(mail)?;
        let transport = self.transport.get_or_init(|| self.settings.clone().build());
        match transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => Err(NotSent(code(&error))),
        }
    }

    fn message(&self, mail: &Mail) -> Result<Message, NotSent> {
        let to: Address = mail
            .to
            .expose()
            .parse()
            .map_err(|_| NotSent("mail-address"))?;
        if !super::spool::is_reference(&mail.reference) {
            return Err(NotSent("mail-reference"));
        }
        let body = SinglePart::builder()
            .header(ContentType::TEXT_PLAIN)
            // Lines stay whole and letters with accents arrive, whatever lies between.
            .header(ContentTransferEncoding::QuotedPrintable)
            .body(mail.text.expose().clone());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject.clone())
            .date(SystemTime::from(mail.at))
            .message_id(Some(format!("<{}@{}>", mail.reference, self.id_host)))
            .header(AutoSubmitted)
            .header(ContentLanguage(mail.language.clone()))
            .singlepart(body)
            .map_err(|_| NotSent("mail-message"))
    }
}

impl Mails for SmtpMails {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), NotSent>> {
        Box::pin(self.hand_over(mail))
    }
}

/// TLS with our authorities alone.
fn tls(settings: &SmtpSettings) -> Result<TlsParameters, SmtpError> {
    let mut tls = TlsParameters::builder(settings.host.clone())
        .certificate_store(CertificateStore::None)
        .set_min_tls_version(TlsVersion::Tlsv12);
    for authority in settings.authorities.certificates()? {
        let authority = Certificate::from_der(authority.to_vec()).map_err(|_| SmtpError::Tls)?;
        tls = tls.add_root_certificate(authority);
    }
    tls.build_rustls().map_err(|_| SmtpError::Tls)
}

/// What went wrong, in a word that names nobody: a server's own words may repeat the address.
fn code(error: &lettre::transport::smtp::Error) -> &'static str {
    if error.is_permanent() {
        "mail-refused"
    } else if error.is_transient() {
        "mail-put-off"
    } else if error.is_timeout() {
        "mail-timeout"
    } else if error.is_tls() {
        "mail-tls"
    } else if error.is_client() || error.is_response() {
        "mail-protocol"
    } else {
        "mail-connection"
    }
}

/// Says that a program wrote it, so that no other program answers (RFC 3834, 5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The language (RFC 3282).
#[derive(Clone)]
struct ContentLanguage(String);

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}
