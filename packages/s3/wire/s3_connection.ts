import type { Clock, StoreError } from "@lade/core/backend";
import { type AnswerRule, ServiceCaller } from "@lade/service/call";
import {
  encodePath,
  encodeQuery,
  type Transport,
  TransportError,
  transportErrorToStoreError,
  type TransportResponse,
} from "@lade/service/http";
import type { S3Config } from "../config/s3_config.ts";
import type { SharedCredentials } from "../credentials/shared_credentials.ts";
import { amazonHost } from "../endpoint/amazon_host.ts";
import { type Endpoint, resolveEndpoint } from "../endpoint/resolve_endpoint.ts";
import { S3Fault } from "../errors/s3_fault.ts";
import { type CallSetting, type FailedCall, toStoreError } from "../errors/to_store_error.ts";
import { Signer } from "../sigv4/signer.ts";
import { answerRule } from "./answer_rule.ts";
import { retryableAnswer } from "./retryable_answer.ts";
import { S3Authorizer } from "./s3_authorizer.ts";
import { S3_DIALECT, s3Redirects } from "./s3_dialect.ts";
import type { S3Request } from "./s3_request.ts";
import type { ConditionKind, Conduct } from "../traits/condition_kind.ts";
import { ServiceTraits, type TraitListener } from "../traits/service_traits.ts";

/** What an {@linkcode S3Connection} is made of. */
export interface S3ConnectionSetup {
  /** The configuration. */
  readonly config: S3Config;
  /** The bucket; absent for calls about the account. */
  readonly bucket?: string | undefined;
  /** The region that was found to be right before, where it is known. */
  readonly region?: string | undefined;
  /** Called when the service names another region than the one in use. */
  readonly onRegion?: (region: string) => void;
  /** Sends the requests. */
  readonly transport: Transport;
  /** Gives the credentials; absent for anonymous requests. */
  readonly credentials: SharedCredentials | undefined;
  /** Time. */
  readonly clock: Clock;
  /** What is known of the service; nothing by default. */
  readonly traits?: ServiceTraits | undefined;
  /** Called with what is found out about the service, in a sentence without a period. */
  readonly onTrait?: TraitListener | undefined;
  /** Asks the service what it does about a condition, by requests that concern no object of others. */
  readonly probe: (connection: S3Connection, kind: ConditionKind, key: string) => Promise<Conduct>;
}

/**
 * The way to one bucket: where it is, what it is signed for, what is known of the service, and what its failures are to
 * a caller. A wrong region is corrected once and remembered.
 */
export class S3Connection {
  /** The configuration. */
  readonly config: S3Config;
  /** The bucket; absent for calls about the account. */
  readonly bucket: string | undefined;
  /** Sends the requests. */
  readonly transport: Transport;
  /** Gives the credentials; absent for anonymous requests. */
  readonly credentials: SharedCredentials | undefined;
  /** Time. */
  readonly clock: Clock;
  /** What has been found out about the service. */
  readonly traits: ServiceTraits;
  /** Reports what has been found out about the service, in words that follow its name. */
  readonly tellTrait: TraitListener;
  /** Sends the calls of both planes. */
  readonly caller: ServiceCaller<S3Fault>;
  readonly #probe: S3ConnectionSetup["probe"];
  readonly #onRegion: ((region: string) => void) | undefined;
  /** The rules of reads of objects, by the names of their headers, of which there are few. */
  readonly #readRules = new Map<string, AnswerRule>();
  #endpoint: Endpoint;
  #signer: Signer;

  /** Takes the setup over; no I/O. */
  constructor(setup: S3ConnectionSetup) {
    this.config = setup.config;
    this.bucket = setup.bucket;
    this.transport = setup.transport;
    this.credentials = setup.credentials;
    this.clock = setup.clock;
    this.traits = setup.traits ?? new ServiceTraits();
    this.tellTrait = (words) => setup.onTrait?.(`the service at ${this.#endpoint.host} ${words}`);
    this.#onRegion = setup.onRegion;
    this.#probe = setup.probe;
    const region = setup.region ?? setup.config.region.value;
    this.#signer = new Signer(region);
    this.#endpoint = this.#resolve(region);
    this.caller = new ServiceCaller({
      transport: this.transport,
      dialect: S3_DIALECT,
      signs: this.traits.signs,
      redirects: s3Redirects(this.config, () => this.#endpoint),
      endpoint: () => this.#endpoint,
      clock: this.clock,
      onAnswer: ({ headers }) => {
        const version = headers.get("x-amz-version-id");
        if (version && version !== "null") this.traits.showedVersion(this.bucket ?? "");
      },
    });
  }

  /** What the service does about a condition, found out beside objects with names like `key`. */
  probe(kind: ConditionKind, key: string): Promise<Conduct> {
    return this.#probe(this, kind, key);
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

  /** Like {@linkcode S3Connection.send}, but for failures, which are an {@linkcode S3Fault} or a `TransportError`. */
  async sendRaw(request: S3Request): Promise<TransportResponse> {
    const { key, query, headers = {}, retryable = retryableAnswer } = request;
    const { method, body, payloadHash, idempotent, firstByteTimeoutMs, pours, signal, call } = request;
    return await this.caller.send({
      ...{
        method,
        headers,
        body,
        payloadHash,
        idempotent,
        retryable,
        firstByteTimeoutMs,
        pours,
        signal,
        call,
      },
      place: () => ({ path: this.pathOf(key), query: query ? encodeQuery(query) : "" }),
      rule: this.#ruleOf(request),
    }, new S3Authorizer(this));
  }

  /** Signs for another region from now on, and finds out where its requests go. */
  moveTo(region: string): void {
    if (region === this.region) return;
    this.#signer = new Signer(region);
    this.#endpoint = this.#resolve(region);
    this.#onRegion?.(region);
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

  #ruleOf({ method, key, query, headers: given = {} }: S3Request): AnswerRule {
    const [headers, isPlain, hasKey] = [Object.keys(given), isPlainQuery(query), key !== undefined];
    const hasBucket = this.bucket !== undefined;
    const make = () =>
      answerRule({ method, hasKey, hasBucket, headers, isPlain, has: (name) => query?.[name] !== undefined });
    if (method !== "GET" || !isPlain || !hasKey) return make();
    const names = headers.join();
    let rule = this.#readRules.get(names);
    if (!rule) this.#readRules.set(names, rule = make());
    return rule;
  }

  #resolve(region: string): Endpoint {
    const { endpoint, forcePathStyle, dualstack, fips, accelerate, allowHttp } = this.config;
    const { bucket } = this;
    const given = amazonHost(URL.parse(endpoint?.value ?? "")?.hostname ?? "");
    // An endpoint of Amazon's that was given for a region does not serve another one; its counterpart there does.
    const moved = region !== this.config.region.value && given !== undefined && !given.accelerate;
    return resolveEndpoint({
      region,
      endpoint: moved ? undefined : endpoint?.value,
      endpointSource: endpoint?.source,
      bucket,
      forcePathStyle,
      dualstack: dualstack || (moved && given.dualstack),
      fips: fips || (moved && given.fips),
      accelerate,
      allowHttp,
    });
  }
}

/** Whether a query names nothing but a version, so that a request is about an object as such. */
function isPlainQuery(query: S3Request["query"]): boolean {
  for (const name in query) if (name !== "versionId") return false;
  return true;
}
