import type { Clock } from "@lade/core/backend";

/** A token or a set of keys. */
export interface Token {
  /** When it ceases to work; absent where it works for good. */
  readonly expiration?: Date;
}

/** A token and where it came from. */
export interface LoadedToken<T extends Token> {
  /** The token. */
  readonly value: T;
  /** Where it came from, in words for messages: `the environment`. */
  readonly source: string;
}

/** Where tokens come from. */
export interface TokenSource<T extends Token> {
  /** Gets one; `refresh` asks for another than the last, where the source can. */
  load(refresh: boolean): Promise<LoadedToken<T>>;
  /** Whether asking again can give another. */
  readonly renewable: boolean;
}

const RENEW_BEFORE_MS = 5 * 60_000;
const WAIT_BEFORE_MS = 60_000;
const ASK_AGAIN_MS = 10_000;
const FAILED_MS = 1_000;

/**
 * Holds a token and renews it before it expires, by one call of the source for all who wait: in the background from five
 * minutes before, and with requests waiting from one minute before. A renewal that fails is an error only once the old
 * token has expired, and is tried again after ten seconds. Without a token that works, a failure is repeated for one second
 * to all who ask, and then the source is asked again.
 */
export class TokenCache<T extends Token> {
  readonly #source: TokenSource<T>;
  readonly #clock: Clock;
  readonly #isSame: (one: T, other: T) => boolean;
  #current: LoadedToken<T> | undefined;
  #loading: Promise<LoadedToken<T>> | undefined;
  #askedMs = -Infinity;
  #failure: { readonly error: unknown; readonly atMs: number } | undefined;

  /** Asks `source` when the first request needs a token. `isSame` is whether two tokens are one to the service. */
  constructor(source: TokenSource<T>, clock: Clock, isSame: (one: T, other: T) => boolean) {
    this.#source = source;
    this.#clock = clock;
    this.#isSame = isSame;
  }

  /** What is held; absent before the first request. */
  get current(): LoadedToken<T> | undefined {
    return this.#current;
  }

  /** A token that works now; without a promise where there is one. */
  get(): T | Promise<T> {
    const current = this.#current;
    if (!current) return this.#load(false).then(({ value }) => value);
    const { expiration } = current.value;
    if (expiration === undefined) return current.value;
    const leftMs = expiration.getTime() - this.#clock.now();
    if (leftMs > RENEW_BEFORE_MS || !this.#mayRenew(leftMs)) return current.value;
    const loading = this.#renew(current.value, expiration);
    if (leftMs <= WAIT_BEFORE_MS) return loading;
    loading.catch(() => {});
    return current.value;
  }

  /** A token that works until a time, in milliseconds since 1970, where such can be had; else the one that works longest. */
  async lasting(untilMs: number): Promise<T> {
    const current = await this.get();
    const { expiration } = current;
    if (expiration === undefined || expiration.getTime() >= untilMs) return current;
    if (!this.#mayRenew(expiration.getTime() - this.#clock.now())) return current;
    const renewed = await this.#renew(current, expiration);
    return (renewed.expiration?.getTime() ?? Infinity) >= expiration.getTime() ? renewed : current;
  }

  /** Gets another one after the service refused `used` as expired. `undefined` where there is no other to be had. */
  async replace(used: T): Promise<T | undefined> {
    const current = this.#current?.value;
    if (current && !this.#isSame(current, used)) return current;
    if (!this.#source.renewable) return undefined;
    const { value } = await this.#load(true);
    return this.#isSame(value, used) ? undefined : value;
  }

  /** Whether to ask again: not on and on where the last answer was no better, while the token still works. */
  #mayRenew(leftMs: number): boolean {
    if (!this.#source.renewable) return false;
    return this.#loading !== undefined || leftMs <= 0 || this.#clock.now() - this.#askedMs >= ASK_AGAIN_MS;
  }

  #renew(current: T, expiration: Date): Promise<T> {
    return this.#load(true).then(
      ({ value }) => value,
      (error) => {
        if (expiration.getTime() > this.#clock.now()) return current;
        throw error;
      },
    );
  }

  #load(refresh: boolean): Promise<LoadedToken<T>> {
    const failure = this.#failure;
    if (failure && this.#clock.monotonicMs() - failure.atMs < FAILED_MS) return Promise.reject(failure.error);
    this.#askedMs = this.#clock.now();
    return this.#loading ??= this.#source.load(refresh).then((loaded) => {
      this.#failure = undefined;
      return this.#current = loaded;
    }, (error) => {
      this.#failure = { error, atMs: this.#clock.monotonicMs() };
      throw error;
    }).finally(() => this.#loading = undefined);
  }
}
