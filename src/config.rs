//! The configuration: one TOML file, one file here a section.
//!
//! In: the file. Out: a [`Config`] that is valid whole, or every fault of it at once, each with its line and what to do;
//! a half-read configuration is never used. Unknown keys are faults, and a key that gives up safety begins with
//! `danger_`. Paths in the file are relative to its folder. [`build()`] then reads what the paths name and puts the gateway
//! together. Layer 6: uses everything.

mod archives;
mod authzen;
mod build;
mod cie;
mod cns;
mod desk;
mod fault;
mod federation;
mod files;
mod forward_auth;
mod mail;
mod messages;
mod openid;
mod organization;
mod outgoing;
mod pin;
mod reader;
mod reload;
mod relying_party;
mod remote;
mod server;
mod services;
mod session;
mod settled;
mod spid;
mod store;
mod telemetry;
mod upstream;

use std::path::{Path, PathBuf};

use crate::desk::Operators;
use crate::downstream::authzen::Callers;
use crate::http::settings::Settings;
use crate::identity::{AuthenticationMethod, Methods};
use crate::policy::Catalogue;
use crate::session::SessionLimits;

pub use archives::{ArchivesSection, HttpArchivesSection};
pub use build::{Built, Ports, build};
pub use cie::{CieEncryption, CieSamlSection, CieSection};
pub use cns::{
    AnchorsWatch, CardListener, CardProxySection, CnsSection, ListInForce, ListSection,
    LoadedTrust, OldCardsSection, ProxyAddress, RevocationSection, TrustLook, TrustSection,
};
pub use fault::{ConfigErrors, Fault};
pub use federation::{
    FederationSection, FolderError, KeyFolder, KeysLook, KeysWatch, MarksLook, MarksWatch,
    TrustAnchorSection,
};
pub use forward_auth::ForwardAuthSection;
pub use mail::{LettersSection, MailSection};
pub use messages::TextMessagesSection;
pub use openid::OpenIdSection;
pub use organization::{OrganizationSection, Texts};
pub use outgoing::Outgoing;
pub use pin::PinSection;
pub use reload::{Look, ServicesWatch};
pub use relying_party::OpenIdProvidersSection;
pub use remote::Remote;
pub use server::{ServerSection, Tls};
pub use services::ServicesFile;
pub use spid::{MetadataSource, SpidSection};
pub use store::StoreSection;
pub use telemetry::{LogFormat, TelemetrySection};
pub use upstream::UpstreamSection;

use reader::Reader;

/// A valid configuration.
#[derive(Debug)]
pub struct Config {
    /// `[server]`: where people reach the gateway.
    pub server: ServerSection,
    /// `[telemetry]`: health, metrics and logs.
    pub telemetry: TelemetrySection,
    /// `[organization]`: whose gateway it is.
    pub organization: OrganizationSection,
    /// `[spid]`: the SPID service provider.
    pub spid: SpidSection,
    /// `[cie]`: logins with CIE, where there are any.
    pub cie: Option<CieSection>,
    /// `[federation]`: our own entity in a federation, where we are in one.
    pub federation: Option<FederationSection>,
    /// `[cns]`: logins with a smart card, where there are any.
    pub cns: Option<CnsSection>,
    /// `[openid]`: the OpenID Provider and its applications.
    pub openid: OpenIdSection,
    /// `[forward_auth]`: applications behind a proxy.
    pub forward_auth: ForwardAuthSection,
    /// `[[authzen.caller]]`: who may ask for decisions.
    pub callers: Callers,
    /// `[[desk.operator]]`: who works at the desk.
    pub operators: Operators,
    /// `[services]`: the catalogue.
    pub catalogue: Catalogue,
    /// The file that the catalogue was read from; `None` for the one that comes with Varco.
    pub services_file: Option<ServicesFile>,
    /// `[store]`: where data live.
    pub store: StoreSection,
    /// `[archives]`: who people are.
    pub archives: ArchivesSection,
    /// `[text_messages]`: who sends text messages, where somebody does.
    pub text_messages: Option<TextMessagesSection>,
    /// `[mail]`: who sends e-mail, where somebody does.
    pub mail: Option<MailSection>,
    /// `[pec]`: who sends certified e-mail, where somebody does.
    pub pec: Option<MailSection>,
    /// `[letters]`: where letters go, where somebody prints them.
    pub letters: Option<LettersSection>,
    /// `[pin]`: the institute's own PIN, where there is one.
    pub pin: Option<PinSection>,
    /// `[[upstream]]`: ordinary OpenID Connect providers.
    pub upstreams: Vec<UpstreamSection>,
    /// `[session]`: when sessions end.
    pub session: SessionLimits,
    /// What the edge makes of `[server]`, `[organization]` and `[spid] minimum_level`.
    pub edge: Settings,
    source: Source,
}

/// What a configuration was read from: enough to read it again, with the files that it names as they are then.
#[derive(Debug, Clone)]
struct Source {
    text: String,
    file: PathBuf,
    folder: PathBuf,
}

impl Source {
    fn read(&self) -> Result<Config, ConfigErrors> {
        Config::parse(&self.text, &self.file, &self.folder)
    }
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ConfigErrors`] with everything that is wrong in it, and in the services file that it names.
    pub fn load(path: &Path) -> Result<Self, ConfigErrors> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            ConfigErrors::one(Fault::of_file(path, format!("cannot be read: {error}")))
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::parse(&text, path, folder)
    }

    /// The ways in that the installation has.
    #[must_use]
    pub fn ways_in(&self) -> Methods {
        let cards = self.cns.is_some().then_some(AuthenticationMethod::Cns);
        let pin = self.pin.is_some().then_some(AuthenticationMethod::Pin);
        let cie = self.cie.is_some().then_some(AuthenticationMethod::Cie);
        let upstream = (!self.upstreams.is_empty()).then_some(AuthenticationMethod::OpenId);
        let others = cards.into_iter().chain(pin).chain(cie).chain(upstream);
        Methods::from_iter([AuthenticationMethod::Spid].into_iter().chain(others))
    }

    /// Reads a text as if it stood in `file`; its paths are relative to `folder`.
    ///
    /// # Errors
    /// The same as [`load`](Self::load).
    pub fn parse(text: &str, file: &Path, folder: &Path) -> Result<Self, ConfigErrors> {
        let mut reader = Reader::new(text, file, folder);
        let server = server::read(&mut reader);
        let telemetry = telemetry::read(&mut reader);
        let organization = organization::read(&mut reader);
        let spid = spid::read(&mut reader);
        let cie = cie::read(&mut reader, organization.as_ref());
        let cns = cns::read(&mut reader, server.as_ref(), telemetry.as_ref());
        let services = services::read(&mut reader);
        let catalogue = services.as_ref().map(|services| &services.catalogue);
        let openid = openid::read(&mut reader, catalogue);
        if let (Some(services), Some(openid)) = (&services, &openid) {
            services::cross_check(services, &openid.clients, &mut reader);
        }
        let plain = server.as_ref().is_some_and(ServerSection::is_plain);
        let forward_auth = forward_auth::read(&mut reader, catalogue, plain);
        let callers = authzen::read(&mut reader);
        let operators = desk::read(&mut reader);
        let store = store::read(&mut reader);
        let archives = archives::read(&mut reader);
        let text_messages = messages::read(&mut reader);
        let certified = mail::read_mail(&mut reader, "pec");
        let mail = mail::read_mail(&mut reader, "mail");
        let letters = mail::read_letters(&mut reader);
        let pin = pin::read(&mut reader);
        if let (Some(operators), Some(None)) = (&operators, &pin)
            && !operators.is_empty()
        {
            reader.in_section("desk", "there are operators, but no `[pin]` to look after");
        }
        let upstreams = upstream::read(&mut reader);
        let session = session::read(&mut reader);
        if let (Some(services), Some(messages), Some(archives)) =
            (&services, &text_messages, &archives)
        {
            services::check_second_step(services, (messages.as_ref(), archives), &mut reader);
        }
        // What only several sections together can tell.
        let edge = match (&server, &organization, &spid) {
            (Some(server), Some(organization), Some(spid)) => {
                server::edge(server, organization, spid, &mut reader)
            }
            _ => None,
        };
        let federation = federation::read(&mut reader, edge.as_ref());
        if let Some(federation) = &federation {
            let cie = cie.as_ref().and_then(Option::as_ref);
            let cie = cie.and_then(|cie| cie.openid.as_ref());
            let spid = spid.as_ref().and_then(|spid| spid.openid.as_ref());
            for named in [("cie", cie.is_some()), ("spid", spid.is_some())] {
                relying_party::check(named, federation.as_ref(), &mut reader);
            }
            relying_party::check_apart(cie, spid, &mut reader);
        }
        reader.refuse_unknown_sections();

        let config = (|| {
            let services = services?;
            Some(Self {
                server: server?,
                telemetry: telemetry?,
                organization: organization?,
                spid: spid?,
                cie: cie?,
                federation: federation?,
                cns: cns?,
                openid: openid?,
                forward_auth: forward_auth?,
                catalogue: services.catalogue,
                services_file: services.file,
                callers: callers?,
                operators: operators?,
                store: store?,
                archives: archives?,
                text_messages: text_messages?,
                mail: mail?,
                pec: certified?,
                letters: letters?,
                pin: pin?,
                upstreams: upstreams?,
                session: session?,
                edge: edge?,
                source: Source {
                    text: text.to_owned(),
                    file: file.to_owned(),
                    folder: folder.to_owned(),
                },
            })
        })();
        reader.finish(config)
    }
}
