//! Forgeries of lists, which are refused, each for its reason. "We accept and `xmlsec1` refuses" fails; where the signature
//! of a forgery is genuine, `xmlsec1` confirms it, so that it is our rule that refuses.

mod inside;

use varco::demo::trusted_list::{fill, with_signature};

use super::super::corpus::signing::PROVIDER;
use super::judge::xmlsec1;
use super::spoil::{after, before, part, replaced, template};
use super::{signed, signer, small, verdict};

/// A forgery: its name, its text, the code of the refusal, and whether its signature is genuine.
type Forgery = (&'static str, String, &'static str, bool);

const END: &str = "</TrustServiceStatusList>";

fn signature_of(text: &str) -> &str {
    part(text, "<ds:Signature ", "</ds:Signature>")
}

/// Where the signature stands, and how many there are.
fn places() -> Vec<Forgery> {
    let (genuine, template) = (signed(), template());
    let signature = signature_of(&genuine);
    let hidden = format!("<!-- {} -->", signature.replace("--", ""));
    let unfilled = signature_of(&template);
    let first = replaced(&template, unfilled, "");
    let first = replaced(&first, "<SchemeInf", &format!("{unfilled}<SchemeInf"));
    let first = fill(&first, &PROVIDER.key).unwrap();
    let deep = format!("<TSPServices>{signature}");
    vec![
        (
            "no signature",
            small().unsigned(),
            "signature-missing",
            false,
        ),
        (
            "the signature in a comment",
            replaced(&genuine, signature, &hidden),
            "signature-missing",
            false,
        ),
        (
            "two signatures",
            after(END, &format!("{signature}{END}")),
            "signature-repeated",
            false,
        ),
        (
            "a second signature deep in the list",
            after("<TSPServices>", &deep),
            "signature-repeated",
            false,
        ),
        ("the signature first", first, "list-signature-place", true),
        (
            "something after the signature",
            before(END, &format!("<Extra/>{END}")),
            "list-signature-place",
            true,
        ),
    ]
}

/// Changed after it was signed.
fn changes() -> Vec<Forgery> {
    let genuine = signed();
    let service = part(&genuine, "<TSPService>", "</TSPService>");
    let time = part(&genuine, "<xades:SigningTime>", "</xades:SigningTime>");
    let digest = "signature-digest";
    vec![
        ("a name", after("Beta CNS", "Gamma CNS"), digest, false),
        ("a number", after(">7<", ">8<"), digest, false),
        (
            "a service less",
            replaced(&genuine, service, ""),
            digest,
            false,
        ),
        (
            "white space",
            after("<SchemeInf", " <SchemeInf"),
            digest,
            false,
        ),
        (
            "the signed properties",
            after(time, &time.replace("-11-", "-12-")),
            "list-signature-properties-digest",
            false,
        ),
        (
            "a value that is no base64",
            after("<ds:SignatureValue>", "<ds:SignatureValue>!"),
            "signature-base64",
            false,
        ),
    ]
}

/// References to something else, more of them, or fewer.
fn references() -> Vec<Forgery> {
    let template = template();
    let of_document = part(&template, "<ds:Reference Id", "</ds:Reference>");
    let of_properties = part(&template, "<ds:Reference Type", "</ds:Reference>");
    let both = format!("{of_properties}{of_document}");
    let kind = " Type=\"http://uri.etsi.org/01903#SignedProperties\"";
    let manifest = " Type=\"http://www.w3.org/2000/09/xmldsig#Manifest\" URI=\"\"";
    let (whole, of_it) = (" URI=\"\"", "URI=\"#properties\"");
    let many = "list-signature-references";
    let elsewhere = "signature-reference";
    let not_properties = "list-signature-properties-reference";
    let with_id = "<SchemeInformation ID=\"properties\">";
    vec![
        (
            "to the root by id",
            before(whole, " URI=\"#list\""),
            elsewhere,
            true,
        ),
        (
            "by XPointer",
            before(whole, " URI=\"#xpointer(/)\""),
            elsewhere,
            true,
        ),
        (
            "to another file",
            after(whole, " URI=\"list.xml\""),
            elsewhere,
            false,
        ),
        ("to nothing", after(whole, ""), elsewhere, false),
        ("to a manifest", after(whole, manifest), elsewhere, false),
        (
            "properties: the list",
            before(of_it, "URI=\"#list\""),
            not_properties,
            false,
        ),
        (
            "properties: everything",
            before(of_it, "URI=\"\""),
            not_properties,
            false,
        ),
        ("properties: no kind", before(kind, ""), many, true),
        (
            "an id used twice",
            before("<SchemeInformation>", with_id),
            not_properties,
            true,
        ),
        ("only the document", before(of_properties, ""), many, true),
        ("only the properties", before(of_document, ""), many, true),
        ("three", before(of_properties, &both), many, true),
        (
            "the document twice",
            before(of_properties, of_document),
            many,
            true,
        ),
        (
            "the properties twice",
            before(of_document, of_properties),
            many,
            true,
        ),
    ]
}

/// Something genuine wrapped into something forged.
fn wrappings() -> Vec<Forgery> {
    let genuine = signed();
    let forged = small().unsigned().replace("Beta", "Gamma");
    let open = replaced(&forged, END, "");
    let signature = signature_of(&genuine);
    let guest = format!("<ds:Object>{}", small().unsigned());
    let around = with_signature(&forged, &PROVIDER.certificate, small().issued);
    let around = fill(&replaced(&around, "<ds:Object>", &guest), &PROVIDER.key).unwrap();
    let properties = part(&genuine, "<xades:SignedProp", "</xades:SignedProperties>");
    let other = replaced(&genuine, properties, &properties.replace("-11-", "-12-"));
    // Moved, they must say themselves what their prefixes mean: their canonical form stays what it was.
    let declared = "<xades:SignedProperties xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\"";
    let properties = properties.replacen("<xades:SignedProperties", declared, 1);
    let put = |mark: &str| replaced(&other, mark, &format!("{properties}{mark}"));
    let in_object = format!("<ds:Object>{properties}</ds:Object></ds:Signature>");
    vec![
        (
            "the genuine list in a forged one",
            format!("{open}{genuine}{END}"),
            "list-signature-place",
            false,
        ),
        (
            "the genuine list in the object of a forged one",
            around,
            "list-signature-properties",
            false,
        ),
        (
            "the genuine signature under a forged list",
            format!("{open}{signature}{END}"),
            "signature-digest",
            false,
        ),
        (
            "forged properties, the genuine ones in the list",
            put("<SchemeInformation>"),
            "list-signature-properties-reference",
            false,
        ),
        (
            "forged properties, the genuine ones beside them",
            put("<xades:SignedProp"),
            "list-signature-properties",
            false,
        ),
        (
            "forged properties, the genuine ones in a second object",
            replaced(&other, "</ds:Signature>", &in_object),
            "signature-shape",
            false,
        ),
        (
            "forged properties, the genuine ones in KeyInfo",
            put("<ds:X509Data>"),
            "signature-key-info",
            false,
        ),
    ]
}

#[test]
fn every_forgery_of_a_list_is_refused_for_its_reason() {
    let mut faults = Vec::new();
    let forgeries = [
        places(),
        changes(),
        references(),
        wrappings(),
        inside::objects(),
        inside::signers(),
        inside::methods(),
        inside::documents(),
    ]
    .concat();
    assert!(forgeries.len() > 60, "{}", forgeries.len());
    for (name, text, code, proven) in forgeries {
        let ours = verdict(&text, &[signer(&PROVIDER)]);
        if ours != Err(code) {
            faults.push(format!("{name}: {ours:?}, not {code}"));
        }
        if proven && !xmlsec1(&text, &PROVIDER.certificate) {
            faults.push(format!("{name}: the generator's signature is broken"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_change_of_one_byte_is_taken_that_xmlsec1_refuses() {
    let text = signed();
    let pinned = [signer(&PROVIDER)];
    let mut taken = 0;
    // Every seventh byte, in turn made something else, taken away, and doubled.
    for (turn, at) in (0..text.len()).step_by(7).enumerate() {
        let mut bytes = text.clone().into_bytes();
        match turn % 3 {
            0 => bytes[at] ^= 1,
            1 => drop(bytes.remove(at)),
            _ => bytes.insert(at, bytes[at]),
        }
        let Ok(changed) = String::from_utf8(bytes) else {
            continue;
        };
        if verdict(&changed, &pinned).is_ok() {
            taken += 1;
            assert!(xmlsec1(&changed, &PROVIDER.certificate), "{changed}");
        }
    }
    // What KeyInfo says, and doubled spaces between attributes, change nothing that is signed.
    assert!(taken > 0);
}
