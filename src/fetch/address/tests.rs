use super::*;

fn strict() -> Guard {
    Guard::new(Vec::new(), false, false)
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn public_addresses_may_be_connected_to() {
    for address in [
        "1.1.1.1",
        "9.255.255.255",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.1.1",
        "193.206.1.1",
        "198.17.255.255",
        "223.255.255.255",
        "2a00:1450:4002::1",
        "2001:4860::8888",
        "::ffff:1.1.1.1",
        "64:ff9b::101:101",
    ] {
        assert!(strict().allows(ip(address)), "{address}");
    }
}

#[test]
fn private_loopback_link_local_and_metadata_addresses_are_refused_in_every_spelling() {
    for address in [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.7",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a00:1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        assert!(!strict().allows(ip(address)), "{address}");
    }
}

#[test]
fn a_network_that_the_configuration_names_is_reached_and_its_neighbour_is_not() {
    let networks = ["10.20.0.0/16", "fd00:12::/48", "192.168.7.9"];
    let guard = Guard::new(
        networks.map(|text| text.parse().unwrap()).to_vec(),
        false,
        false,
    );
    for (address, allowed) in [
        ("10.20.255.1", true),
        ("::ffff:10.20.0.1", true),
        ("10.21.0.1", false),
        ("fd00:12::9", true),
        ("fd00:12:1::9", false),
        ("192.168.7.9", true),
        ("192.168.7.8", false),
        ("127.0.0.1", false),
    ] {
        assert_eq!(guard.allows(ip(address)), allowed, "{address}");
    }
    let everything: Network = "0.0.0.0/0".parse().unwrap();
    assert!(everything.contains(ip("10.0.0.1")) && !everything.contains(ip("::1")));
}

#[test]
fn what_is_no_network_is_refused() {
    for text in [
        "",
        "10.0.0.0/33",
        "::/129",
        "10.0.0.0/",
        "10.0.0/8",
        "a/8",
        "10.0.0.0/-1",
    ] {
        assert_eq!(text.parse::<Network>(), Err(NotANetwork), "{text}");
    }
}

#[test]
fn addresses_written_into_the_url_are_looked_at_too() {
    use FetchError::{Insecure, NotAllowed, PrivateAddress};
    let lenient = Guard::new(Vec::new(), false, true);
    for (url, strictly, leniently) in [
        ("https://registry.example/", Ok(()), Ok(())),
        ("https://127.0.0.1/", Err(PrivateAddress), Ok(())),
        ("https://2130706433/", Err(PrivateAddress), Ok(())),
        ("https://0x7f.1/", Err(PrivateAddress), Ok(())),
        ("https://[::1]/", Err(PrivateAddress), Ok(())),
        ("https://[::ffff:7f00:1]/", Err(PrivateAddress), Ok(())),
        (
            "https://169.254.169.254/",
            Err(PrivateAddress),
            Err(PrivateAddress),
        ),
        ("http://127.0.0.1:8080/", Err(Insecure), Ok(())),
        ("http://localhost:8080/", Err(Insecure), Ok(())),
        ("http://registry.example/", Err(Insecure), Err(Insecure)),
        ("http://1.1.1.1/", Err(Insecure), Err(Insecure)),
        ("ftp://registry.example/", Err(NotAllowed), Err(NotAllowed)),
        ("file:///etc/passwd", Err(NotAllowed), Err(NotAllowed)),
    ] {
        let address = Url::parse(url).unwrap();
        assert_eq!(strict().admit(&address), strictly, "{url}");
        assert_eq!(lenient.admit(&address), leniently, "{url}");
    }
}

#[test]
fn of_the_addresses_of_a_name_only_the_allowed_are_connected_to() {
    let found: Vec<SocketAddr> = ["10.0.0.1:0", "1.1.1.1:0", "127.0.0.1:0", "[::1]:0"]
        .map(|text| text.parse().unwrap())
        .to_vec();
    assert_eq!(admitted(&strict(), false, &found), [found[1]]);
    let lenient = Guard::new(Vec::new(), false, true);
    assert_eq!(admitted(&lenient, false, &found), found[1..]);
    // `localhost` that somebody made lead elsewhere.
    assert_eq!(admitted(&lenient, true, &found), found[2..]);
}

#[test]
fn plain_http_for_what_is_signed_leads_to_public_addresses_all_the_same() {
    let signed = Guard::new(Vec::new(), true, false);
    for (url, result) in [
        ("http://crl.example/", Ok(())),
        ("https://crl.example/", Ok(())),
        ("http://1.1.1.1/", Ok(())),
        ("http://127.0.0.1/", Err(FetchError::PrivateAddress)),
        ("http://[::ffff:10.0.0.1]/", Err(FetchError::PrivateAddress)),
        ("http://169.254.169.254/", Err(FetchError::PrivateAddress)),
        ("ldap://crl.example/", Err(FetchError::NotAllowed)),
    ] {
        assert_eq!(signed.admit(&Url::parse(url).unwrap()), result, "{url}");
    }
    assert!(!signed.allows(ip("127.0.0.1")));
}
