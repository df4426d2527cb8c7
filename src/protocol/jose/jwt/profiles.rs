//! What the uses of tokens in a federation accept, one constant a use (OpenID Federation 1.0; our rules on CIE, B).

use super::{JwtProfile, KidRule};
use crate::protocol::jose::JwsAlgorithm;

impl JwtProfile {
    /// Entity configurations and subordinate statements.
    pub const ENTITY_STATEMENT: Self = federation(&["entity-statement+jwt"], 64 * 1024);

    /// Trust marks.
    pub const TRUST_MARK: Self = federation(&["trust-mark+jwt"], 16 * 1024);

    /// The answers of a resolve endpoint: they carry a whole chain.
    pub const RESOLVE_RESPONSE: Self = federation(&["resolve-response+jwt"], 512 * 1024);

    /// What an issuer of trust marks says of one today, in the form of OpenID Federation 1.0.
    pub const TRUST_MARK_STATUS: Self = federation(&["trust-mark-status-response+jwt"], 16 * 1024);

    /// ID tokens of providers upstream (our rules on CIE, B9). Their `typ` says no more than that they are tokens, and may be
    /// left out: what tells them from other tokens is what is checked in them.
    pub const ID_TOKEN: Self = upstream(&["jwt"], true);

    /// Signed answers of a userinfo endpoint upstream (our rules on CIE, B10).
    pub const USERINFO: Self = upstream(&["jwt"], true);

    /// Access tokens of providers upstream (RFC 9068; our rules on CIE, B9).
    pub const ACCESS_TOKEN: Self = upstream(&["at+jwt"], false);

    /// Authorization requests as a relying party of the federation signs them (RFC 9101, 10.8; our rules on CIE, B7: `typ`
    /// may be left out).
    pub const REQUEST_OBJECT: Self = upstream(&["oauth-authz-req+jwt", "jwt"], true);

    /// What a relying party of the federation shows of itself at a provider's endpoints (RFC 7523; our rules on CIE, B9).
    pub const CLIENT_ASSERTION: Self = upstream(&["client-authentication+jwt", "jwt"], true);
}

const fn federation(types: &'static [&'static str], max_bytes: usize) -> JwtProfile {
    JwtProfile {
        algorithms: &JwsAlgorithm::ITALIAN,
        types,
        may_be_untyped: false,
        kid: KidRule::Required,
        max_bytes,
    }
}

const fn upstream(types: &'static [&'static str], may_be_untyped: bool) -> JwtProfile {
    JwtProfile {
        algorithms: &JwsAlgorithm::ITALIAN,
        types,
        may_be_untyped,
        kid: KidRule::UnlessOneKey,
        max_bytes: 32 * 1024,
    }
}
