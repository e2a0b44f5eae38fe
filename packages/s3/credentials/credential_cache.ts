import type { Clock } from "@lade/core";
import type { S3Credentials } from "../config/s3_credentials.ts";

/** Credentials and where they came from. */
export interface LoadedCredentials {
  /** The keys. */
  readonly credentials: S3Credentials;
  /** Where they came from, in words for messages: `the environment`. */
  readonly source: string;
}

/** Where credentials come from. */
export interface CredentialSource {
  /** Gets them; `refresh` asks for others than the last, where the source can. */
  load(refresh: boolean): Promise<LoadedCredentials>;
  /** Whether asking again can give others. */
  readonly renewable: boolean;
}

const RENEW_BEFORE_MS = 5 * 60_000;
const WAIT_BEFORE_MS = 60_000;
const ASK_AGAIN_MS = 10_000;

/**
 * Holds credentials and renews them before they expire: in the background from five minutes before, and with requests
 * waiting from one minute before. A renewal that fails is an error only once the old ones have expired, and
 * is tried again after ten seconds.
 */
export class CredentialCache {
  readonly #source: CredentialSource;
  readonly #clock: Clock;
  #current: LoadedCredentials | undefined;
  #loading: Promise<LoadedCredentials> | undefined;
  #askedMs = -Infinity;

  /** Asks `source` when the first request needs credentials. */
  constructor(source: CredentialSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  /** Who asks, for messages; no secret. */
  get identity(): string {
    if (!this.#current) return "the credentials";
    const { credentials, source } = this.#current;
    return `access key ${JSON.stringify(credentials.accessKeyId)} (from ${source})`;
  }

  /** Where the credentials came from, once there are any. */
  get source(): string | undefined {
    return this.#current?.source;
  }

  /** Credentials that work now; at once where there are some. */
  get(): S3Credentials | Promise<S3Credentials> {
    const current = this.#current;
    if (!current) return this.#load(false).then(({ credentials }) => credentials);
    const { expiration } = current.credentials;
    if (expiration === undefined) return current.credentials;
    const leftMs = expiration.getTime() - this.#clock.now();
    if (leftMs > RENEW_BEFORE_MS || !this.#mayRenew(leftMs)) return current.credentials;
    const loading = this.#renew(current.credentials, expiration);
    if (leftMs <= WAIT_BEFORE_MS) return loading;
    loading.catch(() => {});
    return current.credentials;
  }

  /** Credentials that work until a time, in milliseconds since 1970, where such can be had; else those that work longest. */
  async lasting(untilMs: number): Promise<S3Credentials> {
    const current = await this.get();
    const { expiration } = current;
    if (expiration === undefined || expiration.getTime() >= untilMs) return current;
    if (!this.#mayRenew(expiration.getTime() - this.#clock.now())) return current;
    const renewed = await this.#renew(current, expiration);
    return (renewed.expiration?.getTime() ?? Infinity) >= expiration.getTime() ? renewed : current;
  }

  /** Gets others after the service refused `used` as expired. `undefined` where there are no others to be had. */
  async replace(used: S3Credentials): Promise<S3Credentials | undefined> {
    const current = this.#current?.credentials;
    if (current && current.accessKeyId + current.sessionToken !== used.accessKeyId + used.sessionToken) {
      return current;
    }
    if (!this.#source.renewable) return undefined;
    const { credentials } = await this.#load(true);
    return credentials.sessionToken === used.sessionToken && credentials.accessKeyId === used.accessKeyId
      ? undefined
      : credentials;
  }

  /** Whether to ask again: not on and on where the last answer was no better, while the credentials still work. */
  #mayRenew(leftMs: number): boolean {
    if (!this.#source.renewable) return false;
    return this.#loading !== undefined || leftMs <= 0 || this.#clock.now() - this.#askedMs >= ASK_AGAIN_MS;
  }

  #renew(current: S3Credentials, expiration: Date): Promise<S3Credentials> {
    return this.#load(true).then(
      ({ credentials }) => credentials,
      (error) => {
        if (expiration.getTime() > this.#clock.now()) return current;
        throw error;
      },
    );
  }

  #load(refresh: boolean): Promise<LoadedCredentials> {
    this.#askedMs = this.#clock.now();
    return this.#loading ??= this.#source.load(refresh).then((loaded) => this.#current = loaded)
      .finally(() => this.#loading = undefined);
  }
}
