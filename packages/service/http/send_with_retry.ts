import { abortable } from "./abortable.ts";
import { parseRetryAfter } from "@lade/core/retry";
import { checkMethod } from "./encode_request_head.ts";
import { RequestPayload } from "./request_payload.ts";
import { type FailedTry, Retries } from "./retries.ts";
import type { HeaderList, TransportRequest, TransportResponse } from "./transport.ts";
import type { TransportConfig } from "./transport_config.ts";
import { TransportError } from "./transport_error.ts";

/** What one try sends. */
export interface Attempt {
  readonly request: TransportRequest;
  readonly payload: RequestPayload;
  readonly url: string;
  readonly headers: HeaderList;
  readonly idempotent: boolean;
  /** Address and port that it is not to go to if there is another. */
  readonly elsewhere?: string | undefined;
  /** When the first try of the request began. */
  readonly startMs: number;
  /** Bound of the wait for the first byte of the answer. */
  readonly firstByteTimeoutMs: number;
}

/** Makes one try. */
export type AttemptSender = (attempt: Attempt) => Promise<TransportResponse>;

const RETRIED_STATUS: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]);
const NO_HEADERS: HeaderList = [];

/** Sends a request by `send`, again and again as the policy and the budget of `config` allow. */
export async function sendWithRetry(
  request: TransportRequest,
  config: TransportConfig,
  send: AttemptSender,
): Promise<TransportResponse> {
  const { clock, health, interceptor, observer } = config;
  const { firstByteTimeoutMs: firstByteMs = config.firstByteTimeoutMs, method, signal } = request;
  checkMethod(method);
  const payload = new RequestPayload(request.body);
  const idempotent = request.idempotent ?? IDEMPOTENT.has(method);
  const retries = new Retries(config, idempotent);
  let { elsewhere } = request;
  for (;;) {
    signal?.throwIfAborted();
    const number = ++retries.attempts;
    const preparing = request.prepare?.(number);
    const { headers = request.headers ?? NO_HEADERS, url = request.url } =
      (preparing instanceof Promise ? await abortable(preparing, signal) : preparing) ?? {};
    const { startMs } = retries;
    const firstByteTimeoutMs = retries.firstByteMs(firstByteMs);
    const attempt: Attempt = {
      request,
      payload,
      idempotent,
      url,
      headers,
      elsewhere,
      startMs,
      firstByteTimeoutMs,
    };
    observer.attemptStarted?.(request, number);
    let response: TransportResponse | undefined;
    let failed: FailedTry | undefined;
    try {
      response = await (interceptor ? interceptor(request, number, () => send(attempt)) : send(attempt));
      const hooked = request.retryable?.(response);
      const said = hooked instanceof Promise ? await hooked : hooked;
      if (said ?? RETRIED_STATUS.has(response.status)) failed = refused(response, clock.now());
      signal?.throwIfAborted();
    } catch (error) {
      await response?.body.cancel(error);
      signal?.throwIfAborted();
      if (!(error instanceof TransportError)) throw error;
      failed = { cause: error, askedMs: 0, endpoint: error.endpoint };
      elsewhere = error.remoteAddress ?? elsewhere;
    }
    if (failed && response) elsewhere = response.connection.remoteAddress ?? elsewhere;
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

/** Why an answer calls for another try. */
function refused({ status, connection, headers }: TransportResponse, nowMs: number): FailedTry {
  return { cause: status, endpoint: connection.endpoint, askedMs: parseRetryAfter(headers, nowMs) ?? 0 };
}
