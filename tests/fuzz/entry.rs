//! What the fuzz targets and the suite's own mutations call: each takes any bytes and panics when a promise of
//! `protocol::xml`, `protocol::saml`, `protocol::jose`, `protocol::federation`, `protocol::x509` or the reader of forms is
//! broken.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use varco::crypto::encoding::from_base64;
use varco::crypto::{
    DecryptionKey, KeyKind, PublicKey, SignatureAlgorithm, Signer as _, SigningKey, SystemRandom,
};
use varco::downstream::oidc::Parameters;
use varco::protocol::federation::{ChainRules, Metadata, MetadataPolicy, TrustAnchor, TrustChain};
use varco::protocol::jose::{
    ContentEncryption, JweKey, JweProfile, Jwk, JwkRules, JwkSet, JwsAlgorithm, JwtProfile,
    KeyManagement, KidRule, UnverifiedJwt, decrypt_compact, encrypt_compact, parse_object,
};
use varco::protocol::saml::response::{Answer, Response, ResponseForm};
use varco::protocol::x509::crl::{Crl, CrlSigner};
use varco::protocol::x509::{Certificate, Oid};
use varco::protocol::xml::{C14nRefusal, Document, Element, Limits, canonical};

/// The only person that the seeds prove.
pub const GENUINE: &str = "AT-genuine-person";

fn depth(element: Element<'_>) -> usize {
    std::iter::successors(Some(element), |element| element.parent()).count()
}

/// What passes the gate is within its limits, and its ids are unique names.
pub fn gate(data: &[u8]) {
    let limits = Limits::MESSAGE;
    let Ok(document) = Document::from_bytes(data, &limits) else {
        return;
    };
    assert!(data.len() <= limits.max_bytes);
    assert!(!data.starts_with(b"\xef\xbb\xbf") && !data.contains(&0));
    assert!(!data.windows(2).any(|window| window == b"<!"));
    let mut ids = HashSet::new();
    let mut attributes = 0;
    for element in document.root().descendants() {
        assert!(depth(element) <= limits.max_depth);
        attributes += element.attributes().count();
        if let Some(id) = element.id() {
            assert!(!id.contains([':', ' ', '#']) && ids.insert(id));
        }
        let _ = element.text();
    }
    assert!(attributes <= limits.max_attributes);
}

/// Whatever passes the gate has a canonical form, for each of its elements, unless that outgrows all measure; and the
/// form's form is itself.
pub fn c14n(data: &[u8]) {
    let Ok(document) = Document::from_bytes(data, &Limits::MESSAGE) else {
        return;
    };
    for element in document.root().descendants().take(8) {
        let form = match canonical(element, &[], None) {
            Err(C14nRefusal::TooLarge) => continue,
            form => form.expect("every element has a form"),
        };
        assert!(form.len() < 8 * data.len() + 100_000);
        let again = Document::from_bytes(&form, &Limits::METADATA).expect("a form is a document");
        assert_eq!(again.root().local_name(), element.local_name());
        assert_eq!(again.root().namespace(), element.namespace());
        assert_eq!(
            again.root().descendants().count(),
            element.descendants().count()
        );
        assert_eq!(
            canonical(again.root(), &[], None).as_deref(),
            Ok(form.as_slice())
        );
        let _ = canonical(element, &["p", "#default"], element.elements().next());
    }
}

/// Nothing proves another person than the one that the provider signed for. Says whether anything was proved.
pub fn verify(data: &[u8], keys: &[PublicKey]) -> bool {
    let Ok(document) = Document::from_bytes(data, &Limits::MESSAGE) else {
        return false;
    };
    let Ok(Answer::Asserted(assertion)) =
        Response::read(&document, ResponseForm::SPID).and_then(|r| r.open(keys))
    else {
        return false;
    };
    assert_eq!(assertion.content().subject.name_id, GENUINE);
    true
}

/// The only token that its key has signed (RFC 7515, A.3).
pub const GENUINE_TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const GENUINE_KEY: &[u8] = br#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

/// No other token than the one that was signed proves anything. Says whether it is the one.
pub fn token(data: &[u8]) -> bool {
    const PROFILE: JwtProfile = JwtProfile {
        algorithms: &JwsAlgorithm::ALL,
        types: &["jwt"],
        may_be_untyped: true,
        kid: KidRule::Optional,
        max_bytes: 8192,
    };
    let Ok(text) = str::from_utf8(data) else {
        return false;
    };
    let key = Jwk::read(&parse_object(GENUINE_KEY).expect("an object")).expect("a key");
    let proved = UnverifiedJwt::parse(text, PROFILE.max_bytes)
        .and_then(|token| token.verify(&PROFILE, &[key]))
        .is_ok();
    // ECDSA has a second signature for the same message; only the header and the claims are held to the letter.
    let signed = |token: &str| token.rsplit_once('.').map(|(signed, _)| signed.to_owned());
    assert!(!proved || signed(text) == signed(GENUINE_TOKEN));
    proved
}

/// The key that messages are encrypted to: the one of RFC 7520, 5.5, so that a find can be seen again.
static RECIPIENT: LazyLock<JweKey> = LazyLock::new(|| {
    let key = from_base64(RECIPIENT_KEY).expect("base64");
    JweKey::new(Arc::new(DecryptionKey::from_pkcs8(&key).expect("a key")))
});
const RECIPIENT_KEY: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgr/kHyZ+a06rmxM3yESK84r1otSg+aQcVStkRhA+iCM+hRANCAARl7aWhJXfCuugpQ3/jOHAaEKqjdeG7W13hCN5DnAhVHR5S7XVwEWP3+eQN3580Gz3JuoYK9+DKfKfp7s0AhNGc";
/// What is in them, unless somebody else wrote them: whoever has the public key can.
pub const CONTENT: &[u8] = b"a token";

/// A message for each way to encrypt to that key.
pub fn genuine_messages() -> Vec<String> {
    let mut messages = Vec::new();
    for management in KeyManagement::ALL {
        for content in ContentEncryption::ALL {
            if let Ok(key) = RECIPIENT.jwk(management) {
                let with = (management, content);
                let message = encrypt_compact(CONTENT, &key, with, Some("JWT"), &SystemRandom);
                messages.push(message.expect("the key fits"));
            }
        }
    }
    messages
}

/// No message that was changed opens. Says whether it opened.
pub fn message(data: &[u8]) -> bool {
    const PROFILE: JweProfile = JweProfile {
        key_management: &KeyManagement::ALL,
        content: &ContentEncryption::ALL,
        nested: true,
        max_bytes: 8192,
    };
    let Ok(text) = str::from_utf8(data) else {
        return false;
    };
    let keys = std::slice::from_ref(&*RECIPIENT);
    let Ok(opened) = decrypt_compact(text, &PROFILE, keys) else {
        return false;
    };
    assert!(text.len() <= PROFILE.max_bytes && opened.kid() == RECIPIENT.kid());
    assert_eq!(opened.bytes(), CONTENT);
    true
}

/// A key set that is read is written so that it reads the same; what our own operator may configure a stranger may publish;
/// and no set shows what is private.
pub fn key_set(data: &[u8]) {
    for rules in [
        JwkRules::Configured,
        JwkRules::Published,
        JwkRules::Federation,
    ] {
        let Ok(set) = JwkSet::parse_as(rules, data) else {
            continue;
        };
        let written = set.to_json();
        let again = JwkSet::parse_as(rules, written.to_string().as_bytes());
        assert_eq!(again.as_ref(), Ok(&set));
        if rules == JwkRules::Configured {
            let published = JwkSet::parse_as(JwkRules::Published, data);
            assert_eq!(published.as_ref(), Ok(&set));
        }
        for key in written["keys"].as_array().expect("a set") {
            for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
                assert!(key.get(private).is_none());
            }
        }
    }
}

/// A form that is read says the same when it is written and read again.
pub fn form(data: &[u8]) {
    let Ok(form) = Parameters::parse(data) else {
        return;
    };
    let encoded = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form.pairs())
        .finish();
    // Encoding may grow it over the bound.
    if let Ok(again) = Parameters::parse(encoded.as_bytes()) {
        assert!(again.pairs().eq(form.pairs()));
    }
}

/// The authority whose lists these are.
static AUTHORITY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::generate(KeyKind::P256).expect("a key"));
/// `ecdsa-with-SHA256`.
const ECDSA: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let contents = parts.concat();
    let length = u32::try_from(contents.len()).expect("a short input");
    let bytes = length.to_be_bytes();
    let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(3);
    let mut out = vec![tag];
    if length >= 0x80 {
        out.push(0x84 - u8::try_from(first).expect("below four"));
    }
    out.extend(&bytes[first..]);
    out.extend(contents);
    out
}

/// The reader of lists looks at nothing before the signature is verified, so that whatever is to reach it is signed here.
/// What it takes has an end after its beginning, and no more entries than there is room for. Says whether it took it.
pub fn list(content: &[u8]) -> bool {
    let signature = AUTHORITY
        .sign(SignatureAlgorithm::EcdsaSha256, content)
        .expect("a signature");
    let (r, s) = signature.split_at(32);
    // A zero in front, unless that would be one too many.
    let number = |digits: &[u8]| {
        let start = digits.iter().position(|byte| *byte != 0).unwrap_or(31);
        let digits = &digits[start..];
        let sign: &[u8] = if digits[0] < 0x80 { &[] } else { &[0] };
        der(2, &[sign, digits])
    };
    let signature = der(0x30, &[&number(r), &number(s)]);
    let list = der(0x30, &[content, ECDSA, &der(3, &[&[0], &signature])]);
    let Ok(name) = Crl::claimed_issuer(&list) else {
        return false;
    };
    let signer = CrlSigner {
        name,
        key: AUTHORITY.public_key(),
        key_id: None,
    };
    // The bytes as they are have no signature of the authority.
    assert!(Crl::read(content, &signer).is_err());
    let Ok(crl) = Crl::read(&list, &signer) else {
        return false;
    };
    assert!(crl.this_update() < crl.next_update());
    assert!(crl.revoked().len() * 20 <= content.len());
    assert_eq!(crl.revoked().not_in(crl.revoked()).count(), 0);
    true
}

/// A certificate that is read is bounded and is the very bytes; its numbers and identifiers have one spelling, and every
/// text of its names can be shown.
pub fn card(data: &[u8]) {
    let Ok(card) = Certificate::parse(data) else {
        return;
    };
    assert!(card.der() == data && data.len() <= Certificate::MAX_BYTES);
    let serial = card.serial().magnitude();
    assert!(serial.len() <= 20 && serial.first() != Some(&0));
    assert!(card.is_signed_by(&card).is_err() || card.issuer() == card.subject());
    for name in [card.subject(), card.issuer()] {
        for kind in [
            Oid::COMMON_NAME,
            Oid::SERIAL_NUMBER,
            Oid::GIVEN_NAME,
            Oid::SURNAME,
        ] {
            for text in name.all(&kind).flatten() {
                assert!(!text.contains(char::is_control));
            }
        }
        assert!(!name.display().contains(char::is_control));
    }
    for oid in card
        .policies()
        .iter()
        .chain(card.extended_key_usage().unwrap_or_default())
    {
        let dotted = oid.to_string();
        // An arc over 64 bits is not written out.
        assert!(dotted.contains('?') || Oid::parse(&dotted).as_ref() == Some(oid));
    }
    for address in card.crl_addresses().iter().chain(card.ocsp_addresses()) {
        assert!(address.len() <= 2048 && address.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
    }
}

/// Policies keep their promises whatever they are: of an array of policies, from the anchor downwards, and metadata at its
/// end, what complies still complies when it is looked at again, and is of no other types; and what was merged reads as it was
/// written. Says whether they complied.
pub fn policy(data: &[u8]) -> bool {
    let Ok(serde_json::Value::Array(mut parts)) = serde_json::from_slice(data) else {
        return false;
    };
    let Some(Ok(original)) = parts.pop().map(|metadata| Metadata::read(&metadata)) else {
        return false;
    };
    let merged = parts
        .iter()
        .try_fold(MetadataPolicy::default(), |merged, claim| {
            merged.merge(MetadataPolicy::read(claim, &[])?)
        });
    let Ok(merged) = merged else {
        return false;
    };
    assert_eq!(
        MetadataPolicy::read(&merged.to_json(), &[]).as_ref(),
        Ok(&merged)
    );
    let mut once = original.clone();
    if merged.apply(&mut once).is_err() {
        return false;
    }
    assert!(once.types().eq(original.types()));
    let mut twice = once.clone();
    assert_eq!(merged.apply(&mut twice), Ok(()));
    assert_eq!(once, twice);
    true
}

/// Nothing that was not signed is a chain. The statements stand one in a line. Says whether they are the one that was.
pub fn chain(data: &[u8], genuine: &[String], anchor: &TrustAnchor, now: i64) -> bool {
    let Ok(text) = str::from_utf8(data) else {
        return false;
    };
    let statements: Vec<String> = text.lines().map(str::to_owned).collect();
    let anchors = std::slice::from_ref(anchor);
    let Ok(chain) = TrustChain::verify(&statements, anchors, ChainRules::default(), now) else {
        return false;
    };
    // Of ECDSA another signature may be as good; what is signed is held to the letter.
    let signed = |token: &String| token.rsplit_once('.').map(|(signed, _)| signed.to_owned());
    assert!(statements.iter().map(signed).eq(genuine.iter().map(signed)));
    assert!(chain.expires() > now);
    let _ = chain.trust_mark(|_| true, &[], now);
    true
}
