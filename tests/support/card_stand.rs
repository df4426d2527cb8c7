//! A gateway with its hosts for cards on real sockets, and computers with card readers in front of them.

use rustls::SupportedProtocolVersion;
use rustls_pki_types::CertificateDer;
use url::Url;
use varco::downstream::oidc::ClientSettings;
use varco::http::cns::{CardHosts, Entrance, router};
use varco::identity::Clock as _;
use varco::login::cns::trust::LiveAnchors;
use varco::server::cards::Generation;
use varco::server::{CardTls, Limits, Transport};

use super::browser::{Answer, Browser};
use super::card::{Card, Computer, TLS_12, TLS_13, server_identity, tell};
use super::cards::{AcceptedCard, accepted_cards, verifier};
use super::clock::TestClock;
use super::edge::Served;
use super::gateway::{CardsOf, SecondStep, TestGateway};

pub const CARD_HOST: &str = "https://carta.login.example";
pub const OLD_CARD_HOST: &str = "https://vecchia.login.example";

/// The gateway and its two hosts for cards.
pub struct CardStand {
    pub here: TestGateway,
    pub current: Served,
    pub old: Served,
    trusted: CertificateDer<'static>,
}

impl CardStand {
    pub async fn start(clients: Vec<ClientSettings>) -> Self {
        Self::begin(clients, None).await
    }

    /// The same with a code after the cards of some rules.
    pub async fn with_second_step(clients: Vec<ClientSettings>, step: SecondStep) -> Self {
        Self::begin(clients, Some(step)).await
    }

    async fn begin(clients: Vec<ClientSettings>, second_step: Option<SecondStep>) -> Self {
        let cards = CardsOf {
            hosts: CardHosts {
                current: CARD_HOST.to_owned(),
                old: Some(OLD_CARD_HOST.to_owned()),
            },
            verifier: verifier(TestClock::new().now()),
            second_step,
        };
        let here = TestGateway::with_cards(clients, cards);
        let (trusted, key) =
            server_identity(&["carta.login.example", "vecchia.login.example", "127.0.0.1"]);
        let serve = async |origin: &str, generation| {
            let identity = (vec![trusted.clone()], key.clone_key());
            let tls = CardTls::from_der(identity, generation, LiveAnchors::default()).unwrap();
            let entrance = Entrance::Tls(Url::parse(origin).unwrap());
            let router = router(here.gateway.clone(), entrance);
            let limits = Limits::of_cards(std::time::Duration::from_secs(90));
            Served::start(router, Transport::Cards(tls), limits).await
        };
        Self {
            current: serve(CARD_HOST, Generation::Current).await,
            old: serve(OLD_CARD_HOST, Generation::Old).await,
            trusted,
            here,
        }
    }

    pub async fn end(self) {
        self.current.end().await;
        self.old.end().await;
    }

    /// A computer with this card in its reader, or with none.
    pub fn computer(&self, card: Option<Card>) -> Computer {
        Computer::new(card, &self.trusted, &[TLS_13, TLS_12])
    }

    /// The same with one version of TLS.
    pub fn computer_of(
        &self,
        version: &'static SupportedProtocolVersion,
        card: Option<Card>,
    ) -> Computer {
        Computer::new(card, &self.trusted, &[version])
    }

    /// Opens a page of one of the hosts on a connection of its own. `None` when the handshake fails.
    pub async fn open(&self, computer: &Computer, url: &Url) -> Option<String> {
        let (host, target) = (url.host_str().unwrap(), &url[url::Position::BeforePath..]);
        let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        self.send(computer, url, &request).await
    }

    /// Sends these very bytes to the host of an address. `None` when the handshake fails.
    pub async fn send(&self, computer: &Computer, url: &Url, request: &str) -> Option<String> {
        let host = url.host_str().unwrap();
        let is_old = OLD_CARD_HOST.ends_with(host);
        let server = if is_old { &self.old } else { &self.current };
        let mut stream = computer.connect_as(server.address, host).await.ok()?;
        tell(&mut stream, request.as_bytes()).await
    }

    /// Shows the card where the browser was sent; gives the address that the browser is sent back to.
    pub async fn show(&self, computer: &Computer, sent: &Answer) -> Option<Url> {
        let answer = self.open(computer, &sent.location()).await?;
        Some(location(&answer).unwrap_or_else(|| panic!("a redirect, not {answer}")))
    }

    /// From a page of the main host with the button to the page after the card was shown.
    pub async fn log_in(
        &self,
        browser: &mut Browser,
        computer: &Computer,
        start: &str,
    ) -> Option<Answer> {
        let sent = browser.open(start).await;
        let back = self.show(computer, &sent).await?;
        Some(browser.open(back.as_str()).await)
    }
}

/// Where an answer leads.
pub fn location(answer: &str) -> Option<Url> {
    let (head, _) = answer.split_once("\r\n\r\n")?;
    let line = head
        .lines()
        .find_map(|line| line.strip_prefix("location: "))?;
    Some(Url::parse(line).unwrap())
}

/// A card that everybody accepts, and whose it is.
pub fn good_card() -> (Card, String) {
    let AcceptedCard {
        chain_der,
        key_pkcs8,
        fiscal_code,
        ..
    } = accepted_cards(TestClock::new().now()).remove(0);
    let chain = chain_der.into_iter().map(CertificateDer::from).collect();
    (Card::new(chain, &key_pkcs8), fiscal_code)
}
