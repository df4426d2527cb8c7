//! `[mail]` and `[pec]`: the mail servers for e-mail and for certified e-mail. `[letters]`: where letters go. Each may be left
//! out as long as nothing wants one sent.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::reader::Reader;
use super::{Fault, files};
use crate::fetch::Authorities;
use crate::identity::EmailAddress;
use crate::messages::{
    LetterSpool, Letters, Mails, SmtpError, SmtpMails, SmtpSecurity, SmtpSettings, SmtpUser,
};

/// The longest that a mail server may take for a step, in milliseconds.
const LONGEST_WAIT: u64 = 60_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMail {
    host: Spanned<String>,
    port: Option<u16>,
    #[serde(default)]
    security: RawSecurity,
    user: Option<Spanned<String>>,
    password_file: Option<PathBuf>,
    from: Spanned<String>,
    ca: Option<PathBuf>,
    timeout_ms: Option<Spanned<u64>>,
    danger_plain: Option<Spanned<bool>>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum RawSecurity {
    #[default]
    Tls,
    StartTls,
}

/// `[mail]` or `[pec]`.
#[derive(Debug, Clone)]
pub struct MailSection {
    host: String,
    port: u16,
    security: SmtpSecurity,
    authorities: Authorities,
    user: Option<(String, PathBuf)>,
    from: EmailAddress,
    timeout: Duration,
}

impl MailSection {
    /// The mail server. Nothing is sent yet. `name` is whom e-mail is from.
    ///
    /// # Errors
    /// [`Fault`] names the file that cannot be used.
    pub fn open(&self, name: &str) -> Result<Arc<dyn Mails>, Fault> {
        let user = self
            .user
            .as_ref()
            .map(|(name, file)| {
                Ok(SmtpUser {
                    name: name.clone(),
                    password: files::token(file)?,
                })
            })
            .transpose()?;
        let settings = SmtpSettings {
            host: self.host.clone(),
            port: self.port,
            security: self.security,
            authorities: self.authorities.clone(),
            user,
            from: self.from.clone(),
            from_name: name.to_owned(),
            timeout: self.timeout,
        };
        let mails = SmtpMails::new(&settings).map_err(|error| self.fault(&error))?;
        Ok(Arc::new(mails))
    }

    fn fault(&self, error: &SmtpError) -> Fault {
        let file = match &self.authorities {
            Authorities::File(file) => file.as_path(),
            Authorities::System => self.host.as_ref(),
        };
        Fault::of_file(file, error.to_string())
    }
}

/// `[letters]`.
#[derive(Debug, Clone)]
pub struct LettersSection {
    /// The folder from which the print house takes them.
    pub spool: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLetters {
    spool: PathBuf,
}

impl LettersSection {
    /// The spool; its folder is made if it is not there.
    ///
    /// # Errors
    /// [`Fault`] names the folder when it cannot be made.
    pub fn open(&self) -> Result<Arc<dyn Letters>, Fault> {
        let spool = LetterSpool::open(&self.spool)
            .map_err(|error| Fault::of_file(&self.spool, format!("cannot be made: {error}")))?;
        Ok(Arc::new(spool))
    }
}

/// Nothing where the section is left out; `None` where something is wrong in it.
pub(super) fn read_letters(reader: &mut Reader<'_>) -> Option<Option<LettersSection>> {
    let raw: Option<RawLetters> = reader.optional("letters")?;
    Some(raw.map(|raw| LettersSection {
        spool: reader.path(raw.spool),
    }))
}

/// Nothing where the section is left out; `None` where something is wrong in it.
pub(super) fn read_mail(reader: &mut Reader<'_>, section: &str) -> Option<Option<MailSection>> {
    let raw: Option<RawMail> = reader.optional(section)?;
    let Some(raw) = raw else {
        return Some(None);
    };
    raw.read(reader).map(Some)
}

impl RawMail {
    fn read(self, reader: &mut Reader<'_>) -> Option<MailSection> {
        let mut valid = true;
        let mut fault = |span, message: &str| {
            reader.fault(span, message);
            valid = false;
        };
        let host = self.host.get_ref();
        let is_host = (1..=253).contains(&host.len())
            && host
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte));
        if !is_host {
            fault(self.host.span(), "`host` is the name of a mail server");
        }
        let from = EmailAddress::parse(self.from.get_ref());
        if let Err(error) = from {
            fault(self.from.span(), &format!("`from`: {error}"));
        }
        let danger = self
            .danger_plain
            .as_ref()
            .is_some_and(|plain| *plain.get_ref());
        let is_here = matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1");
        if let Some(plain) = self.danger_plain.as_ref().filter(|_| danger && !is_here) {
            let message = "`danger_plain` is for a mail server on this machine, for tests";
            fault(plain.span(), message);
        }
        let timeout = self.timeout_ms.as_ref().map_or(10_000, |ms| *ms.get_ref());
        if !(50..=LONGEST_WAIT).contains(&timeout) {
            let span = self
                .timeout_ms
                .as_ref()
                .map_or(self.host.span(), Spanned::span);
            fault(span, &format!("`timeout_ms` is from 50 to {LONGEST_WAIT}"));
        }
        if self.user.is_some() != self.password_file.is_some() {
            let span = self.user.as_ref().map_or(self.host.span(), Spanned::span);
            fault(span, "`user` and `password_file` belong together");
        }
        let from = from.ok().filter(|_| valid)?;
        let (security, port) = match self.security {
            _ if danger => (SmtpSecurity::DangerPlain, 25),
            RawSecurity::Tls => (SmtpSecurity::Tls, 465),
            RawSecurity::StartTls => (SmtpSecurity::StartTls, 587),
        };
        let user = self.user.map(Spanned::into_inner);
        let password = self.password_file.map(|file| reader.path(file));
        Some(MailSection {
            host: self.host.into_inner(),
            port: self.port.unwrap_or(port),
            security,
            authorities: match self.ca {
                Some(ca) => Authorities::File(reader.path(ca)),
                None => Authorities::System,
            },
            user: user.zip(password),
            from,
            timeout: Duration::from_millis(timeout),
        })
    }
}
