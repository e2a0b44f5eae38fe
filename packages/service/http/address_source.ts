import type { Clock } from "@lade/core/backend";
import type { Resolver } from "./transport_options.ts";
import { WireError } from "./wire_error.ts";

const FRESH_MS = 30_000;
// Addresses that are known serve on while the name server fails or lets this time pass, and so long until it is asked
// again.
const PATIENCE_MS = 1_000;
const STALE_MS = 5_000;
const LITERAL = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*)$/;

/** What an {@linkcode AddressSource} needs to know. */
export interface AddressSourceConfig {
  readonly hostname: string;
  readonly port: number;
  readonly resolve: Resolver;
  readonly clock: Clock;
  /** Whether the process may connect to an address rather than to the host by its name. */
  readonly isAllowed: (address: string, port: number) => boolean;
}

/** Where the addresses of one host come from, asked for again after a while. */
export class AddressSource {
  readonly #config: AddressSourceConfig;
  #addresses: readonly string[] = [];
  #resolvedMs = -Infinity;
  #resolving: Promise<readonly string[]> | undefined;

  constructor(config: AddressSourceConfig) {
    this.#config = config;
  }

  /**
   * The addresses, without repetition. The host's name alone where nothing is gained by its addresses, or where only the
   * name is permitted.
   */
  async current(): Promise<readonly string[]> {
    if (isLiteral(this.#config.hostname)) return [this.#config.hostname];
    if (this.#stale) {
      const resolving = this.#ask();
      await (this.#addresses.length > 0 ? this.#orKnown(resolving) : resolving);
    }
    return this.#known;
  }

  /** Asks again where that is due, and tells of what comes; those who have connections need not wait for it. */
  refresh(tell: (addresses: readonly string[]) => void): void {
    if (!this.#stale || this.#resolving || this.#addresses.length === 0) return;
    const resolving = this.#ask();
    void this.#orKnown(resolving);
    resolving.then(() => tell(this.#known), () => {});
  }

  get #known(): readonly string[] {
    return this.#addresses.length === 0 ? [this.#config.hostname] : this.#addresses;
  }

  get #stale(): boolean {
    return this.#config.clock.monotonicMs() - this.#resolvedMs > FRESH_MS;
  }

  #ask(): Promise<readonly string[]> {
    return this.#resolving ??= this.#resolve().finally(() => this.#resolving = undefined);
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

/** Whether a host is an address rather than a name; one of IPv6 stands without brackets. */
export function isLiteral(hostname: string): boolean {
  return LITERAL.test(hostname);
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
