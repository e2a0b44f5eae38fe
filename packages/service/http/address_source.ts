import type { Clock } from "@lade/core/backend";
import { parseTarget } from "./parse_target.ts";
import type { EndpointAddresses, Resolver } from "./transport_options.ts";
import { WireError } from "./wire_error.ts";

const FRESH_MS = 30_000;
// Addresses that are known serve on while the name server fails or lets this time pass, and so long until it is asked
// again.
const PATIENCE_MS = 1_000;
const STALE_MS = 5_000;
const LITERAL = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*)$/;

/** A machine to connect to, by address, or by name where its addresses are of no use. */
export interface FoundAddress {
  readonly hostname: string;
  readonly port: number;
}

/** What an {@linkcode AddressSource} needs to know. */
export interface AddressSourceConfig extends FoundAddress {
  readonly resolve: Resolver;
  readonly clock: Clock;
  /** Whether the process may connect to an address rather than to the host by its name. */
  readonly isAllowed: (address: string, port: number) => boolean;
  /** Machines that stand for the host, each with its port where that is another. */
  readonly given?: readonly string[];
}

/** Where the addresses of one host come from, asked for again after a while. */
export class AddressSource {
  readonly #config: AddressSourceConfig;
  readonly #machines: readonly FoundAddress[];
  #addresses: readonly FoundAddress[] = [];
  #resolvedMs = -Infinity;
  #resolving: Promise<void> | undefined;

  constructor(config: AddressSourceConfig) {
    const { given, hostname, port } = config;
    this.#config = config;
    this.#machines = given?.map((machine) => parseMachine(machine, port)) ?? [{ hostname, port }];
    if (this.#machines.some((machine) => !isLiteral(machine.hostname))) return;
    this.#addresses = this.#machines;
    this.#resolvedMs = Infinity;
  }

  /**
   * The addresses, without repetition. The name of a machine alone where nothing is gained by its addresses, or where only
   * the name is permitted. Machines that are given have to be permitted.
   */
  async current(): Promise<readonly FoundAddress[]> {
    this.#checkGiven();
    if (this.#stale) {
      const resolving = this.#ask();
      await (this.#addresses.length > 0 ? this.#orKnown(resolving) : resolving);
    }
    return this.#addresses;
  }

  /** Asks again where that is due, and tells of what comes; those who have connections need not wait for it. */
  refresh(tell: (addresses: readonly FoundAddress[]) => void): void {
    if (!this.#stale || this.#resolving || this.#addresses.length === 0) return;
    const resolving = this.#ask();
    void this.#orKnown(resolving);
    resolving.then(() => tell(this.#addresses), () => {});
  }

  #checkGiven(): void {
    const { given = [], isAllowed } = this.#config;
    const at = this.#machines.findIndex(({ hostname, port }) =>
      isLiteral(hostname) && !isAllowed(hostname, port)
    );
    if (given[at] === undefined) return;
    const detail = `the process may not connect to ${
      given[at]
    }, which is given as an address of the endpoint`;
    throw new WireError("permission", detail);
  }

  get #stale(): boolean {
    return this.#config.clock.monotonicMs() - this.#resolvedMs > FRESH_MS;
  }

  #ask(): Promise<void> {
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

  /** Resolves what has a name; of several machines some may be unknown. */
  async #resolve(): Promise<void> {
    const found = await Promise.allSettled(this.#machines.map((machine) => this.#addressesOf(machine)));
    const known = found.flatMap((each) => each.status === "fulfilled" ? each.value : []);
    const [failed] = found.flatMap((each) => each.status === "rejected" ? [each.reason] : []);
    if (known.length === 0) throw failed;
    this.#resolvedMs = this.#config.clock.monotonicMs();
    const unlike = new Map(known.map((address) => [`${address.hostname} ${address.port}`, address]));
    this.#addresses = [...unlike.values()];
  }

  async #addressesOf(machine: FoundAddress): Promise<readonly FoundAddress[]> {
    const { isAllowed, resolve } = this.#config;
    const { hostname, port } = machine;
    if (isLiteral(hostname)) return [machine];
    const found = await resolve(hostname).catch((error) => {
      // Permission for the host at one port does not cover its resolution, but does cover a connection by its name.
      if (codeOf(error) === "EPERM") return [];
      throw describeResolveError(error, hostname);
    });
    const useful = found.length > 0 && found.every((address) => isAllowed(address, port));
    return useful ? found.map((address) => ({ hostname: address, port })) : [machine];
  }
}

function parseMachine(machine: string, port: number): FoundAddress {
  const [, six, name = "", own = port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(machine) ?? [];
  return { hostname: six ?? name, port: Number(own) };
}

/** Whether a request is to go to addresses that are given: those of its endpoint, at the host itself or below it. */
export function isReachedBy(target: FoundAddress, { url }: EndpointAddresses): boolean {
  const { hostname, port } = parseTarget(url);
  return target.port === port && (target.hostname === hostname || target.hostname.endsWith(`.${hostname}`));
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
