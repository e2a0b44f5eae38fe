import { encodeStrict, type HeaderList, TransportError, type TransportResponse } from "@lade/service/http";
import { readRedirect } from "../client/read_redirect.ts";
import { type AnswerRule, answerRule } from "../client/answer_rule.ts";
import type { S3Connection } from "../client/s3_connection.ts";
import { retryableInSuccess } from "../client/retryable_answer.ts";
import type { S3Request } from "../client/s3_request.ts";

/** A request as the SDK's middleware gives it out: signed, its path encoded. */
export interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What a call tells the handler beside the request. */
export interface SdkSendOptions {
  /** Ends the call. */
  readonly abortSignal?: AbortSignal;
  /** Whether the service may see the request twice. */
  readonly idempotent?: boolean;
  /** What the request is about, for messages and observers. */
  readonly label?: string;
  /** What is being done, for messages. */
  readonly operation?: string;
}

type SendOptions = Omit<SdkSendOptions, "abortSignal"> & { readonly abortSignal?: unknown };

/** Bytes of an answer that are read; a listing of 1,000 keys of 1,024 bytes in three-byte escapes has 4 MB. */
const MAX_ANSWER_BYTES = 2 ** 24;

/** Tries of a request whose answer breaks off. */
const MAX_TRIES = 3;

/** Headers that hold for one host and one time. */
const SIGNATURE_HEADERS = [
  "authorization",
  "content-length",
  "host",
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-security-token",
];

/**
 * Sends the requests of the AWS SDK through our transport. Every failure that S3 reports, also one with status 200, is
 * thrown as a `S3Fault` before the SDK sees it: so both planes know one kind of failure.
 */
export class TransportHandler {
  readonly #connection: S3Connection;

  /** Sends by the connection's transport. */
  constructor(connection: S3Connection) {
    this.#connection = connection;
  }

  /** Named so that the SDK reports it in its user agent as what it is. */
  readonly metadata: { readonly handlerProtocol: string } = { handlerProtocol: "http/1.1" };

  /** Sends one request. */
  async handle(
    request: SdkRequest,
    options: SendOptions = {},
  ): Promise<{ response: SdkResponse }> {
    const { clock, config: { bounds } } = this.#connection;
    const startMs = clock.monotonicMs();
    for (let tries = 1;; tries++) {
      const response = await this.#send(request, options);
      const good = response.status >= 200 && response.status < 300;
      let text: string | undefined;
      try {
        if (good) text = (await response.body.text(MAX_ANSWER_BYTES)).trimStart();
      } catch (error) {
        const mayAsk = options.idempotent && tries < MAX_TRIES &&
          !(options.abortSignal instanceof AbortSignal && options.abortSignal.aborted);
        const spentMs = clock.monotonicMs() - startMs +
          (error instanceof TransportError ? error.waitedMs : 0);
        const again = mayAsk && error instanceof TransportError && error.retryable;
        // Another silence like this one would be over too late.
        if (again && spentMs <= bounds.patienceMs) continue;
        throw error;
      }
      const fault = await this.#connection.judge(this.#ruleOf(request), response, text);
      if (fault) throw fault;
      const headers = response.headers.toRecord();
      const body = new TextEncoder().encode(text);
      return { response: { statusCode: response.status, reason: "", headers, body } };
    }
  }

  async #send(request: SdkRequest, options: SendOptions): Promise<TransportResponse> {
    const slow = answersWhenDone(request);
    const { slowAnswerTimeoutMs: firstByteTimeoutMs } = this.#connection.config.bounds;
    const response = await this.#connection.transport.send({
      method: request.method,
      url: urlOf(request),
      headers: headersOf(request),
      ...bodyOf(request.body),
      ...(options.abortSignal instanceof AbortSignal ? { signal: options.abortSignal } : {}),
      ...(options.idempotent === undefined ? {} : { idempotent: options.idempotent }),
      ...(slow ? { firstByteTimeoutMs } : {}),
      retryable: retryableInSuccess,
      ...(options.label === undefined ? {} : { label: options.label }),
    });
    const redirect = readRedirect(response, this.#connection.config.allowHttp);
    if (!redirect || !this.#connection.follows(redirect)) return response;
    await response.body.discard();
    return await this.#connection.sendRaw({
      ...unsigned(request, options),
      ...(slow ? { firstByteTimeoutMs } : {}),
    }, redirect);
  }

  #ruleOf({ method, path, query = {}, headers }: SdkRequest): AnswerRule {
    const { endpoint, bucket } = this.#connection;
    return answerRule({
      method,
      hasKey: path.length > endpoint.pathPrefix.length + 1,
      hasBucket: bucket !== undefined,
      headers: Object.keys(headers).map((name) => name.toLowerCase()),
      has: (name) => Object.hasOwn(query, name),
    });
  }

  /** The transport belongs to the store. */
  destroy(): void {}

  /** There is nothing to configure. */
  updateHttpClientConfig(): void {}

  /** There is nothing to configure. */
  httpHandlerConfigs(): Record<string, never> {
    return {};
  }
}

/** An answer as the SDK's middleware takes it. */
export interface SdkResponse {
  readonly statusCode: number;
  readonly reason: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** Whether a service answers only when all is done, be it much: it copies, completes an upload, or deletes many. */
function answersWhenDone({ method, headers, query = {} }: SdkRequest): boolean {
  if (method === "POST") return Object.hasOwn(query, "uploadId") || Object.hasOwn(query, "delete");
  return method === "PUT" && Object.keys(headers).some((name) => name.toLowerCase() === "x-amz-copy-source");
}

function urlOf({ protocol, hostname, port, path, query = {} }: SdkRequest): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(query)) {
    for (const each of value === null ? [""] : typeof value === "string" ? [value] : value) {
      pairs.push(`${encodeStrict(name)}=${encodeStrict(each)}`);
    }
  }
  const search = pairs.length === 0 ? "" : `?${pairs.join("&")}`;
  return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}${search}`;
}

/** The request without the signature for its first host, to be signed anew for another one. */
function unsigned(request: SdkRequest, options: SendOptions): S3Request {
  const headers: Record<string, string> = {};
  for (const [name, value] of headersOf(request)) headers[name.toLowerCase()] = value;
  const payloadHash = headers["x-amz-content-sha256"];
  for (const name of SIGNATURE_HEADERS) delete headers[name];
  const { body } = bodyOf(request.body);
  return {
    method: request.method as S3Request["method"],
    headers,
    ...(body === undefined ? {} : { body }),
    ...(payloadHash === undefined ? {} : { payloadHash }),
    ...(options.abortSignal instanceof AbortSignal ? { signal: options.abortSignal } : {}),
    ...(options.idempotent === undefined ? {} : { idempotent: options.idempotent }),
    retryable: retryableInSuccess,
    call: { operation: options.operation ?? request.method, uri: options.label ?? "", permission: "" },
  };
}

function headersOf({ headers }: SdkRequest): HeaderList {
  return Object.entries(headers).filter(([name]) => name.toLowerCase() !== "expect");
}

function bodyOf(body: unknown): { body?: Uint8Array } {
  if (body === undefined || body === null || body === "") return {};
  if (typeof body === "string") return { body: new TextEncoder().encode(body) };
  if (body instanceof Uint8Array) return { body };
  throw new TypeError("Cannot send a request of the AWS SDK: its body is neither text nor bytes");
}
