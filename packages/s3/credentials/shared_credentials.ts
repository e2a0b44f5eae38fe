import { StoreError } from "@lade/core/backend";
import type { S3Credentials } from "../config/s3_credentials.ts";
import type { CredentialCache, LoadedCredentials } from "./credential_cache.ts";

/** The credentials of a session as one of its stores has them: failures name the store's own URI. */
export class SharedCredentials {
  /** What all stores of the session ask. */
  readonly cache: CredentialCache;
  readonly #told: string;
  readonly #uri: string;

  /** Asks `cache`, whose failures name the URI `told`, for the store of `uri`. */
  constructor(cache: CredentialCache, told: string, uri: string) {
    this.cache = cache;
    this.#told = told;
    this.#uri = uri;
  }

  /** What is held; absent before the first request. */
  get current(): LoadedCredentials | undefined {
    return this.cache.current;
  }

  /** Who asks, for messages; no secret. */
  get identity(): string {
    return this.cache.identity;
  }

  /** Credentials that work now; without a promise where there are some. */
  get(): S3Credentials | Promise<S3Credentials> {
    const found = this.cache.get();
    return found instanceof Promise ? found.catch(this.#fail) : found;
  }

  /** Credentials that work until a time, in milliseconds since 1970, where such can be had; else those that work longest. */
  lasting(untilMs: number): Promise<S3Credentials> {
    return this.cache.lasting(untilMs).catch(this.#fail);
  }

  /** Gets others after the service refused `used` as expired. `undefined` where there are no others to be had. */
  replace(used: S3Credentials): Promise<S3Credentials | undefined> {
    return this.cache.replace(used).catch(this.#fail);
  }

  readonly #fail = (error: unknown): never => {
    // A function that gives credentials may fail of other things.
    if (this.#told === this.#uri || !(error instanceof StoreError) || error.uri !== this.#told) throw error;
    throw error.restated({ operation: error.operation, uri: this.#uri });
  };
}
