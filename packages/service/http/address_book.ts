import type { Clock } from "@lade/core/backend";
import type { Resolver } from "./transport_options.ts";
import { WireError } from "./wire_error.ts";

const FRESH_MS = 30_000;
// Addresses that are known serve on while the name server fails or lets this time pass, and so long until it is asked
// again.
const PATIENCE_MS = 1_000;
const STALE_MS = 5_000;
const SHUNNED_MS = 60_000;
const LITERAL = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*)$/;

/** What an {@linkcode AddressBook} needs to know. */
export interface AddressBookConfig {
  readonly hostname: string;
  readonly port: number;
  readonly resolve: Resolver;
  readonly clock: Clock;
  /** Whether the process may connect to an address rather than to the host by its name. */
  readonly isAllowed: (address: string, port: number) => boolean;
}

/** The addresses of one host, each connection beginning at the next of them. */
export class AddressBook {
  readonly #config: AddressBookConfig;
  readonly #shunnedUntil = new Map<string, number>();
  #addresses: readonly string[] = [];
  #resolvedMs = -Infinity;
  #resolving: Promise<readonly string[]> | undefined;
  #turn = 0;

  constructor(config: AddressBookConfig) {
    this.#config = config;
  }

  /**
   * Addresses in the order to try them, those that failed lately last. The host's name alone where nothing is gained
   * by its addresses, or where only the name is permitted.
   */
  async next(): Promise<readonly string[]> {
    const { clock, hostname } = this.#config;
    if (LITERAL.test(hostname)) return [hostname];
    if (clock.monotonicMs() - this.#resolvedMs > FRESH_MS) {
      const resolving = this.#resolving ??= this.#resolve().finally(() => this.#resolving = undefined);
      await (this.#addresses.length > 0 ? this.#orKnown(resolving) : resolving);
    }
    const count = this.#addresses.length;
    if (count === 0) return [hostname];
    const first = this.#turn++ % count;
    const order = [...this.#addresses.slice(first), ...this.#addresses.slice(0, first)];
    const now = clock.monotonicMs();
    const shunned = (address: string) => (this.#shunnedUntil.get(address) ?? 0) > now ? 1 : 0;
    return order.sort((a, b) => shunned(a) - shunned(b));
  }

  /** Notes whether a connection to `address` succeeded. */
  report(address: string, succeeded: boolean): void {
    if (succeeded) this.#shunnedUntil.delete(address);
    else this.#shunnedUntil.set(address, this.#config.clock.monotonicMs() + SHUNNED_MS);
  }

  /** Waits a little for `resolving`; where it brings nothing, what is known stays for a while. */
  async #orKnown(resolving: Promise<unknown>): Promise<void> {
    const { clock } = this.#config;
    const over = new AbortController();
    const keep = () => void (this.#resolvedMs = clock.monotonicMs() - FRESH_MS + STALE_MS);
    const late = clock.sleep(PATIENCE_MS, over.signal).then(keep, () => {});
    await Promise.race([resolving.then(() => {}, keep), late]);
    over.abort();
  }

  async #resolve(): Promise<readonly string[]> {
    const { clock, hostname, isAllowed, port, resolve } = this.#config;
    const found = await resolve(hostname).catch((error) => {
      // Permission for the host at one port does not cover its resolution, but does cover a connection by its name.
      if (codeOf(error) === "EPERM") return [];
      throw describeResolveError(error, hostname);
    });
    this.#resolvedMs = clock.monotonicMs();
    const addresses = [...new Set(found)];
    return this.#addresses = addresses.every((address) => isAllowed(address, port)) ? addresses : [];
  }
}

function describeResolveError(error: unknown, hostname: string): WireError {
  const retryable = UNANSWERED.has(codeOf(error));
  const why = retryable ? "the name server gives no answer now" : "the name does not resolve";
  return new WireError("dns", `${why}: ${JSON.stringify(hostname)}`, { cause: error, retryable });
}

const UNANSWERED: ReadonlySet<unknown> = new Set(["EAI_AGAIN", "ECONNREFUSED", "ETIMEOUT"]);

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
