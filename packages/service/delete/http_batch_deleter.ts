import {
  type ObjectToDelete,
  objectUri,
  PermissionDeniedError,
  StoreError,
  UnauthenticatedError,
  UnsupportedError,
} from "@lade/core/backend";
import { unlikeService } from "@lade/service/body";
import type { ClientRequest, ServiceClient } from "@lade/service/call";
import { faultOf, type FaultReader, type ServiceFault } from "@lade/service/errors";
import type { ResponseHeaders } from "@lade/service/http";
import type { BatchDeleter, DeleteOutcome } from "./batch_deleter.ts";
import { type BatchedAnswer, type BatchedRequest, readHttpBatch, writeHttpBatch } from "./http_batch.ts";

/** Bytes of an answer at most. */
const MAX_ANSWER = 2 ** 22;

/** How a service takes deletions by batches of `multipart/mixed`. */
export interface HttpBatchSetup extends Pick<BatchDeleter, "uri" | "keyFault" | "sendOne" | "max" | "fits"> {
  /** Asks the service. */
  readonly client: ServiceClient;
  /** What messages call the service. */
  readonly service: string;
  /** The request that holds a batch. */
  readonly request: Pick<ClientRequest, "path" | "query" | "statuses" | "firstByteTimeoutMs">;
  /** The request that deletes an object, within a batch. */
  deletionOf(
    object: ObjectToDelete,
    signal: AbortSignal | undefined,
  ): BatchedRequest | Promise<BatchedRequest>;
  /** Reads failures within a batch. */
  readonly faults: FaultReader<ServiceFault>;
  /** Whether a failure says that there was nothing to delete. */
  isGone(error: StoreError): boolean;
  /** The statuses, within a batch, that say that an object is deleted. */
  readonly deleted: readonly number[];
  /** The statuses by which an endpoint says that it takes no batches. */
  readonly refusals: readonly number[];
  /** What is found of the endpoint: whether it takes batches. Where that is known, none of its refusals says otherwise. */
  readonly traits: { takesBatches?: boolean };
}

/** Deletes by batches of requests; by single ones where the service refuses batches, which is remembered. */
export function httpBatchDeleter(setup: HttpBatchSetup): BatchDeleter {
  const { client, request, service, traits, uri } = setup;

  async function send(
    objects: readonly ObjectToDelete[],
    signal: AbortSignal | undefined,
  ): Promise<readonly DeleteOutcome[]> {
    const call = { operation: "delete from", uri };
    const boundary = `batch_${crypto.randomUUID()}`;
    const requests = await Promise.all(objects.map(async (object) => await setup.deletionOf(object, signal)));
    const asked = {
      ...request,
      method: "POST",
      headers: { "content-type": `multipart/mixed; boundary=${boundary}` },
      body: writeHttpBatch(requests, boundary),
      kind: "other",
      // Sent twice, the second would not find what the first one deleted.
      idempotent: objects.every(({ ifMatch }) => ifMatch === undefined),
      signal,
      call,
    } as const;
    const read = (text: string, headers: ResponseHeaders) =>
      readHttpBatch(headers.get("content-type"), text, objects.length);
    try {
      const answers = await client.readText(asked, read, {
        maxBytes: MAX_ANSWER,
        isCutOff: ({ message }) => message.includes("breaks off"),
      });
      return answers.map((answer, at) => outcomeOf(answer, objectUri(uri, objects[at]?.key ?? "")));
    } catch (error) {
      throw error instanceof SyntaxError ? unlikeService(call, service, error.message) : error;
    }
  }

  function outcomeOf(answer: BatchedAnswer, uri: string): DeleteOutcome {
    if (setup.deleted.includes(answer.status)) return undefined;
    const fault = setup.faults.read({ ...answer, origin: { marked: true } });
    const error = client.translate(fault, { operation: "delete", uri });
    if (!(error instanceof StoreError) || setup.isGone(error)) return undefined;
    // By itself, a request is authorized anew where that helps.
    return error instanceof UnauthenticatedError ? error.restated({ retryable: true }) : error;
  }

  return {
    ...{ uri, max: setup.max, send },
    keyFault: (key) => setup.keyFault(key),
    sendOne: (object, signal) => setup.sendOne(object, signal),
    fits: (object) => setup.fits(object),
    get isRefused(): boolean {
      return traits.takesBatches === false;
    },
    isRefusal: (error) =>
      error instanceof PermissionDeniedError || error instanceof UnsupportedError ||
      (!traits.takesBatches && setup.refusals.includes(faultOf(error)?.status ?? 0)),
    foundRefused(): void {
      traits.takesBatches = false;
    },
  };
}
