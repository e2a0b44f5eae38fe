import {
  encodeStrict,
  type HeaderList,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from "@lade/service/http";
import type { AnswerRule, ServiceRequest } from "@lade/service/call";
import { answerRule } from "../wire/answer_rule.ts";
import { S3Authorizer } from "../wire/s3_authorizer.ts";
import type { S3Connection } from "../wire/s3_connection.ts";
import { retryableInSuccess } from "../wire/retryable_answer.ts";

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

/** What a call gives the handler beside the request. */
export interface SdkSendOptions {
  /** Signs the request for a host that the service redirects it to. */
  readonly authorizer?: S3Authorizer;
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
    const { caller } = this.#connection;
    const rule = this.#ruleOf(request);
    const { authorizer = new S3Authorizer(this.#connection) } = options;
    const elsewhere = this.#unsigned(request, rule, options);
    let text: string | undefined;
    const { headers, status } = await caller.follow(
      async (redirect) => {
        const received = await this.#receive(
          () => redirect ? caller.sendOnce(elsewhere, authorizer, redirect) : this.#send(request, options),
          options,
        );
        text = received.text;
        return received.response;
      },
      (response) => caller.judge(rule, response, text),
    );
    const body = new TextEncoder().encode(text);
    return { response: { statusCode: status, reason: "", headers: headers.toRecord(), body } };
  }

  /** Sends and reads what a good answer says; again where it breaks off, if the service may see the request twice. */
  async #receive(
    send: () => Promise<TransportResponse>,
    { abortSignal, idempotent }: SendOptions,
  ): Promise<{ readonly response: TransportResponse; readonly text: string | undefined }> {
    const { clock, config: { bounds } } = this.#connection;
    const startMs = clock.monotonicMs();
    for (let tries = 1;; tries++) {
      const response = await send();
      if (response.status < 200 || response.status >= 300) return { response, text: undefined };
      try {
        return { response, text: (await response.body.text(MAX_ANSWER_BYTES)).trimStart() };
      } catch (error) {
        const mayAsk = idempotent && tries < MAX_TRIES &&
          !(abortSignal instanceof AbortSignal && abortSignal.aborted);
        if (!mayAsk || !(error instanceof TransportError) || !error.retryable) throw error;
        // Another silence like this one would be over too late.
        if (clock.monotonicMs() - startMs + error.waitedMs > bounds.patienceMs) throw error;
      }
    }
  }

  #send(request: SdkRequest, options: SendOptions): Promise<TransportResponse> {
    return this.#connection.transport.send({
      method: request.method,
      url: urlOf(request),
      headers: headersOf(request),
      ...bodyOf(request.body),
      ...this.#way(request, options),
      ...(options.label === undefined ? {} : { label: options.label }),
    });
  }

  /** The request without the signature for its first host, to be signed for another one. */
  #unsigned(request: SdkRequest, rule: AnswerRule, options: SendOptions): ServiceRequest {
    const headers: Record<string, string> = {};
    for (const [name, value] of headersOf(request)) headers[name.toLowerCase()] = value;
    const payloadHash = headers["x-amz-content-sha256"];
    for (const name of SIGNATURE_HEADERS) delete headers[name];
    const { method, path } = request;
    return {
      method,
      place: () => ({ path, query: queryOf(request) }),
      headers,
      payloadHash,
      ...bodyOf(request.body),
      ...this.#way(request, options),
      rule,
      call: { operation: options.operation ?? method, uri: options.label ?? "" },
    };
  }

  /** How a request is sent, to whichever host. */
  #way(
    request: SdkRequest,
    { abortSignal, idempotent }: SendOptions,
  ): Pick<TransportRequest, "signal" | "idempotent" | "firstByteTimeoutMs" | "retryable"> {
    const { slowAnswerTimeoutMs: firstByteTimeoutMs } = this.#connection.config.bounds;
    return {
      ...(abortSignal instanceof AbortSignal ? { signal: abortSignal } : {}),
      ...(idempotent === undefined ? {} : { idempotent }),
      ...(answersWhenDone(request) ? { firstByteTimeoutMs } : {}),
      retryable: retryableInSuccess,
    };
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

function urlOf(request: SdkRequest): string {
  const { protocol, hostname, port, path } = request;
  const query = queryOf(request);
  return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}${query && `?${query}`}`;
}

function queryOf({ query = {} }: SdkRequest): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(query)) {
    for (const each of value === null ? [""] : typeof value === "string" ? [value] : value) {
      pairs.push(`${encodeStrict(name)}=${encodeStrict(each)}`);
    }
  }
  return pairs.join("&");
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
