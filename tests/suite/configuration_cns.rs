//! `[cns]` in the configuration: hosts for cards, and the mixes that would let a stranger show somebody else's certificate.

use std::path::{Path, PathBuf};
use std::time::Duration;

use varco::config::{CnsSection, Config, ConfigErrors, ProxyAddress};
use varco::http::cns::CertificateHeader;
use varco::identity::AuthenticationMethod;

const EXAMPLE: &str = include_str!("../../docs/varco.example.toml");

fn parse(text: &str) -> Result<Config, ConfigErrors> {
    Config::parse(text, Path::new("varco.toml"), Path::new("/etc/varco"))
}

/// The example with these lines in place of those of `[cns]` and `[cns.old_cards]`.
fn with(cns: &str) -> Result<Config, ConfigErrors> {
    let start = EXAMPLE.find("[cns]\n").unwrap();
    let end = EXAMPLE.find("# Where a proxy ends TLS").unwrap();
    let trust = match cns {
        "" => "",
        _ => "[cns.trust]\npem = [\"anchors\"]",
    };
    let (before, after) = (&EXAMPLE[..start], &EXAMPLE[end..]);
    parse(&format!("{before}{cns}\n{trust}\n{after}"))
}

fn cns(lines: &str) -> CnsSection {
    with(lines).unwrap().cns.unwrap()
}

/// There is one fault, and it says this.
#[track_caller]
fn one_fault(lines: &str, says: &str) {
    let errors = with(lines).unwrap_err();
    let [fault] = errors.faults() else {
        panic!("{errors}");
    };
    assert!(fault.message.contains(says), "{fault}");
}

const HOST: &str = "[cns]\npublic_url = \"https://carta.istituto.example\"\n";
const FILES: &str = "certificate = \"c.pem\"\nkey = \"k.pem\"\n";
const SECRET: &str = "4c686e5c1052f899176b641d570c8f3dd0e4e3b44dadd1d02cb94f2838e27f2e";

fn own(listen: &str) -> String {
    format!("{HOST}listen = \"{listen}\"\n{FILES}")
}

fn proxied(proxy: &str) -> String {
    format!("{HOST}[cns.proxy]\n{proxy}")
}

#[test]
fn the_example_has_two_hosts_for_cards() {
    let config = parse(EXAMPLE).unwrap();
    assert!(config.ways_in().contains(AuthenticationMethod::Cns));
    let cns = config.cns.unwrap();
    assert_eq!(cns.handshake, Duration::from_secs(90));
    assert_eq!(cns.listeners().count(), 2);
    assert!(cns.proxy.is_none());
}

#[test]
fn without_the_section_there_are_no_logins_with_a_card() {
    let config = with("").unwrap();
    assert!(config.cns.is_none());
    assert!(!config.ways_in().contains(AuthenticationMethod::Cns));
}

#[test]
fn old_cards_use_the_certificate_of_the_other_host_unless_they_have_one() {
    let old = "[cns.old_cards]\npublic_url = \"https://carta.istituto.example:8445\"\nlisten = \"0.0.0.0:8445\"";
    let cns = cns(&format!("{}{old}", own("0.0.0.0:8444")));
    let files: Vec<&Path> = cns
        .listeners()
        .map(|(listener, _)| listener.certificate.as_path())
        .collect();
    assert_eq!(files, [Path::new("/etc/varco/c.pem"); 2]);
}

#[test]
fn a_proxy_stands_in_the_place_of_a_listener() {
    let unix = cns(&proxied(
        "listen = \"unix:/run/varco/cns.sock\"\nformat = \"rfc9440\"",
    ));
    let proxy = unix.proxy.unwrap();
    assert_eq!(
        proxy.listen,
        ProxyAddress::Unix(PathBuf::from("/run/varco/cns.sock"))
    );
    assert_eq!(proxy.header, CertificateHeader::Rfc9440);
    let loopback =
        format!("listen = \"127.0.0.1:8446\"\nformat = \"nginx\"\nsecret_sha256 = \"{SECRET}\"");
    let proxy = cns(&proxied(&loopback)).proxy.unwrap();
    assert_eq!(proxy.header, CertificateHeader::nginx());
}

#[test]
fn a_proxy_is_never_reached_by_strangers() {
    let at = |listen: &str| {
        proxied(&format!(
            "listen = \"{listen}\"\nformat = \"nginx\"\nsecret_sha256 = \"{SECRET}\""
        ))
    };
    for public in ["0.0.0.0:8446", "192.0.2.1:8446", "[::]:8446"] {
        one_fault(&at(public), "on loopback or a Unix socket only");
    }
    one_fault(&at("everywhere"), "neither `unix:PATH` nor an address");
    let open = proxied("listen = \"127.0.0.1:8446\"\nformat = \"nginx\"");
    one_fault(&open, "every program on this machine could be this proxy");
    let short = proxied("listen = \"127.0.0.1:8446\"\nformat = \"nginx\"\nsecret_sha256 = \"abc\"");
    one_fault(&short, "64 lower-case hexadecimal digits");
}

#[test]
fn the_header_of_a_proxy_is_one_that_strangers_cannot_send() {
    let nginx = |header: &str| {
        proxied(&format!(
            "listen = \"unix:/run/cns\"\nformat = \"nginx\"\nheader = \"{header}\""
        ))
    };
    assert!(with(&nginx("SSL-Client-Cert")).is_ok());
    for name in ["X-Card", "Host", "not a name"] {
        one_fault(&nginx(name), "not the name of a header for a certificate");
    }
    let named =
        proxied("listen = \"unix:/run/cns\"\nformat = \"rfc9440\"\nheader = \"Client-Cert\"");
    one_fault(&named, "RFC 9440 fixes the header's name");
    let other = proxied("listen = \"unix:/run/cns\"\nformat = \"subject\"");
    one_fault(&other, "unknown variant");
}

#[test]
fn cards_are_never_shown_where_the_gateway_is() {
    let here = own("0.0.0.0:8444").replace("carta.", "accesso.");
    one_fault(&here, "the same `public_url`");
    let same_with_port =
        own("0.0.0.0:8444").replace("carta.istituto.example", "accesso.istituto.example:443");
    one_fault(&same_with_port, "the same `public_url`");
    let other_port =
        own("0.0.0.0:8444").replace("carta.istituto.example", "accesso.istituto.example:8444");
    assert!(with(&other_port).is_ok());
    let old = "[cns.old_cards]\npublic_url = \"https://carta.istituto.example\"\nlisten = \"0.0.0.0:8445\"";
    one_fault(
        &format!("{}{old}", own("0.0.0.0:8444")),
        "the same `public_url`",
    );
}

#[test]
fn no_two_listeners_share_an_address() {
    for listen in [
        "0.0.0.0:8443",
        "127.0.0.1:8443",
        "[::]:8443",
        "127.0.0.1:9464",
    ] {
        one_fault(&own(listen), "listen on the same address");
    }
    let old = "[cns.old_cards]\npublic_url = \"https://vecchia.istituto.example\"\n";
    let both = format!("{}{old}listen = \"0.0.0.0:8444\"", own("0.0.0.0:8444"));
    one_fault(&both, "listen on the same address");
    let proxy = format!(
        "{}{old}[cns.proxy]\nlisten = \"127.0.0.1:8444\"\nformat = \"nginx\"\nsecret_sha256 = \"{SECRET}\"",
        own("0.0.0.0:8444")
    );
    one_fault(&proxy, "listen on the same address");
}

#[test]
fn a_host_is_served_in_one_way() {
    let both = format!(
        "{}[cns.proxy]\nlisten = \"unix:/run/cns\"\nformat = \"nginx\"",
        own("0.0.0.0:8444")
    );
    one_fault(&both, "would serve none");
    one_fault(HOST, "needs `listen`, or a proxy");
    one_fault(
        &format!("{HOST}listen = \"0.0.0.0:8444\""),
        "give both `certificate` and `key`",
    );
}

#[test]
fn the_origin_is_by_https_and_the_time_for_a_code_is_bounded() {
    for origin in [
        "http://carta.istituto.example",
        "https://carta.istituto.example/x",
        "carta",
    ] {
        let lines = own("0.0.0.0:8444").replace("https://carta.istituto.example", origin);
        one_fault(&lines, "is not an https origin");
    }
    for seconds in [0, 9, 301, 86400] {
        let lines = format!("{}handshake_seconds = {seconds}", own("0.0.0.0:8444"));
        one_fault(&lines, "is not 10 to 300");
    }
    one_fault(
        &format!("{}handshake = 1", own("0.0.0.0:8444")),
        "handshake",
    );
}
