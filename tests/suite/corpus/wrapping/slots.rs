//! The places of a message where something can be put.

/// A place in a text: what it is called, what to look for, and what goes in front of it.
pub(super) struct Slot {
    pub(super) name: &'static str,
    /// The slot is right before the first occurrence of this ...
    pub(super) before: &'static str,
    /// ... and what is put there is wrapped so.
    pub(super) open: &'static str,
    pub(super) close: &'static str,
}

const fn slot(
    name: &'static str,
    before: &'static str,
    open: &'static str,
    close: &'static str,
) -> Slot {
    Slot {
        name,
        before,
        open,
        close,
    }
}

/// Slots of the response outside the assertion.
pub(super) const OUTSIDE: &[Slot] = &[
    slot("before the response's Issuer", "<saml:Issuer", "", ""),
    slot("in the response's Issuer", "</saml:Issuer>", "", ""),
    slot("after the response's Issuer", "<samlp:Status>", "", ""),
    slot(
        "in Extensions",
        "<samlp:Status>",
        "<samlp:Extensions>",
        "</samlp:Extensions>",
    ),
    slot("in Status", "</samlp:Status>", "", ""),
    slot(
        "in StatusMessage",
        "</samlp:Status>",
        "<samlp:StatusMessage>",
        "</samlp:StatusMessage>",
    ),
    slot(
        "in StatusDetail",
        "</samlp:Status>",
        "<samlp:StatusDetail>",
        "</samlp:StatusDetail>",
    ),
    slot("beside, before", "<saml:Assertion", "", ""),
    slot("beside, after", "</samlp:Response>", "", ""),
    slot(
        "in an unknown element",
        "</samlp:Response>",
        "<x:y xmlns:x=\"urn:x\">",
        "</x:y>",
    ),
    slot(
        "in an Object of the response's signature",
        "<samlp:Status>",
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:Object>",
        "</ds:Object></ds:Signature>",
    ),
];

/// Slots of the forged assertion.
pub(super) const INSIDE: &[Slot] = &[
    slot("in Issuer", "</saml:Issuer>", "", ""),
    slot("after Issuer", "<saml:Subject>", "", ""),
    slot("in NameID", "</saml:NameID>", "", ""),
    slot("in Subject", "</saml:Subject>", "", ""),
    slot(
        "in SubjectConfirmation",
        "</saml:SubjectConfirmation>",
        "",
        "",
    ),
    slot("in Conditions", "</saml:Conditions>", "", ""),
    slot("in Audience", "</saml:Audience>", "", ""),
    slot(
        "in Advice",
        "<saml:AuthnStatement",
        "<saml:Advice>",
        "</saml:Advice>",
    ),
    slot(
        "in AuthnContextClassRef",
        "</saml:AuthnContextClassRef>",
        "",
        "",
    ),
    slot(
        "in AuthnContextDecl",
        "</saml:AuthnContext>",
        "<saml:AuthnContextDecl>",
        "</saml:AuthnContextDecl>",
    ),
    slot(
        "in AttributeStatement",
        "</saml:AttributeStatement>",
        "",
        "",
    ),
    slot("in AttributeValue", "</saml:AttributeValue>", "", ""),
    slot("at the end", "</saml:Assertion>", "", ""),
];

/// Slots of a signature, which the enveloped transform takes out of what is signed.
pub(super) const IN_SIGNATURE: &[Slot] = &[
    slot(
        "in Object",
        "</ds:Signature>",
        "<ds:Object>",
        "</ds:Object>",
    ),
    slot(
        "in KeyInfo",
        "</ds:Signature>",
        "<ds:KeyInfo>",
        "</ds:KeyInfo>",
    ),
    slot(
        "in KeyInfo's X509Data",
        "</ds:Signature>",
        "<ds:KeyInfo><ds:X509Data>",
        "</ds:X509Data></ds:KeyInfo>",
    ),
    slot("in SignatureValue", "</ds:SignatureValue>", "", ""),
    slot("right in the signature", "</ds:Signature>", "", ""),
    slot("in SignedInfo", "</ds:SignedInfo>", "", ""),
    slot(
        "in Transform",
        "</ds:Transforms>",
        "<ds:Transform Algorithm=\"urn:x\">",
        "</ds:Transform>",
    ),
    slot("in DigestValue", "</ds:DigestValue>", "", ""),
];
