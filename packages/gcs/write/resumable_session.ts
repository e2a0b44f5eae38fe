import {
  type KeyCall,
  NotFoundError,
  type PartOutcome,
  type Preconditions,
  ServiceError,
  StoreError,
  tellLeftover,
  UnavailableError,
  UnsupportedError,
} from "@lade/core/backend";
import { backoffDelayMs, defaultRetryPolicy } from "@lade/core/retry";
import { unlikeService } from "@lade/service/body";
import type { ClientRequest } from "@lade/service/call";
import { faultOf } from "@lade/service/errors";
import { TransportError } from "@lade/service/http";
import { jsonBody, readDocument } from "../client/ask_json.ts";
import { generationQuery } from "../client/gcs_conditions.ts";
import { GCS_NAMES } from "../client/gcs_names.ts";
import { type GcsTarget, kmsQuery, payer, uploadPath } from "../client/gcs_target.ts";
import type { ObjectResource } from "../objects/resource.ts";
import { removeWritten } from "./check_written.ts";

/** What a session makes. */
export interface SessionObject {
  /** The object's key. */
  readonly key: string;
  /** What is being done. */
  readonly call: KeyCall;
  /** What describes the object. */
  readonly resource: ObjectResource;
  /** What has to hold when the session begins, and when it makes the object. */
  readonly conditions: Preconditions;
  /** Bytes of the object, where they are known before. */
  readonly size?: number | undefined;
  /** Whether a session that has expired is replaced by another one, as long as no byte is lost by that. */
  readonly renewable: boolean;
}

/** Chunks but the last have a multiple of so many bytes, and so many at least are kept of one that breaks off. */
const CHUNK_UNIT = 2 ** 18;

/** The unit of chunks; less only where chunks are configured to be less, for an emulator that takes such. */
export function chunkUnit({ config: { chunkSize } }: Pick<GcsTarget, "config">): number {
  return Math.min(CHUNK_UNIT, chunkSize);
}

/** The last request of a session: the CRC-32C of the object, in base64, where it is known. */
export interface LastRequest {
  readonly sum?: string | undefined;
}

/** What the service says: how many bytes it has, or what it has made of them. */
type Answer = { readonly stored: number; readonly made?: never } | { readonly made: ObjectResource };

/**
 * One upload by a resumable session ("Resumable uploads"): bytes go in order, a chunk at a time. Whenever it is not certain
 * what the service has got, it is asked, and what it has is not sent again. Nothing of this is retried by the transport
 * but requests that never reached the service, and questions.
 */
export class ResumableSession {
  /** Bytes that the service is known to have. */
  stored = 0;
  readonly #target: GcsTarget;
  readonly #object: SessionObject;
  readonly #begunMs: number;
  /** Path and query of the session's URI. A secret: who has it can write the object. */
  #id: string | undefined;
  /** Bytes that may have been sent. */
  #sent = 0;
  /** Whether the service may have more than is known. */
  #unsure = false;
  /** Whether the last request was sent, and nobody knows what became of it. */
  #ending = false;
  #renewals = 0;
  #made: ObjectResource | undefined;

  /** Makes no request; `id` is that of a session which was begun before. */
  constructor(target: GcsTarget, object: SessionObject, id?: string) {
    this.#target = target;
    this.#object = object;
    this.#begunMs = target.context.clock.now();
    this.#id = id;
  }

  /** What the session is known by: path and query of its URI. A secret. */
  get id(): string {
    if (this.#id === undefined) throw new TypeError("Cannot name a session that has not begun");
    return this.#id;
  }

  /** Begins, or begins anew. One that is begun twice, since an answer was lost, is gone in a week without a byte. */
  async begin(signal: AbortSignal | undefined): Promise<void> {
    const { key, call, resource, conditions, size } = this.#object;
    const { body, headers } = jsonBody(resource);
    const answer = await this.#target.json.send({
      method: "POST",
      path: uploadPath(this.#target),
      query: {
        uploadType: "resumable",
        name: key,
        ...generationQuery(conditions),
        ...kmsQuery(this.#target),
        ...payer(this.#target),
      },
      headers: { ...headers, ...(size !== undefined && { "x-upload-content-length": String(size) }) },
      ...{ body, kind: "other", statuses: [200, 201], idempotent: true, signal, call },
    });
    await answer.body.discard();
    // Its host is of no interest: credentials go to the endpoint that is configured, and nowhere else.
    const { pathname = "", search = "" } = URL.parse(answer.headers.get("location") ?? "", "http://x") ?? {};
    if (!isSessionId(pathname + search)) {
      throw unlikeService(call, GCS_NAMES.service, "it does not tell where the upload goes on");
    }
    this.#id = pathname + search;
    this.stored = 0;
    this.#unsure = this.#ending = false;
  }

  /** Asks how far the session is, and whether it has made the object. */
  async ask(signal: AbortSignal | undefined): Promise<ObjectResource | undefined> {
    this.#sent = Infinity;
    await this.#ask(signal);
    this.#sent = this.stored;
    return this.#made;
  }

  /** Ends the session and throws its bytes away; one that is gone already is no error. */
  async cancel(signal: AbortSignal | undefined): Promise<void> {
    const { call } = this.#object;
    const request = { method: "DELETE", body: new Uint8Array(), kind: "other", signal, call } as const;
    try {
      const { body } = await this.#target.json.send({ ...request, ...this.#place() });
      await body.discard();
    } catch (error) {
      if (!isGone(error)) {
        throw tellLeftover(error, "the upload session, which the service keeps for a week,");
      }
    }
  }

  /** Sends bytes that begin at `at` until the service has all of them. */
  async send(at: number, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<PartOutcome> {
    return await this.#advance(at, bytes, undefined, signal);
  }

  /** Sends the last bytes, which begin at `at` and may be none, and makes the object. */
  async finish(
    at: number,
    bytes: Uint8Array,
    last: LastRequest,
    signal: AbortSignal | undefined,
  ): Promise<ObjectResource> {
    await this.#advance(at, bytes, last, signal);
    return this.#made as ObjectResource;
  }

  /** `bytes` is all that is here to be sent. */
  async #advance(
    at: number,
    bytes: Uint8Array,
    last: LastRequest | undefined,
    signal: AbortSignal | undefined,
  ): Promise<PartOutcome> {
    const end = at + bytes.length;
    const { clock, random } = this.#target.context;
    const { config: { bounds, chunkSize } } = this.#target;
    const { patienceMs, maxRetryAfterMs, maxAttempts = defaultRetryPolicy.maxAttempts } = bounds;
    const unit = chunkUnit(this.#target);
    let [tries, base, sinceMs, throttled] = [0, this.stored, clock.monotonicMs(), false];
    while (last ? !this.#made : this.#unsure || this.stored < end) {
      let failure: StoreError | undefined;
      try {
        if (this.#unsure) {
          await this.#ask(signal);
        } else {
          if (this.stored < at) throw this.#lost();
          const to = Math.min(end, this.stored + chunkSize);
          failure = await this.#sendChunk(
            bytes.subarray(this.stored - at, to - at),
            to === end ? last : undefined,
            signal,
          );
        }
      } catch (error) {
        if (!isGone(error)) throw error;
        await this.#renew(at, error, signal);
        [failure, base] = [error, 0];
      }
      if (this.#made && !last) await this.#endedEarly(this.#made);
      if (this.stored > base && this.stored >= Math.min(end, base + unit)) {
        [tries, base, sinceMs] = [0, this.stored, clock.monotonicMs()];
      }
      if (!failure) continue;
      throttled ||= THROTTLING.includes(faultOf(failure)?.status ?? 0);
      const { retryAfterMs = 0 } = failure;
      const delayMs = Math.max(retryAfterMs, backoffDelayMs(defaultRetryPolicy, ++tries, random));
      const leftMs = patienceMs - (clock.monotonicMs() - sinceMs);
      if (tries >= maxAttempts || retryAfterMs > maxRetryAfterMs || delayMs > leftMs) throw failure;
      await clock.sleep(delayMs, signal);
    }
    return { throttled };
  }

  /** Sends the next chunk; gives why the service has to be asked what it has got of it. */
  async #sendChunk(
    bytes: Uint8Array,
    last: LastRequest | undefined,
    signal: AbortSignal | undefined,
  ): Promise<StoreError | undefined> {
    const [from, to] = [this.stored, this.stored + bytes.length];
    const range = `bytes ${from === to ? "*" : `${from}-${to - 1}`}/${last ? to : "*"}`;
    this.#sent = Math.max(this.#sent, to);
    this.#unsure = true;
    try {
      const { slowAnswerTimeoutMs: firstByteTimeoutMs } = this.#target.config.bounds;
      const request = { ...(last && { ...last, firstByteTimeoutMs }), idempotent: false, signal };
      this.#note(await this.#put(range, bytes, request));
    } catch (error) {
      signal?.throwIfAborted();
      if (!mayHaveArrived(error)) throw error;
      this.#ending = last !== undefined;
      return error;
    }
    if (this.#made || (to > from && this.stored >= Math.min(to, from + chunkUnit(this.#target)))) {
      return undefined;
    }
    const { operation, uri } = this.#object.call;
    const detail = `the service took ${this.stored - from} of the ${to - from} bytes that were sent`;
    return new UnavailableError({ operation, uri, detail, advice: "try again later" });
  }

  async #ask(signal: AbortSignal | undefined): Promise<void> {
    this.#note(await this.#put("bytes */*", new Uint8Array(), { idempotent: true, signal }));
  }

  #place() {
    const [path = "", search] = this.id.split("?");
    return { path, query: { ...payer(this.#target), ...Object.fromEntries(new URLSearchParams(search)) } };
  }

  async #put(
    range: string,
    body: Uint8Array,
    { sum, ...request }: LastRequest & Pick<ClientRequest, "idempotent" | "firstByteTimeoutMs" | "signal">,
  ): Promise<Answer> {
    const { json } = this.#target;
    const { call } = this.#object;
    const response = await json.send({
      ...{
        ...request,
        ...this.#place(),
        method: "PUT",
        kind: "other",
        statuses: [200, 201, 308],
        body,
        call,
      },
      headers: { "content-range": range, ...(sum !== undefined && { "x-goog-hash": `crc32c=${sum}` }) },
      ...(!request.idempotent && { retryable: () => false }),
    });
    if (response.status === 308) {
      await response.body.discard();
      if (response.headers.has("location")) throw unlikeService(call, GCS_NAMES.service, "it redirects");
      return { stored: readStored(response.headers.get("range"), call) };
    }
    try {
      const text = await response.body.text(2 ** 20);
      return { made: readDocument<ObjectResource>(text, "storage#object", call) };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw json.translate(error, call);
      throw unlikeService(call, GCS_NAMES.service, "its document breaks off");
    }
  }

  /** Believes what the service says that it has. */
  #note(answer: Answer): void {
    this.#unsure = this.#ending = false;
    if (answer.made) {
      this.#made = answer.made;
      return;
    }
    this.stored = answer.stored;
    if (this.stored <= this.#sent) return;
    const { operation, uri } = this.#object.call;
    throw new UnavailableError({
      operation,
      uri,
      detail: "another writer goes on with the upload",
      retryable: false,
    });
  }

  /** Replaces a session that is gone, where all of the object's bytes so far are here. */
  async #renew(at: number, error: StoreError, signal: AbortSignal | undefined): Promise<void> {
    const { call: { operation, uri }, conditions, renewable } = this.#object;
    if (faultOf(error)?.status === CANCELLED) {
      throw new NotFoundError({ operation, uri, detail: "the upload was aborted", cause: error });
    }
    // What the last request made would fail the condition of another session.
    const isConditional = conditions.ifMatch !== undefined || conditions.ifNoneMatch !== undefined;
    const isDoubtful = this.#ending && isConditional;
    if (at === 0 && renewable && !isDoubtful && ++this.#renewals <= MOST_RENEWALS) {
      return await this.begin(signal);
    }
    throw new UnavailableError({
      operation,
      uri,
      detail: isDoubtful
        ? "the upload session is gone since its last request was sent, whose answer was lost"
        : "the upload session has expired, and what it had is not here to be sent again",
      advice: isDoubtful
        ? "look whether the object is there before you write it again"
        : "write the object again",
      cause: error,
    });
  }

  /** The service says that it has less than it had said before. */
  #lost(): ServiceError {
    const { operation, uri } = this.#object.call;
    const detail =
      `the service has ${this.stored} bytes where it had more, which are not here to be sent again`;
    return new ServiceError({ operation, uri, detail, advice: "write the object again" });
  }

  /** Throws, since an object is there that nobody has closed; one that lacks bytes is removed. */
  async #endedEarly(made: ObjectResource): Promise<never> {
    const { key, call, size } = this.#object;
    const { operation, uri } = call;
    if (size !== undefined && Number(made.size) === size) {
      const detail = "another writer has closed the upload";
      throw new UnavailableError({ operation, uri, detail, retryable: false });
    }
    // It is of all that the session had, or of whole units of that; any other one is not the session's.
    const { name, generation, size: length } = made;
    const isOurs = name === key && Number(length) >= this.stored &&
      (Number(length) === this.#sent ||
        (Number(length) < this.#sent && Number(length) % chunkUnit(this.#target) === 0));
    if (isOurs) await removeWritten(this.#target, key, generation, this.#begunMs, call);
    throw endedEarly(made, call);
  }
}

/** The error of an endpoint that takes the question how far it is for the end. */
export function endedEarly(made: ObjectResource, { operation, uri }: KeyCall): UnsupportedError {
  const detail =
    `the endpoint made an object of ${made.size} bytes before all were sent: it keeps no upload to go on with`;
  return new UnsupportedError({ operation, uri, detail, advice: "write the object again" });
}

/** Path and query of a session's URI: behind the path to which a bucket's objects are uploaded, nothing else is named. */
const SESSION =
  /^\/(?:resumable\/)?upload\/storage\/v1\/b\/([a-z0-9][\w.-]*)\/o\?(?:[^?#\s]*&)?upload_id=[^?&#\s]/;

/** Whether a text is path and query of a session's URI, so that nothing else is sent to. */
export function isSessionId(id: string): boolean {
  return SESSION.test(id);
}

/** Whether a session is one of the object, as far as its URI tells whose it is. */
export function isSessionOf({ bucket }: Pick<GcsTarget, "bucket">, key: string, id: string): boolean {
  const [, container] = SESSION.exec(id) ?? [];
  const [, search] = id.split("?");
  const { name = key } = Object.fromEntries(new URLSearchParams(search));
  // It is not said how a space is encoded there.
  const isSame = name.replaceAll("+", " ") === key.replaceAll("+", " ");
  return container === bucket && isSame;
}

/** What answers whoever goes on with a session that was cancelled. */
const CANCELLED = 499;
/** What asks for fewer requests. */
const THROTTLING: readonly number[] = [429, 503];
/** So often a session is replaced: nobody gets anywhere with a service that forgets them all. */
const MOST_RENEWALS = 3;

/** Whether a session is no more: expired, aborted, or never there. */
export function isGone(error: unknown): error is StoreError {
  const { status, foreign } = faultOf(error) ?? {};
  return status === CANCELLED || ((status === 404 || status === 410) && foreign === undefined);
}

/** Whether a failure leaves open what the service has got: its answer was lost, is not its own, or asks to try again. */
export function mayHaveArrived(error: unknown): error is StoreError {
  const { foreign } = faultOf(error) ?? {};
  return error instanceof StoreError &&
    !(error.cause instanceof TransportError && error.cause.sent === "none") &&
    (error.retryable || (error instanceof ServiceError && (foreign !== undefined || !faultOf(error))));
}

/** The bytes that are stored, by the header `Range` of a 308; none where there is no such header. */
function readStored(range: string | undefined, call: KeyCall): number {
  if (range === undefined) return 0;
  const [, last] = /^bytes=0-(\d{1,15})$/.exec(range) ?? [];
  if (last === undefined) {
    throw unlikeService(call, GCS_NAMES.service, `it has the range ${JSON.stringify(range)}`);
  }
  return Number(last) + 1;
}
