import {
  type ObjectToDelete,
  objectUri,
  PermissionDeniedError,
  StoreError,
  UnauthenticatedError,
  UnsupportedError,
} from "@lade/core/backend";
import { conditionHeaders, unlikeService } from "@lade/service/body";
import {
  type BatchDeleter,
  type BatchedAnswer,
  readHttpBatch,
  UNBATCHED,
  writeHttpBatch,
} from "@lade/service/delete";
import { faultOf } from "@lade/service/errors";
import { abortable } from "@lade/service/http";
import type { SingleDeleter } from "@lade/service/store";
import { AZURE_DIALECT } from "../client/azure_dialect.ts";
import { AZURE_NAMES } from "../client/azure_names.ts";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { isGone } from "./delete_blob.ts";
import { SnapshotsFirst } from "./snapshots_first.ts";

/** Requests of one batch at most ("Blob Batch"). */
const MAX_REQUESTS = 256;

/** Deletes blobs by batches of requests, each authorized by itself; by single ones where the service refuses a batch. */
export function batchDeleter(target: AzureTarget, single: SingleDeleter): BatchDeleter {
  const { client, config, endpoint, uri, traits } = target;

  async function send(objects: readonly ObjectToDelete[], signal: AbortSignal | undefined) {
    const call = { operation: "delete from", uri };
    const boundary = `batch_${crypto.randomUUID()}`;
    const { host } = new URL(endpoint.url);
    const requests = await Promise.all(objects.map(async (object) => {
      const authorizer = target.batchAuthorizer();
      const path = pathOf(target, object.key);
      const query = authorizer.authorizeQuery?.("") ?? "";
      const plain = { method: "DELETE", host, path, query, headers: conditionHeaders(object) };
      const headers = await abortable(Promise.resolve(authorizer.authorize(plain)), signal);
      return { method: "DELETE", target: query ? `${path}?${query}` : path, headers };
    }));
    const { headers, body } = await client.send({
      method: "POST",
      path: pathOf(target),
      query: { restype: "container", comp: "batch" },
      headers: { "content-type": `multipart/mixed; boundary=${boundary}` },
      body: writeHttpBatch(requests, boundary),
      kind: "other",
      statuses: [202],
      // Sent twice, the second would not find what the first one deleted.
      idempotent: objects.every(({ ifMatch }) => ifMatch === undefined),
      firstByteTimeoutMs: config.bounds.slowAnswerTimeoutMs,
      signal,
      call,
    });
    try {
      const answers = readHttpBatch(headers.get("content-type"), await body.text(2 ** 22), objects.length);
      return objects.map(({ key }, at) => outcomeOf(answers[at], objectUri(uri, key)));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw client.translate(error, call);
      throw unlikeService(call, AZURE_NAMES.service, error.message);
    }
  }

  function outcomeOf(answer: BatchedAnswer | undefined, uri: string): Error | undefined {
    if (!answer || answer.status === 202) return undefined;
    const fault = AZURE_DIALECT.faults.read({ ...answer, origin: { marked: true } });
    const error = client.translate(fault, { operation: "delete", uri });
    if (!(error instanceof StoreError) || isGone(error)) return undefined;
    // By itself, a request is authorized anew where that helps.
    return error instanceof UnauthenticatedError ? error.restated({ retryable: true }) : error;
  }

  const first = new SnapshotsFirst();
  return {
    ...single,
    order: (objects) => first.order(objects),
    sendOne: (object, signal) => first.remove(object, () => single.sendOne(object, signal), signal),
    max: MAX_REQUESTS,
    get isRefused(): boolean {
      return traits.refusesBatches === true;
    },
    fits: ({ version, ifMatch = "" }) => version === undefined && !UNBATCHED.test(ifMatch),
    send,
    isRefusal: (error) =>
      error instanceof PermissionDeniedError || error instanceof UnsupportedError ||
      faultOf(error)?.status === 400,
    foundRefused(): void {
      traits.refusesBatches = true;
    },
  };
}
