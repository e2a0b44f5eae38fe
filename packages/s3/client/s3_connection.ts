import { type Clock, ServiceError, type StoreError } from "@lade/core/backend";
import {
  encodePath,
  encodeQuery,
  type HeaderList,
  type Transport,
  TransportError,
  transportErrorToStoreError,
  type TransportResponse,
} from "@lade/service/http";
import type { S3Config } from "../config/s3_config.ts";
import type { S3Credentials } from "../config/s3_credentials.ts";
import type { CredentialCache } from "../credentials/credential_cache.ts";
import { type Endpoint, resolveEndpoint } from "../endpoint/resolve_endpoint.ts";
import { S3Fault } from "../errors/s3_fault.ts";
import { type CallSetting, type FailedCall, toStoreError } from "../errors/to_store_error.ts";
import { Signer } from "../sigv4/signer.ts";
import { type AnswerRule, answerRule } from "./answer_rule.ts";
import { judgeAnswer } from "./judge_answer.ts";
import { readFault } from "./read_fault.ts";
import { readRedirect, type Redirect } from "./read_redirect.ts";
import { type RedirectTrust, secretHeader, trustRedirect } from "./redirect_trust.ts";
import { retryableAnswer } from "./retryable_answer.ts";
import type { S3Request } from "./s3_request.ts";
import { ServiceTraits, type TraitListener } from "../service/service_traits.ts";

/** What an {@linkcode S3Connection} is made of. */
export interface S3ConnectionParts {
  /** The configuration. */
  readonly config: S3Config;
  /** The bucket; absent for calls about the account. */
  readonly bucket?: string | undefined;
  /** The region that was found to be right before, where it is known. */
  readonly region?: string | undefined;
  /** Told when the service names another region than the one in use. */
  readonly onRegion?: (region: string) => void;
  /** Sends the requests. */
  readonly transport: Transport;
  /** Gives the credentials; absent for anonymous requests. */
  readonly credentials: CredentialCache | undefined;
  /** Time. */
  readonly clock: Clock;
  /** What is known of the service; nothing by default. */
  readonly traits?: ServiceTraits | undefined;
  /** Told what is found out about the service, in a sentence without a period. */
  readonly onTrait?: TraitListener | undefined;
}

const MAX_REDIRECTS = 3;

/** What has been put right in the course of one call; each thing once. */
export interface Corrections {
  /** The region was corrected. */
  region?: boolean;
  /** Expired credentials were replaced. */
  credentials?: boolean;
}

/** What a request was signed with. */
export interface SignedBy {
  /** The region. */
  region: string;
  /** The credentials; absent for anonymous requests. */
  credentials?: S3Credentials | undefined;
}

/**
 * The way to one bucket: signs requests and sends them, corrects a wrong region once and remembers it, follows
 * redirects with a signature of their own, renews credentials that the service calls expired, and turns failures
 * into store errors.
 */
export class S3Connection {
  /** The configuration. */
  readonly config: S3Config;
  /** The bucket; absent for calls about the account. */
  readonly bucket: string | undefined;
  /** Sends the requests. */
  readonly transport: Transport;
  /** Gives the credentials; absent for anonymous requests. */
  readonly credentials: CredentialCache | undefined;
  /** Time. */
  readonly clock: Clock;
  /** What has been found out about the service. */
  readonly traits: ServiceTraits;
  /** Tells what has been found out about the service, in words that follow its name. */
  readonly tellTrait: TraitListener;
  readonly #onRegion: ((region: string) => void) | undefined;
  #endpoint: Endpoint;
  #signer: Signer;

  /** Takes the parts over; no I/O. */
  constructor(parts: S3ConnectionParts) {
    this.config = parts.config;
    this.bucket = parts.bucket;
    this.transport = parts.transport;
    this.credentials = parts.credentials;
    this.clock = parts.clock;
    this.traits = parts.traits ?? new ServiceTraits();
    this.tellTrait = (words) => parts.onTrait?.(`the service at ${this.#endpoint.host} ${words}`);
    this.#onRegion = parts.onRegion;
    const region = parts.region ?? parts.config.region.value;
    this.#signer = new Signer(region);
    this.#endpoint = this.#resolve(region);
  }

  /** Where requests go now. */
  get endpoint(): Endpoint {
    return this.#endpoint;
  }

  /** Whether the service holds the conditions of writes and deletions as a matter of course. */
  get trustsConditions(): boolean {
    return this.#endpoint.amazon || this.config.conditions === "trust";
  }

  /** The region that requests are signed for now. */
  get region(): string {
    return this.#signer.region;
  }

  /** Signs with the region in use now. */
  get signer(): Signer {
    return this.#signer;
  }

  /** What errors say of this connection. */
  get setting(): CallSetting {
    return {
      endpoint: this.#endpoint.host,
      region: this.region,
      identity: this.credentials?.identity ?? "anonymous requests",
      nowMs: this.clock.now(),
    };
  }

  /** Path of a key, or of the bucket without one. */
  pathOf(key: string | undefined): string {
    const { pathPrefix } = this.#endpoint;
    return key === undefined ? pathPrefix || "/" : `${pathPrefix}/${encodePath(key)}`;
  }

  /**
   * Sends a request and resolves with its answer of status 200 to 299, whose body the caller reads or closes. All
   * else is a store error.
   */
  async send(request: S3Request): Promise<TransportResponse> {
    try {
      return await this.sendRaw(request);
    } catch (error) {
      throw this.translate(error, request.call);
    }
  }

  /**
   * Like {@linkcode S3Connection.send}, but for failures, which are a `S3Fault` or a `TransportError`. Goes to
   * `redirect` first, where there is one.
   */
  async sendRaw(request: S3Request, redirect?: Redirect): Promise<TransportResponse> {
    const corrections: Corrections = {};
    for (let redirects = 0;;) {
      const used: SignedBy = { region: this.region };
      const response = await this.#attempt(request, redirect, used);
      const fault = await this.judge(this.#ruleOf(request), response);
      if (!fault) return response;
      const next = readRedirect(response, this.config.allowHttp);
      if (next && redirects < MAX_REDIRECTS && this.follows(next)) {
        redirect = next;
        redirects++;
      } else if (await this.correct(fault, corrections, used)) redirect = undefined;
      else throw fault;
    }
  }

  /**
   * The fault of an answer: the failure that it reports, or why it is no answer of the service; `undefined` for a good
   * one. All answers of both planes pass here. `text` is all of the body, where it is read already.
   */
  async judge(
    rule: AnswerRule,
    response: TransportResponse,
    text?: string,
  ): Promise<S3Fault | undefined> {
    const { signs } = this.traits;
    if (response.status < 200 || response.status >= 300) {
      return await readFault(rule, response, signs, this.clock.now());
    }
    const fault = await judgeAnswer(rule, response, signs, text);
    if (fault) await response.body.cancel(fault);
    else this.#noteVersion(response.headers.get("x-amz-version-id"));
    return fault;
  }

  #noteVersion(version: string | undefined): void {
    if (version && version !== "null") this.traits.showedVersion(this.bucket ?? "");
  }

  /**
   * Puts right what a fault names as wrong, if it can be, and says whether to send the request again. Of many requests
   * that fail for one reason the first puts it right for all.
   */
  async correct(fault: S3Fault, done: Corrections, used: SignedBy): Promise<boolean> {
    const { region, status, code } = fault;
    const names = region !== undefined && region !== used.region && /^[a-z0-9-]{1,64}$/i.test(region);
    if (names && !done.region && (status === 301 || status === 307 || status === 400)) {
      done.region = true;
      if (region !== this.region) {
        this.#signer = new Signer(region);
        this.#endpoint = this.#resolve(region);
        this.#onRegion?.(region);
      }
      return true;
    }
    const expired = /^(ExpiredToken|ExpiredTokenException|TokenRefreshRequired)$/.test(code);
    if (!expired || done.credentials || !used.credentials) return false;
    done.credentials = true;
    return await this.credentials?.replace(used.credentials) !== undefined;
  }

  /** Turns what a call failed with into what its caller sees. Aborts and errors of other kinds stay as they are. */
  translate(error: unknown, call: FailedCall): unknown {
    if (error instanceof S3Fault) return this.storeError(error, call);
    if (error instanceof TransportError) return transportErrorToStoreError(error, call);
    return error;
  }

  /** The store error of a fault. */
  storeError(fault: S3Fault, call: FailedCall): StoreError {
    return toStoreError(fault, call, this.setting);
  }

  #ruleOf({ method, key, query, headers }: S3Request): AnswerRule {
    return answerRule({
      method,
      hasKey: key !== undefined,
      hasBucket: this.bucket !== undefined,
      headers: Object.keys(headers ?? {}),
      has: (name) => query?.[name] !== undefined,
    });
  }

  /** Whether a redirect is followed: to hosts of the service, or where its URL needs no signature of this side. */
  follows(redirect: Redirect): boolean {
    return redirect.presigned || this.#trust(redirect) !== "foreign";
  }

  #trust(redirect: Redirect): RedirectTrust {
    return trustRedirect(redirect, this.#endpoint, this.config.redirectHosts);
  }

  /** Throws where a secret would go to another host than the service's own. */
  #guard(redirect: Redirect | undefined, secret: string | undefined, { call }: S3Request): void {
    if (!redirect || secret === undefined || this.#trust(redirect) === "own") return;
    const to = JSON.stringify(`${redirect.secure ? "https" : "http"}://${redirect.host}`);
    throw new ServiceError({
      operation: call.operation,
      uri: call.uri,
      detail: `the service redirects to ${to}, and ${secret} goes to no other host`,
      advice: `set redirectHosts to ${redirect.host} if that host is the service's`,
    });
  }

  #attempt(
    request: S3Request,
    redirect: Redirect | undefined,
    used: SignedBy,
  ): Promise<TransportResponse> {
    const { method, body, firstByteTimeoutMs, signal, idempotent } = request;
    const path = redirect?.path ?? this.pathOf(request.key);
    const query = redirect?.query ?? (request.query ? encodeQuery(request.query) : "");
    const { secure, host } = redirect ?? this.#endpoint;
    const headers = redirect?.presigned ? presignable(request.headers ?? {}) : request.headers ?? {};
    this.#guard(redirect, secretHeader(headers), request);
    const sign = (credentials: S3Credentials): { headers: HeaderList } => {
      used.credentials = credentials;
      used.region = this.region;
      this.#guard(redirect, credentials.sessionToken && "a session token", request);
      const signable = { method, host, path, query, headers };
      return {
        headers: Object.entries(
          this.#signer.sign(signable, credentials, this.clock.now(), request.payloadHash),
        ),
      };
    };
    const source = redirect?.presigned ? undefined : this.credentials;
    return this.transport.send({
      method,
      url: `${secure ? "https" : "http"}://${host}${path}${query && `?${query}`}`,
      ...(source
        ? {
          prepare: () => {
            const credentials = source.get();
            return credentials instanceof Promise ? credentials.then(sign) : sign(credentials);
          },
        }
        : { headers: Object.entries(headers) }),
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
      ...(idempotent === undefined ? {} : { idempotent }),
      ...(firstByteTimeoutMs === undefined ? {} : { firstByteTimeoutMs }),
      retryable: request.retryable ?? retryableAnswer,
      label: request.call.uri,
    });
  }

  #resolve(region: string): Endpoint {
    const { endpoint, forcePathStyle, dualstack, fips, accelerate, allowHttp } = this.config;
    const { bucket } = this;
    // An endpoint of Amazon's that was given for a region does not serve another one.
    const moved = region !== this.config.region.value &&
      /^https:\/\/s3[.-][^/]*amazonaws\.com/.test(endpoint?.value ?? "");
    return resolveEndpoint({
      region,
      endpoint: moved ? undefined : endpoint?.value,
      endpointSource: endpoint?.source,
      bucket,
      forcePathStyle,
      dualstack,
      fips,
      accelerate,
      allowHttp,
    });
  }
}

/** Who signed a URL did not know of this wish, and the service refuses such headers that no signature covers. */
function presignable(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { "x-amz-checksum-mode": _, ...rest } = headers;
  return rest;
}
