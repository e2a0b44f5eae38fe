import { checkWriteConditions, type CopyOptions, StoreError } from "@lade/core/backend";
import { blameSource, isRenamed } from "@lade/service/copy";
import { faultOf } from "@lade/service/errors";
import { encodeStrict } from "@lade/service/http";
import type { ServiceCopy } from "@lade/service/store";
import { askJson } from "../client/ask_json.ts";
import { generationOf, generationQuery } from "../client/gcs_conditions.ts";
import { type GcsTarget, jsonPath } from "../client/gcs_target.ts";
import { headObject } from "../objects/read_object.ts";
import { type ObjectResource, receiptOf } from "../objects/resource.ts";

/** What an endpoint says that knows no moves; some take the path for the name of an object. */
const UNKNOWN = [400, 404, 405, 501];

/**
 * Renames in one step ("Objects: move"), held to the content that is seen first; by a copy where the endpoint knows no moves,
 * which is remembered, and where the object is to have other attributes.
 */
export async function renameObject(
  copy: ServiceCopy<GcsTarget>,
  options: CopyOptions,
  copyAndDelete: (options: CopyOptions) => Promise<void>,
): Promise<void> {
  const { from: target, fromKey, toKey, calls } = copy;
  const { traits } = target;
  const { attributes, signal, sourceIfMatch, sourceVersion } = options;
  if (traits.moves === false || attributes || sourceVersion !== undefined) {
    return await copyAndDelete(options);
  }
  const asked = signal ? { signal } : {};
  const head = (key: string, call = calls.from) => headObject(target, key, asked, call);
  const source = await headObject(
    target,
    fromKey,
    { ...asked, ...(sourceIfMatch !== undefined && { ifMatch: sourceIfMatch }) },
    calls.from,
  );
  const { etag = "" } = source;
  if (fromKey === toKey) return checkWriteConditions(calls.to, etag, options);
  try {
    const moved = await askJson<ObjectResource>(target, {
      method: "POST",
      document: "storage#object",
      path: `${jsonPath(target, fromKey)}/moveTo/o/${encodeStrict(toKey)}`,
      query: { ...generationQuery(options), ifSourceGenerationMatch: generationOf(etag) },
      idempotent: false,
      firstByteTimeoutMs: target.config.bounds.slowAnswerTimeoutMs,
      signal,
      call: { ...calls.to, step: "move to" },
    });
    receiptOf(moved, calls.to, toKey);
    traits.moves = true;
  } catch (error) {
    if (!(error instanceof StoreError) || signal?.aborted) throw error;
    const lost = { source, from: () => head(fromKey), to: () => head(toKey, calls.to) };
    // What is no answer of the service's says nothing of what became of it.
    const mayBeMade = error.retryable || (faultOf(error)?.attempts ?? Infinity) > 1;
    if (mayBeMade && await isRenamed(lost)) return;
    const found = await blameSource(error, etag, calls.from, () => head(fromKey));
    const isUnknown = UNKNOWN.includes(faultOf(error)?.status ?? 0);
    if (traits.moves || !isUnknown || found !== error) throw found;
    traits.moves = false;
    await copyAndDelete({ ...options, sourceIfMatch: etag });
  }
}
