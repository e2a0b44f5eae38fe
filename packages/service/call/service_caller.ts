import { type Clock, ServiceError } from "@lade/core/backend";
import { ServiceFault } from "../errors/mod.ts";
import {
  abortable,
  type EndpointSigns,
  type HeaderList,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from "../http/mod.ts";
import type { AnswerRule } from "./answer_rule.ts";
import type { Authorizer } from "./authorizer.ts";
import { doubtOf, isPlainlyGood, judgeAnswer } from "./judge_answer.ts";
import { readFault } from "./read_fault.ts";
import { readRedirect } from "./read_redirect.ts";
import type { Redirect } from "./redirect.ts";
import { type RedirectPolicy, secretHeader, type ServiceEndpoint, trustRedirect } from "./redirect_trust.ts";
import type { ServiceDialect } from "./service_dialect.ts";

/** What a {@linkcode ServiceCaller} is made of. */
export interface ServiceCallerSetup<F extends ServiceFault> {
  /** Sends the requests. */
  readonly transport: Transport;
  /** The form of the service's answers. */
  readonly dialect: ServiceDialect<F>;
  /** What the answers of the endpoint have shown of it. */
  readonly signs: EndpointSigns;
  /** Which redirects are followed: by default those to the service's own host, with what authorizes as the one secret. */
  readonly redirects?: RedirectPolicy;
  /** Where requests go now. */
  readonly endpoint: () => ServiceEndpoint;
  /** Time. */
  readonly clock: Clock;
  /** Called with each good answer. */
  readonly onAnswer?: (response: TransportResponse) => void;
}

/** A request of a service, still unauthorized. */
export interface ServiceRequest
  extends Pick<TransportRequest, "idempotent" | "retryable" | "firstByteTimeoutMs" | "pours"> {
  /** The method. */
  readonly method: string;
  /** Path and query, both encoded, at the endpoint as it is now: what is put right may change them. */
  readonly place: () => { readonly path: string; readonly query: string };
  /** Headers by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body. */
  readonly body?: Uint8Array | readonly Uint8Array[] | undefined;
  /** SHA-256 of the body in hexadecimal, where a signature is to cover it. */
  readonly payloadHash?: string | undefined;
  /** What its answer has to be. */
  readonly rule: AnswerRule;
  /** Ends the request. */
  readonly signal?: AbortSignal | undefined;
  /** What is being done, and to what, for errors. */
  readonly call: { readonly operation: string; readonly uri: string };
}

/** Redirects of one request that are followed. */
const MAX_REDIRECTS = 3;

const OWN_HOST: RedirectPolicy = {
  allowHttp: false,
  hosts: [],
  isSigned: () => false,
  unsigned: (headers) => headers,
  secretIn: (names) => secretHeader(Object.fromEntries(names.map((name) => [name, true]))),
};

/**
 * The loop of every call: a request is authorized, sent and its answer judged; a redirect to a trusted host is followed
 * with an authorization of its own, and what the service names as wrong is put right once. Secrets go to no other host.
 */
export class ServiceCaller<F extends ServiceFault> {
  readonly #setup: ServiceCallerSetup<F>;

  /** Takes the setup over; no I/O. */
  constructor(setup: ServiceCallerSetup<F>) {
    this.#setup = setup;
  }

  /**
   * Sends a request and resolves with its good answer, whose body the caller reads or closes. Rejects
   * with the fault that the service reports, with a `TransportError`, or where a secret would have to leave the service.
   */
  send(request: ServiceRequest, authorizer: Authorizer<F>): Promise<TransportResponse> {
    return this.corrected(authorizer, () =>
      this.follow(
        (redirect) => this.sendOnce(request, authorizer, redirect),
        (response) => this.judge(request.rule, response),
      ), request.signal);
  }

  /** Runs a call, and again while the authorizer can put right what the service names as wrong, until the signal. */
  async corrected<T>(authorizer: Authorizer<F>, run: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (;;) {
      try {
        return await run();
      } catch (error) {
        if (!(error instanceof ServiceFault)) throw error;
        if (!await abortable(authorizer.correct(error as F), signal)) throw error;
      }
    }
  }

  /**
   * Sends by `send`, three times more at most where the answer redirects to a trusted host, and resolves with the answer
   * that `judge` finds no fault in. Any other fault is thrown.
   */
  async follow(
    send: (redirect: Redirect | undefined) => Promise<TransportResponse>,
    judge: (response: TransportResponse) => F | undefined | Promise<F | undefined>,
  ): Promise<TransportResponse> {
    const { redirects: policy = OWN_HOST } = this.#setup;
    let redirect: Redirect | undefined;
    for (let count = 0;; count++) {
      const response = await send(redirect);
      const judged = judge(response);
      const fault = judged instanceof Promise ? await judged : judged;
      if (!fault) return response;
      redirect = count < MAX_REDIRECTS ? readRedirect(response, policy) : undefined;
      if (!redirect || !this.#follows(redirect)) throw fault;
    }
  }

  /** Sends a request once, authorized, to its place or to where a redirect leads. */
  sendOnce(
    request: ServiceRequest,
    authorizer: Authorizer<F>,
    redirect?: Redirect,
  ): Promise<TransportResponse> {
    const { redirects: policy = OWN_HOST, transport } = this.#setup;
    const {
      method,
      body,
      call,
      firstByteTimeoutMs,
      idempotent,
      payloadHash,
      pours,
      retryable,
      rule,
      signal,
    } = request;
    const { secure, host } = redirect ?? this.#setup.endpoint();
    const { path, query } = redirect ?? request.place();
    const headers = redirect?.presigned ? policy.unsigned(request.headers) : request.headers;
    const ownQuery = redirect?.presigned ? undefined : authorizer.authorizeQuery;
    if (redirect) {
      const secret = secretHeader(headers) ?? policy.secretIn(Object.keys(headers));
      this.#guard(redirect, secret ?? (ownQuery && "the token in the query"), call);
    }
    const urlWith = (asked: string) => `${secure ? "https" : "http"}://${host}${path}${asked && `?${asked}`}`;
    const guarded = (authorized: HeaderList) => {
      if (redirect) this.#guard(redirect, policy.secretIn(authorized.map(([name]) => name)), call);
      // Observers see the request, and not what is made for each try.
      return { headers: authorized, ...ownQuery && { url: urlWith(ownQuery(query)) } };
    };
    const prepare = () => {
      const authorized = authorizer.authorize({ method, host, path, query, headers, body, payloadHash });
      return authorized instanceof Promise ? authorized.then(guarded) : guarded(authorized);
    };
    // A page of a listing takes as long as what the service has to look through: others say nothing about it.
    const hedge = rule.kind === "object" || rule.kind === "head";
    const label = call.uri;
    const own = { method, body, signal, idempotent, firstByteTimeoutMs, pours, retryable, hedge, label };
    return transport.send(
      redirect?.presigned
        ? { ...own, url: urlWith(query), headers: Object.entries(headers) }
        : { ...own, url: urlWith(query), prepare },
    );
  }

  /**
   * The fault of an answer: the failure that it reports, or why it is no answer of the service; `undefined` for a good
   * one. `text` is all of the body, where it is read already.
   */
  judge(
    rule: AnswerRule,
    response: TransportResponse,
    text?: string,
  ): undefined | Promise<F | undefined> {
    const { dialect, onAnswer, signs } = this.#setup;
    if (!isPlainlyGood(dialect, rule, response, signs)) return this.#examine(rule, response, text);
    onAnswer?.(response);
    return undefined;
  }

  async #examine(rule: AnswerRule, response: TransportResponse, text?: string): Promise<F | undefined> {
    const { clock, dialect, onAnswer, signs } = this.#setup;
    const { status } = response;
    if ((status < 200 || status >= 300) && !rule.statuses.includes(status)) {
      return await readFault(dialect.faults, rule, response, signs, clock.now());
    }
    const fault = await judgeAnswer(dialect, rule, response, signs, text);
    if (fault) await response.body.cancel(fault);
    else onAnswer?.(response);
    return fault;
  }

  /** Why a good answer about an object may be somebody else's, where nothing shows that it is the service's. */
  async doubt(response: TransportResponse): Promise<F | undefined> {
    return await doubtOf(this.#setup.dialect, response, this.#setup.signs);
  }

  /** A redirect is followed to hosts of the service, or where its URL needs no authorization of this side. */
  #follows(redirect: Redirect): boolean {
    return redirect.presigned || this.#trust(redirect) !== "foreign";
  }

  #trust(redirect: Redirect) {
    return trustRedirect(redirect, this.#setup.endpoint(), this.#setup.redirects ?? OWN_HOST);
  }

  /** Throws where a secret would go to another host than the service's own. */
  #guard(redirect: Redirect, secret: string | undefined, call: ServiceRequest["call"]): void {
    if (secret === undefined || this.#trust(redirect) === "own") return;
    const to = JSON.stringify(`${redirect.secure ? "https" : "http"}://${redirect.host}`);
    throw new ServiceError({
      operation: call.operation,
      uri: call.uri,
      detail: `the service redirects to ${to}, and ${secret} goes to no other host`,
      advice: this.#setup.redirects
        ? `set redirectHosts to ${redirect.host} if that host is the service's`
        : "check the endpoint, and what stands between here and it",
    });
  }
}
