// Says what @openid-federation/core makes of metadata under the policies of a chain. Reads an array of
// { policies: metadata_policy claims from the anchor downwards, metadata } from standard input; writes an array of
// { metadata } or { refused }.
import { readFileSync } from "node:fs";
import {
  applyMetadataPolicyToMetadata,
  combineMetadataPolicies,
  metadataPolicySchema,
} from "@openid-federation/core";

function judge({ policies, metadata }) {
  try {
    for (const policy of policies)
      for (const parameters of Object.values(policy))
        for (const operators of Object.values(parameters)) metadataPolicySchema.parse(operators);
    // It goes through the statements from the last one, which is the anchor's.
    const statements = policies.map((metadata_policy) => ({ metadata_policy })).reverse();
    const { mergedPolicy } = combineMetadataPolicies({ statements });
    const { resolvedLeafMetadata } = applyMetadataPolicyToMetadata({
      leafMetadata: metadata,
      policyMetadata: mergedPolicy,
    });
    return { metadata: resolvedLeafMetadata };
  } catch (error) {
    return { refused: String(error.message ?? error) };
  }
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(judge)));
