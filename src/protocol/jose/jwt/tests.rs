use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::crypto::Signer;
use crate::crypto::encoding::base64url;
use crate::crypto::{KeyKind, SigningKey, hmac_sha256};

const ANY: JwtProfile = JwtProfile {
    algorithms: &JwsAlgorithm::ALL,
    types: &["jwt"],
    may_be_untyped: true,
    kid: KidRule::Optional,
    max_bytes: 8192,
};

/// RFC 7515, A.1: the claims of every example.
const RFC_CLAIMS: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

fn jwk(text: &str) -> Jwk {
    Jwk::read(&parse_object(text.as_bytes()).unwrap()).unwrap()
}

fn verify(token: &str, profile: &JwtProfile, keys: &[Jwk]) -> Result<VerifiedJwt, JwtRefusal> {
    UnverifiedJwt::parse(token, profile.max_bytes)?.verify(profile, keys)
}

fn refusal(token: &str, profile: &JwtProfile, keys: &[Jwk]) -> JwtRefusal {
    verify(token, profile, keys).unwrap_err()
}

fn signer() -> JwtSigner {
    let key = SigningKey::generate(KeyKind::P256).unwrap();
    JwtSigner::new(Arc::new(key), JwsAlgorithm::Es256).unwrap()
}

fn claims() -> Map<String, Value> {
    parse_object(br#"{"iss":"joe","exp":1300819380}"#).unwrap()
}

/// A token with a header of the test's choice, signed by `signer` as ES256.
fn with_header(signer: &JwtSigner, header: &Value) -> String {
    let signed = format!(
        "{}.{}",
        base64url(header.to_string().as_bytes()),
        base64url(br#"{"iss":"joe"}"#)
    );
    let signature = signer
        .key()
        .sign(JwsAlgorithm::Es256.signature(), signed.as_bytes())
        .unwrap();
    format!("{signed}.{}", base64url(&signature))
}

#[test]
fn the_rs256_example_of_rfc_7515_a_2_verifies() {
    let key = jwk(
        r#"{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}"#,
    );
    let token = format!(
        "eyJhbGciOiJSUzI1NiJ9.{RFC_CLAIMS}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    );
    let verified = verify(&token, &ANY, &[key]).unwrap();
    assert_eq!(verified.text("iss"), Some("joe"));
    assert_eq!(verified.time("exp"), Some(1_300_819_380));
}

#[test]
fn the_es256_example_of_rfc_7515_a_3_verifies() {
    let key = jwk(
        r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
    );
    let token = format!(
        "eyJhbGciOiJFUzI1NiJ9.{RFC_CLAIMS}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    );
    assert!(verify(&token, &ANY, &[key]).is_ok());
}

#[test]
fn a_token_verifies_with_its_key_and_with_no_other() {
    let (ours, other) = (signer(), signer());
    let token = ours.sign("JWT", &claims()).unwrap();
    assert!(verify(&token, &ANY, &[other.jwk().clone(), ours.jwk().clone()]).is_ok());
    assert_eq!(
        refusal(&token, &ANY, std::slice::from_ref(other.jwk())),
        JwtRefusal::NoKey
    );
    assert_eq!(refusal(&token, &ANY, &[]), JwtRefusal::NoKey);
    let unnamed = with_header(&ours, &json!({"alg": "ES256"}));
    assert!(verify(&unnamed, &ANY, &[other.jwk().clone(), ours.jwk().clone()]).is_ok());
    assert_eq!(
        refusal(&unnamed, &ANY, &[other.jwk().clone()]),
        JwtRefusal::Signature
    );
}

#[test]
fn a_changed_byte_anywhere_is_noticed() {
    let ours = signer();
    let token = ours.sign("JWT", &claims()).unwrap();
    for index in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(
            verify(&changed, &ANY, std::slice::from_ref(ours.jwk())).is_err(),
            "{index}"
        );
    }
}

#[test]
fn an_unsigned_token_is_refused() {
    let ours = signer();
    for alg in ["none", "None", "NONE", "nOnE"] {
        let header = base64url(json!({ "alg": alg }).to_string().as_bytes());
        let body = base64url(br#"{"iss":"joe"}"#);
        assert_eq!(
            refusal(
                &format!("{header}.{body}."),
                &ANY,
                std::slice::from_ref(ours.jwk())
            ),
            JwtRefusal::Algorithm
        );
    }
}

#[test]
fn an_hmac_made_with_the_public_key_is_refused() {
    let ours = signer();
    let header = base64url(
        json!({"alg": "HS256", "kid": ours.jwk().kid()})
            .to_string()
            .as_bytes(),
    );
    let signed = format!("{header}.{}", base64url(br#"{"iss":"joe"}"#));
    for secret in [
        ours.jwk().key().spki().to_vec(),
        ours.jwk().to_json().to_string().into_bytes(),
    ] {
        let mac = base64url(&hmac_sha256(&secret, signed.as_bytes()));
        assert_eq!(
            refusal(
                &format!("{signed}.{mac}"),
                &ANY,
                std::slice::from_ref(ours.jwk())
            ),
            JwtRefusal::Algorithm
        );
    }
}

#[test]
fn the_algorithm_is_the_keys_own_and_not_the_headers() {
    let rsa = crate::crypto::SigningKey::generate(KeyKind::Rsa(2048)).unwrap();
    let rsa: Arc<dyn Signer> = Arc::new(rsa);
    let registered = Jwk::new(rsa.public_key().clone(), JwsAlgorithm::Rs256).unwrap();
    let token = JwtSigner::new(rsa, JwsAlgorithm::Rs384)
        .unwrap()
        .sign("JWT", &claims())
        .unwrap();
    assert_eq!(refusal(&token, &ANY, &[registered]), JwtRefusal::NoKey);
}

#[test]
fn an_algorithm_off_the_list_of_the_use_is_refused() {
    let ours = signer();
    let only_rsa = JwtProfile {
        algorithms: &[JwsAlgorithm::Rs256],
        ..ANY
    };
    let token = ours.sign("JWT", &claims()).unwrap();
    assert_eq!(
        refusal(&token, &only_rsa, std::slice::from_ref(ours.jwk())),
        JwtRefusal::Algorithm
    );
}

#[test]
fn a_header_that_brings_its_own_key_is_refused() {
    let ours = signer();
    for (name, value) in [
        ("jwk", ours.jwk().to_json()),
        ("jku", json!("https://attacker.example/jwks")),
        ("x5u", json!("https://attacker.example/chain")),
        ("x5c", json!(["MIIB"])),
    ] {
        let token = with_header(&ours, &json!({"alg": "ES256", name: value}));
        assert_eq!(
            refusal(&token, &ANY, std::slice::from_ref(ours.jwk())),
            JwtRefusal::HeaderKey,
            "{name}"
        );
    }
}

#[test]
fn critical_extensions_are_refused() {
    let ours = signer();
    for crit in [json!(["b64"]), json!([]), json!(["exp"])] {
        let token = with_header(&ours, &json!({"alg": "ES256", "crit": crit, "b64": true}));
        assert_eq!(
            refusal(&token, &ANY, std::slice::from_ref(ours.jwk())),
            JwtRefusal::Critical
        );
    }
}

#[test]
fn a_token_of_another_type_is_refused() {
    let ours = signer();
    let access = JwtProfile {
        types: &["at+jwt"],
        may_be_untyped: false,
        ..ANY
    };
    let keys = [ours.jwk().clone()];
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt"] {
        let token = ours.sign(typ, &claims()).unwrap();
        assert!(verify(&token, &access, &keys).is_ok(), "{typ}");
        assert_eq!(refusal(&token, &ANY, &keys), JwtRefusal::Type, "{typ}");
    }
    let id_token = ours.sign("JWT", &claims()).unwrap();
    assert_eq!(refusal(&id_token, &access, &keys), JwtRefusal::Type);
    let untyped = with_header(&ours, &json!({"alg": "ES256"}));
    assert_eq!(refusal(&untyped, &access, &keys), JwtRefusal::Type);
    let odd = with_header(&ours, &json!({"alg": "ES256", "typ": 1}));
    assert_eq!(refusal(&odd, &ANY, &keys), JwtRefusal::Type);
}

#[test]
fn a_member_name_twice_in_header_or_claims_is_refused() {
    let body = base64url(br#"{"iss":"joe"}"#);
    let header = base64url(br#"{"alg":"ES256","alg":"none"}"#);
    assert_eq!(
        refusal(&format!("{header}.{body}.AA"), &ANY, &[]),
        JwtRefusal::Json
    );
    let header = base64url(br#"{"alg":"ES256"}"#);
    let body = base64url(br#"{"sub":"a","sub":"b"}"#);
    assert_eq!(
        refusal(&format!("{header}.{body}.AA"), &ANY, &[]),
        JwtRefusal::Json
    );
}

#[test]
fn what_is_not_three_parts_of_strict_base64url_is_refused() {
    let good = signer().sign("JWT", &claims()).unwrap();
    let jwe = format!("{good}.AA.AA");
    for token in [
        "",
        ".",
        "..",
        "a.b",
        &format!("{good}="),
        &format!(" {good}"),
        &format!("{good}\n"),
        &good.replacen('.', "=.", 1),
        &jwe,
    ] {
        assert!(
            matches!(
                refusal(token, &ANY, &[]),
                JwtRefusal::Form | JwtRefusal::Json
            ),
            "{token}"
        );
    }
}

#[test]
fn a_token_that_is_too_long_is_refused_before_it_is_read() {
    assert_eq!(refusal(&"A".repeat(8193), &ANY, &[]), JwtRefusal::TooLong);
}

#[test]
fn times_and_audiences_are_read_in_their_legal_forms_only() {
    let ours = signer();
    let claims =
        parse_object(br#"{"a":1.9,"b":"1","c":-1.5,"d":1e300,"e":7,"aud":["x","y"]}"#).unwrap();
    let token = ours.sign("JWT", &claims).unwrap();
    let verified = verify(&token, &ANY, std::slice::from_ref(ours.jwk())).unwrap();
    assert_eq!(verified.time("a"), Some(1));
    assert_eq!(verified.time("b"), None);
    assert_eq!(verified.time("c"), None);
    assert_eq!(verified.time("d"), None);
    assert_eq!(verified.time("e"), Some(7));
    assert_eq!(verified.audiences(), Some(vec!["x", "y"]));
    let odd = parse_object(br#"{"aud":["x",1]}"#).unwrap();
    let token = ours.sign("JWT", &odd).unwrap();
    let verified = verify(&token, &ANY, std::slice::from_ref(ours.jwk())).unwrap();
    assert_eq!(verified.audiences(), None);
}

#[test]
fn debug_of_a_verified_token_shows_no_claim() {
    let ours = signer();
    let token = ours.sign("JWT", &claims()).unwrap();
    let verified = verify(&token, &ANY, &[ours.jwk().clone()]).unwrap();
    assert_eq!(format!("{verified:?}"), "VerifiedJwt { .. }");
}

#[test]
fn the_header_names_its_key_where_the_use_wants_it() {
    let (ours, other) = (signer(), signer());
    let unnamed = with_header(&ours, &json!({"alg": "ES256"}));
    let empty = with_header(&ours, &json!({"alg": "ES256", "kid": ""}));
    let named = ours.sign("JWT", &claims()).unwrap();
    let one = [ours.jwk().clone()];
    let two = [ours.jwk().clone(), other.jwk().clone()];
    for (rule, keys, wanted) in [
        (KidRule::Required, one.as_slice(), Some(JwtRefusal::NoKid)),
        (KidRule::UnlessOneKey, &one, None),
        (KidRule::UnlessOneKey, &two, Some(JwtRefusal::NoKid)),
        (KidRule::Optional, &two, None),
    ] {
        let profile = JwtProfile { kid: rule, ..ANY };
        assert_eq!(verify(&unnamed, &profile, keys).err(), wanted, "{rule:?}");
        assert!(verify(&named, &profile, keys).is_ok());
        assert_eq!(refusal(&empty, &profile, keys), JwtRefusal::NoKey);
    }
}

#[test]
fn the_six_algorithms_of_the_federation_sign_and_verify() {
    for algorithm in JwsAlgorithm::ITALIAN {
        let kind = match algorithm {
            JwsAlgorithm::Es256 => KeyKind::P256,
            JwsAlgorithm::Es512 => KeyKind::P521,
            _ => KeyKind::Rsa(2048),
        };
        let key = Arc::new(SigningKey::generate(kind).unwrap());
        let signer = JwtSigner::new(key, algorithm).unwrap();
        let token = signer.sign("entity-statement+jwt", &claims()).unwrap();
        let keys = JwkSet::new(vec![signer.jwk().clone()]).unwrap();
        let verified = verify_compact(&token, &JwtProfile::ENTITY_STATEMENT, &keys).unwrap();
        assert_eq!(verified.algorithm(), algorithm);
        assert_eq!(verified.kid(), signer.jwk().kid());
        // A statement is nothing else, and nothing else is a statement.
        for other in [JwtProfile::TRUST_MARK, JwtProfile::ID_TOKEN] {
            let refused = verify_compact(&token, &other, &keys).unwrap_err();
            assert_eq!(refused, JwtRefusal::Type);
        }
    }
}

#[test]
fn claims_are_read_as_a_type() {
    #[derive(serde::Deserialize, PartialEq, Debug)]
    struct Claims {
        iss: String,
        exp: i64,
    }
    let ours = signer();
    let token = ours.sign("JWT", &claims()).unwrap();
    let verified = verify(&token, &ANY, std::slice::from_ref(ours.jwk())).unwrap();
    let wanted = Claims {
        iss: "joe".to_owned(),
        exp: 1_300_819_380,
    };
    assert_eq!(verified.claims_as(), Some(wanted));
    assert_eq!(verified.claims_as::<Vec<String>>(), None);
}

#[test]
fn a_header_of_ones_own_does_not_change_key_and_algorithm() {
    let ours = signer();
    let header = parse_object(br#"{"alg":"none","kid":"x","trust_chain":["a"]}"#).unwrap();
    let token = ours.sign_with(header, &claims()).unwrap();
    let unverified = UnverifiedJwt::parse(&token, 8192).unwrap();
    let header = unverified.unverified_header();
    assert_eq!(header["kid"], ours.jwk().kid());
    assert_eq!(header["trust_chain"], json!(["a"]));
    assert!(!header.contains_key("typ"));
    let verified = unverified.verify(&ANY, std::slice::from_ref(ours.jwk()));
    assert_eq!(verified.unwrap().algorithm(), JwsAlgorithm::Es256);
}
