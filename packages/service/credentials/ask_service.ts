import { createTransport, type CreateTransportOptions, isLoopback, TransportError } from "../http/mod.ts";
import { parseTarget } from "../http/parse_target.ts";
import { isGranted } from "../environment/mod.ts";
import { CredentialFault } from "../tokens/mod.ts";

/** A question to a service that gives credentials. */
export interface ServiceQuestion {
  /** The service, for messages: `STS`. */
  readonly service: string;
  /** The method. */
  readonly method: "GET" | "POST" | "PUT";
  /** The URL. */
  readonly url: string;
  /** Headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body; one of the three at most. */
  readonly body?: string;
  /** The body as a form (`application/x-www-form-urlencoded`). */
  readonly form?: Readonly<Record<string, string>>;
  /** The body as JSON. */
  readonly json?: unknown;
  /** Asked straight, without a proxy, this patiently: for services of the machine itself. */
  readonly local?: { readonly timeoutMs: number; readonly attempts: number };
}

/** Its answer. */
export interface ServiceAnswer {
  /** Status. */
  readonly status: number;
  /** The body as text. */
  readonly text: string;
  /** A header, by its lower-case name. */
  readonly header: (name: string) => string | null | undefined;
  /** What of the question is a secret, which no message repeats. */
  readonly secrets?: readonly string[];
}

/** What a request to a URL is sent with: certificates, clock. */
export type WebOptions = (url: string) => Promise<CreateTransportOptions>;

const MAX_ANSWER_BYTES = 2 ** 20;
/** How patiently a service of the machine itself is asked that is known to be there. */
export const LOCAL_PATIENCE = { timeoutMs: 10_000, attempts: 3 } as const;
/** On other machines than the cloud's nobody answers at the address of the metadata. */
const PROBE = { timeoutMs: 1_000, attempts: 1 } as const;
const REMOTE_BOUNDS = {
  retry: { maxAttempts: 3, totalMs: 15_000 },
  firstByteTimeoutMs: 10_000,
  stallTimeoutMs: 10_000,
} as const;
/** Answers are short: one that comes more slowly, over four times the bound of a stall, does not come. */
const SLOWEST = { minBytesPerSecond: 2 ** 15 } as const;

/**
 * Asks a service and resolves with its answer, whatever the status. No answer at all is a `CredentialFault`, and so is a URL
 * that cannot be asked.
 */
export async function askService(web: WebOptions, question: ServiceQuestion): Promise<ServiceAnswer> {
  const { service, method, url, headers = {}, form, json, local } = question;
  checkTarget(service, url);
  const type = form
    ? "application/x-www-form-urlencoded"
    : json === undefined
    ? undefined
    : "application/json";
  const body = form
    ? String(new URLSearchParams(form))
    : json === undefined
    ? question.body
    : JSON.stringify(json);
  const base = { ...await web(url), ...SLOWEST };
  await using transport = local
    ? createTransport({
      ...base,
      // What goes by fetch would go through a proxy.
      kind: typeof Deno === "undefined" ? "fetch" : "tcp",
      connectTimeoutMs: local.timeoutMs,
      firstByteTimeoutMs: local.timeoutMs,
      stallTimeoutMs: local.timeoutMs,
      unreachableAfterMs: local.timeoutMs * local.attempts,
      retry: { maxAttempts: local.attempts },
    }, {})
    : createTransport({ ...base, ...REMOTE_BOUNDS });
  try {
    const response = await transport.send({
      method,
      url,
      headers: Object.entries({ ...type && { "content-type": type }, ...headers }),
      ...(body === undefined ? {} : { body: new TextEncoder().encode(body), idempotent: true }),
      label: service,
    });
    const text = await response.body.text(MAX_ANSWER_BYTES);
    const secrets = [...valuesOf(form), ...valuesOf(headers)];
    return { status: response.status, text, header: (name) => response.headers.get(name), secrets };
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    throw new CredentialFault(`${service} at ${error.endpoint} cannot be asked: ${error.detail}`, {
      cause: error,
      retryable: error.retryable || error.kind === "dns",
    });
  }
}

/** Addresses come from variables and files, in which anything may stand. */
function checkTarget(service: string, url: string): void {
  try {
    parseTarget(url);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new CredentialFault(`${service} cannot be asked: its address is no URL such as https://host`, {
      advice: "check the variable, or the file, that says it",
    });
  }
}

/** Names beside which secrets stand, as a form and headers have them. */
const SECRET = /assertion|authorization|secret|token$/i;

function valuesOf(named: Readonly<Record<string, string>> = {}): readonly string[] {
  const found = Object.entries(named).filter(([name]) => SECRET.test(name));
  return found.map(([, value]) => value.replace(/^\w+ +/, "")).filter(({ length }) => length > 2);
}

/**
 * Asks whether a service of the machine itself is there, for a second. Resolves with its answer, or with why there is none,
 * in words.
 */
export async function probeService(
  web: WebOptions,
  question: Omit<ServiceQuestion, "local">,
): Promise<ServiceAnswer | string> {
  try {
    return await askService(web, { ...question, local: PROBE });
  } catch (error) {
    if (!(error instanceof CredentialFault) || !(error.cause instanceof TransportError)) throw error;
    const { host } = new URL(question.url);
    if (!isGranted({ name: "net", host })) return `${host} may not be asked (--allow-net)`;
    return "no service for it answers on this machine";
  }
}

/** Reads the fields of a JSON answer; none where it is no JSON object. */
export function jsonFields(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Refuses plain HTTP to another machine, over which others could read keys. */
export function checkServiceUrl(service: string, url: string, source: string, allowHttp: boolean): URL {
  const parsed = URL.parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    throw new CredentialFault(`the endpoint of ${service} (${source}) has to be a URL such as https://host`);
  }
  if (parsed.protocol === "http:" && !allowHttp && !isLoopback(parsed.hostname)) {
    throw new CredentialFault(
      `the endpoint of ${service} (${source}) is plain HTTP to another machine, which has to be allowed by allowHttp`,
    );
  }
  return parsed;
}
