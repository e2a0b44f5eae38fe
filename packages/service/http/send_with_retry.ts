import { abortable } from "./abortable.ts";
import { parseRetryAfter } from "@lade/core/retry";
import { checkMethod } from "./encode_request_head.ts";
import { Flight } from "./flight.ts";
import { RequestPayload } from "./request_payload.ts";
import { type FailedTry, Retries } from "./retries.ts";
import type { HeaderList, RequestHead, TransportRequest, TransportResponse } from "./transport.ts";
import type { TransportConfig } from "./transport_config.ts";
import { TransportError } from "./transport_error.ts";

/** What one try sends. */
export interface Attempt {
  /** The request, as it was asked for. */
  readonly request: TransportRequest;
  /** Its body. */
  readonly payload: RequestPayload;
  /** The URL that this try goes to. */
  readonly url: string;
  /** The headers that this try sends. */
  readonly headers: HeaderList;
  /** Whether sending it twice does what sending it once does. */
  readonly idempotent: boolean;
  /** Address and port that it is not to go to if there is another. */
  readonly elsewhere?: string | undefined;
  /** When the first try of the request began. */
  readonly startMs: number;
  /** Bound of the wait for the first byte of the answer. */
  readonly firstByteTimeoutMs: number;
  /** Its course, where another try may forestall it. */
  readonly flight?: Flight | undefined;
}

/** Makes one try. */
export type AttemptSender = (attempt: Attempt) => Promise<TransportResponse>;

/** What became of a try: an answer, a reason for another try, or both. */
export interface Outcome {
  /** The answer. */
  readonly response?: TransportResponse;
  /** Why another try is to be made. */
  readonly failed?: FailedTry;
  /** Whether a try beside this one was answered 429 or 503. */
  readonly throttled?: boolean;
}

/** How one try is made, and made again. */
export interface Trying {
  /** Makes a try. */
  make(attempt: Attempt): Promise<Outcome>;
  /** The same try with a head of its own, to another address than this one where there is another. */
  again(flight: Flight, address: string | undefined): Promise<Attempt>;
}

/** Sends a try, perhaps more than once. */
export interface TrySender {
  /** Resolves with what became of it. */
  send(attempt: Attempt, trying: Trying): Promise<Outcome>;
}

const RETRIED_STATUS: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]);
const NO_HEADERS: HeaderList = [];

/**
 * Sends a request by `send`, again and again as the policy and the budget of `config` allow; and each try twice, where its
 * answer is overdue and `hedger` allows that.
 */
export async function sendWithRetry(
  request: TransportRequest,
  config: TransportConfig,
  send: AttemptSender,
  hedger?: TrySender,
): Promise<TransportResponse> {
  const { clock, health, hedges, observer } = config;
  const { firstByteTimeoutMs: firstByteMs = config.firstByteTimeoutMs, method, signal } = request;
  checkMethod(method);
  const payload = new RequestPayload(request.body);
  const idempotent = request.idempotent ?? IDEMPOTENT.has(method);
  const retries = new Retries(config, idempotent);
  let { elsewhere } = request;
  const complete = (made: RequestHead | undefined, flight: Flight | undefined): Attempt => {
    const { headers = request.headers ?? NO_HEADERS, url = request.url } = made ?? {};
    const { startMs } = retries;
    const firstByteTimeoutMs = retries.firstByteMs(firstByteMs);
    return { request, payload, idempotent, url, headers, elsewhere, startMs, firstByteTimeoutMs, flight };
  };
  const prepare = (flight?: Flight): Attempt | Promise<Attempt> => {
    const made = request.prepare?.(retries.attempts);
    if (!(made instanceof Promise)) return complete(made, flight);
    return abortable(made, signal).then((made) => complete(made, flight));
  };
  const make = (attempt: Attempt) => makeTry(attempt, retries.attempts, config, send);
  const again = async (flight: Flight, address: string | undefined) => {
    observer.hedged?.(request, retries.attempts);
    return { ...await prepare(flight), elsewhere: address ?? elsewhere };
  };
  const mayHedge = hedger && request.hedge && !payload.present && (method === "GET" || method === "HEAD");
  for (;;) {
    signal?.throwIfAborted();
    const number = ++retries.attempts;
    const preparing = prepare(mayHedge ? new Flight() : undefined);
    const attempt = preparing instanceof Promise ? await preparing : preparing;
    observer.attemptStarted?.(request, number);
    hedges?.noteRequest();
    const { failed, response, throttled: beside } = mayHedge
      ? await hedger.send(attempt, { make, again })
      : await make(attempt);
    retries.throttled ||= beside === true;
    if (failed) elsewhere = addressOf(failed, response) ?? elsewhere;
    const delayMs = failed && retries.nextDelayMs(failed, payload.replayable);
    if (failed && delayMs !== undefined) {
      observer.retrying?.(request, { attempt: number, delayMs, cause: failed.cause });
      await response?.body.discard();
      await clock.sleep(delayMs, signal);
      continue;
    }
    if (response && !failed) {
      retries.succeed();
      health.answered(response.connection.endpoint, response.timings.firstByteMs);
    }
    const { attempts, throttled } = retries;
    const waitedMs = failed ? retries.elapsedMs : 0;
    if (response) return Object.assign(response, { attempts, throttled, waitedMs });
    throw typeof failed?.cause === "object"
      ? Object.assign(failed.cause, { attempts, throttled, waitedMs })
      : failed;
  }
}

/** Makes one try, and judges its answer. Rejects with the reason of the request's signal. */
async function makeTry(
  attempt: Attempt,
  number: number,
  { clock, hedges, interceptor }: TransportConfig,
  send: AttemptSender,
): Promise<Outcome> {
  const { request } = attempt;
  const { signal } = request;
  let response: TransportResponse | undefined;
  try {
    response = await (interceptor ? interceptor(request, number, () => send(attempt)) : send(attempt));
    if (response.status === 429 || response.status === 503) hedges?.noteThrottled();
    const hooked = request.retryable?.(response);
    const said = hooked instanceof Promise ? await hooked : hooked;
    signal?.throwIfAborted();
    const isRefused = said ?? RETRIED_STATUS.has(response.status);
    return isRefused ? { response, failed: refused(response, clock.now()) } : { response };
  } catch (error) {
    await response?.body.cancel(error);
    signal?.throwIfAborted();
    if (!(error instanceof TransportError)) throw error;
    return { failed: { cause: error, askedMs: 0, endpoint: error.endpoint } };
  }
}

/** Where a try failed. */
function addressOf({ cause }: FailedTry, response: TransportResponse | undefined): string | undefined {
  return typeof cause === "object" ? cause.remoteAddress : response?.connection.remoteAddress;
}

/** Why an answer calls for another try. */
function refused({ status, connection, headers }: TransportResponse, nowMs: number): FailedTry {
  return { cause: status, endpoint: connection.endpoint, askedMs: parseRetryAfter(headers, nowMs) ?? 0 };
}
