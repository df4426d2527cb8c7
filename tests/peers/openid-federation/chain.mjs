// Says what @openid-federation/core makes of an entity's trust chains. Reads an array of { leaf, anchor, documents: token by
// address } from standard input; writes an array of { metadata } or { refused }. Nothing is fetched from anywhere else.
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolveTrustChains } from "@openid-federation/core";

const HASHES = { ES256: "sha256", ES512: "sha512", RS256: "sha256", RS512: "sha512" };

// Signatures are the caller's part: an algorithm that nobody may use is none here either.
function verifyJwtCallback({ header, data, signature, jwk }) {
  const hash = HASHES[header.alg];
  if (!hash) return false;
  const key = createPublicKey({ key: jwk, format: "jwk" });
  return verify(hash, data, { key, dsaEncoding: "ieee-p1363" }, signature);
}

async function judge({ leaf, anchor, documents }) {
  globalThis.fetch = async (address) => {
    const token = documents[decodeURIComponent(address).replace(/\?$/, "")];
    if (token === undefined) throw new Error(`there is nothing at ${address}`);
    const headers = { "content-type": "application/entity-statement+jwt" };
    return new Response(token, { headers });
  };
  try {
    const chains = await resolveTrustChains({
      entityId: leaf,
      trustAnchorEntityIds: [anchor],
      verifyJwtCallback,
    });
    if (chains.length === 0) return { refused: "no chain" };
    return { metadata: chains[0].resolvedLeafMetadata };
  } catch (error) {
    return { refused: String(error.message ?? error) };
  }
}

const verdicts = [];
for (const asked of JSON.parse(readFileSync(0, "utf8"))) verdicts.push(await judge(asked));
console.log(JSON.stringify(verdicts));
