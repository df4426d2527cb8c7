//! How chains are judged, by us and by the peer, and what holds of every chain.

use serde_json::{Value, json};
use varco::identity::{Clock as _, SystemClock};
use varco::protocol::federation::{
    ChainRules, FederationRefusal, OpenIdProviderMetadata, ProviderDemands, TrustChain, TrustMark,
};

use crate::support::federation::{
    ANCHOR, Federation, INTERMEDIATE, MARK, PROVIDER, anchor_key, intermediate_key, jwks, pinned,
    stranger_key,
};

/// The peer has no clock but the machine's.
pub fn now() -> i64 {
    SystemClock.now().timestamp()
}

pub const CIE: ProviderDemands = ProviderDemands {
    names_itself_in_answers: true,
};

pub struct Trusted {
    pub chain: TrustChain,
    pub mark: TrustMark,
    pub provider: OpenIdProviderMetadata,
}

/// All that is judged before a provider is trusted.
pub fn judge(statements: &[String], now: i64) -> Result<Trusted, FederationRefusal> {
    let chain = TrustChain::verify(statements, &[pinned()], ChainRules::default(), now)?;
    let mark = chain.trust_mark(|kind| kind == MARK, &[], now)?;
    let provider = OpenIdProviderMetadata::read(&chain, CIE)?;
    Ok(Trusted {
        chain,
        mark,
        provider,
    })
}

/// As the peer is asked: what is at which address.
pub fn asked(federation: &Federation) -> Value {
    let mut documents = serde_json::Map::new();
    let mut put = |address: String, token: String| documents.insert(address, token.into());
    let configuration = |id: &str| format!("{id}/.well-known/openid-federation");
    put(configuration(PROVIDER), federation.provider_signed());
    put(
        configuration(INTERMEDIATE),
        federation.intermediate.signed(),
    );
    put(configuration(ANCHOR), federation.anchor.signed());
    let entities = match federation.statements.len() {
        1 => vec![PROVIDER, ANCHOR],
        _ => vec![PROVIDER, INTERMEDIATE, ANCHOR],
    };
    for (parties, statement) in entities.windows(2).zip(&federation.statements) {
        let [subject, superior] = parties else {
            continue;
        };
        put(
            format!("{superior}/fetch?iss={superior}&sub={subject}"),
            statement.signed(),
        );
    }
    json!({ "leaf": PROVIDER, "anchor": ANCHOR, "documents": documents })
}

#[test]
fn a_chain_has_a_beginning_an_end_and_no_loop() {
    let now = now();
    let refused = |chain: &[String]| judge(chain, now).err().map(FederationRefusal::code);
    let federation = Federation::deep(now);
    let chain = federation.chain();
    assert_eq!(refused(&[]), Some("chain-broken"));
    assert_eq!(refused(&chain[..1]), Some("chain-broken"));
    assert_eq!(
        refused(&[chain[0].clone(), chain[3].clone()]),
        Some("chain-broken")
    );
    // Without the anchor's configuration.
    assert_eq!(refused(&chain[..3]), Some("anchor-unknown"));
    // Without the statement between.
    let gap = [chain[0].clone(), chain[1].clone(), chain[3].clone()];
    assert_eq!(refused(&gap), Some("token_no_key"));
    // An intermediate that vouches for itself, once more.
    let mut own = federation.statements[1].clone();
    own.claims["iss"] = json!(INTERMEDIATE);
    own.header["kid"] = json!("intermediate");
    own.key = intermediate_key();
    let mut looped = chain.clone();
    looped.insert(2, own.signed());
    assert_eq!(refused(&looped), Some("chain-loop"));
    let mut long = looped;
    long.insert(2, own.signed());
    assert_eq!(refused(&long), Some("chain-too-long"));
}

#[test]
fn a_chain_ends_with_the_first_of_its_statements() {
    let now = now();
    for part in 0..4 {
        let mut federation = Federation::deep(now);
        let draft = match part {
            0 => &mut federation.provider,
            3 => &mut federation.anchor,
            _ => &mut federation.statements[part - 1],
        };
        draft.claims["exp"] = json!(now + 7);
        let chain = federation.chain();
        assert_eq!(judge(&chain, now).unwrap().chain.expires(), now + 7);
        assert!(judge(&chain, now + 6).is_ok());
        let refusal = judge(&chain, now + 7).err().map(FederationRefusal::code);
        assert_eq!(refusal, Some("statement-expired"));
    }
}

#[test]
fn what_the_immediate_superior_says_of_the_metadata_comes_before_the_policies() {
    let now = now();
    let mut federation = Federation::deep(now);
    let said = json!({ "openid_provider": { "op_name": "Detto dal superiore" } });
    federation.statements[0].claims["metadata"] = said;
    // Of others' subordinates an entity says nothing.
    federation.statements[1].claims["metadata"] =
        json!({ "openid_provider": { "op_name": "Detto dall'alto" } });
    federation.statements[1].claims["metadata_policy"]["openid_provider"]["op_name"] =
        json!({ "one_of": ["Detto dal superiore"] });
    let trusted = judge(&federation.chain(), now).unwrap();
    assert_eq!(trusted.provider.name, "Detto dal superiore");
}

#[test]
fn the_switch_lets_critical_things_pass_as_the_italian_profile_says() {
    let now = now();
    let mut federation = Federation::flat(now);
    federation.provider.claims["crit"] = json!(["jti"]);
    let statement = &mut federation.statements[0].claims;
    statement["metadata_policy_crit"] = json!(["regexp"]);
    statement["metadata_policy"]["openid_provider"]["issuer"] = json!({ "regexp": ".*" });
    let rules = ChainRules {
        danger_ignore_critical: true,
        ..ChainRules::default()
    };
    let verify = |rules| TrustChain::verify(&federation.chain(), &[pinned()], rules, now);
    assert!(verify(rules).is_ok());
    assert!(verify(ChainRules::default()).is_err());
}

#[test]
fn an_anchor_whose_keys_change_is_noticed_while_a_pinned_key_still_signs() {
    let now = now();
    let mut federation = Federation::flat(now);
    let differ = |federation: &Federation| {
        let trusted = judge(&federation.chain(), now).unwrap();
        trusted.chain.anchor().other_keys().is_some()
    };
    assert!(!differ(&federation));
    federation.anchor.claims["jwks"] = jwks(&[(anchor_key(), "anchor"), (stranger_key(), "new")]);
    assert!(differ(&federation));
}
