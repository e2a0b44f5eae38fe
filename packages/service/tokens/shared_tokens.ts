import type { Clock } from "@lade/core/backend";
import type { LoadedToken, Token } from "./token_cache.ts";

/** What was found is good for others so long, and longer where it says itself how long it lives. */
const FRESH_MS = 60_000;
/** A failure is passed to others so long before the source is asked again. */
const FAILED_MS = 1_000;
const LIFE_LEFT_MS = 5 * 60_000;

interface Search<T extends Token> {
  pending?: Promise<LoadedToken<T>>;
  found?: LoadedToken<T>;
  foundMs: number;
  failure?: unknown;
  failedMs: number;
}

/**
 * Lets several caches share what a search for a token finds, so that a command over several containers runs a process, or
 * asks for a touch of a key, once.
 */
export class SharedTokens<T extends Token> {
  readonly #searches = new Map<string, Search<T>>();

  /** Searches, or takes what another one of the same key has found; `refresh` wants what was found just now. */
  async run(
    key: string,
    refresh: boolean,
    clock: Clock,
    search: () => Promise<LoadedToken<T>>,
  ): Promise<LoadedToken<T>> {
    const known: Search<T> = this.#searches.get(key) ?? { foundMs: -Infinity, failedMs: -Infinity };
    this.#searches.set(key, known);
    if (known.pending) return await known.pending;
    if (known.found && !refresh) {
      const { expiration } = known.found.value;
      const good = expiration
        ? expiration.getTime() - clock.now() > LIFE_LEFT_MS
        : clock.now() - known.foundMs < FRESH_MS;
      if (good) return known.found;
    }
    if (clock.now() - known.failedMs < FAILED_MS) throw known.failure;
    known.pending = search();
    try {
      known.found = await known.pending;
      known.foundMs = clock.now();
      return known.found;
    } catch (error) {
      known.failure = error;
      known.failedMs = clock.now();
      throw error;
    } finally {
      delete known.pending;
    }
  }
}
