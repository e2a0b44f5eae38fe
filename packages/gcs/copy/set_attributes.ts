import {
  type KeyCall,
  type ObjectAttributes,
  PreconditionFailedError,
  type PutResult,
  type SetAttributesOptions,
} from "@lade/core/backend";
import { askJson, jsonBody } from "../client/ask_json.ts";
import { type GcsTarget, jsonPath } from "../client/gcs_target.ts";
import { type DescribedObject, describeObject } from "../objects/read_object.ts";
import {
  changesOf,
  copiedResource,
  type ObjectResource,
  receiptOf,
  resourceOf,
} from "../objects/resource.ts";
import { rewriteObject } from "./rewrite_object.ts";

/** How often a description is changed that others change, too. */
const MAX_TRIES = 5;

/**
 * Replaces attributes of an object, held to its content and its description as they were seen, again where others changed
 * the description alone. Another class takes a copy onto itself, which is a new version.
 */
export async function setAttributes(
  target: GcsTarget,
  key: string,
  attributes: ObjectAttributes,
  { ifMatch, signal }: SetAttributesOptions,
  call: KeyCall,
): Promise<PutResult> {
  let seen = ifMatch;
  for (let tries = 1;; tries++) {
    const asked = { ...(signal && { signal }), ...(seen !== undefined && { ifMatch: seen }) };
    const { info, resource } = await describeObject(target, key, asked, call);
    seen = info.etag;
    const { storageClass = resource.storageClass, ...others } = attributes;
    const changes = changesOf(resource, others);
    try {
      if (storageClass !== resource.storageClass) {
        return await rewriteOntoItself({ target, key, call, info, resource }, attributes, signal);
      }
      if (Object.keys(changes).length === 0) return receiptOf(resource, call, key);
      const changed = await askJson<ObjectResource>(target, {
        method: "PATCH",
        path: jsonPath(target, key),
        query: { ifGenerationMatch: seen, ifMetagenerationMatch: resource.metageneration },
        ...jsonBody(changes),
        document: "storage#object",
        idempotent: true,
        signal,
        call,
      });
      return receiptOf(changed, call, key);
    } catch (error) {
      if (!(error instanceof PreconditionFailedError) || tries === MAX_TRIES) throw error;
    }
  }
}

interface SeenObject extends DescribedObject {
  readonly target: GcsTarget;
  readonly key: string;
  readonly call: KeyCall;
}

/** The object in another class, with the rest of its description and by the key that it is encrypted with. */
async function rewriteOntoItself(
  { target, key, call, info, resource }: SeenObject,
  attributes: ObjectAttributes,
  signal: AbortSignal | undefined,
): Promise<PutResult> {
  const { kmsKeyName, metageneration } = resource;
  return await rewriteObject(
    {
      ...{ from: target, to: target, fromKey: key, toKey: key, calls: { from: call, to: call } },
      source: info,
      described: { ...copiedResource(resource), ...resourceOf(attributes, target.config) },
    },
    { ...(info.etag !== undefined && { ifMatch: info.etag }), ...(signal && { signal }) },
    {
      ...(metageneration && { ifSourceMetagenerationMatch: metageneration }),
      // Without the version of the key, which the service tells too.
      ...(kmsKeyName && { destinationKmsKeyName: kmsKeyName.replace(/\/cryptoKeyVersions\/.*$/, "") }),
    },
  );
}
