import { AddressSource, type AddressSourceConfig, type FoundAddress } from "./address_source.ts";
import { type AvoidanceCause, EndpointAddress } from "./endpoint_address.ts";
import { WireError } from "./wire_error.ts";
import { judgeAddress, weighAddress } from "./judge_address.ts";

/** What an {@linkcode AddressBook} needs to know. */
export interface AddressBookConfig extends AddressSourceConfig {
  /** Random numbers in [0, 1); `Math.random` by default. */
  readonly random?: () => number;
  /** Called when a connection to an address could not be opened or broke off. */
  readonly onBroken?: (address: EndpointAddress) => void;
  /** Called when an address begins or ceases to be avoided. */
  readonly onAvoided?: (address: EndpointAddress, avoided: boolean) => void;
}

/** What became of a request at an address. */
export interface AddressAnswer {
  /** Whether the server could not do its work: 500, 502, 503, 504, 429. */
  readonly failed: boolean;
  /** From the end of the request to the first byte of the answer. */
  readonly firstByteMs?: number;
  /** Whether it brings an object, whose time to the first byte is like that of others. */
  readonly object?: boolean;
}

const UNREACHED: ReadonlySet<string> = new Set([
  "dns",
  "refused",
  "unreachable",
  "connect-timeout",
  "reset",
  "tls",
]);
// Shorter bodies say nothing of a rate.
const LEAST_RATED = 2 ** 20;
// How far an address may be below its share of the connections that are open.
const SLACK = 0.25;

/**
 * The addresses of one endpoint, and what requests have shown of each: which of them the next connection goes to.
 *
 * All are used in turn. One that is slower than the others, or fails more, gets less; one that is much slower, or cannot
 * be reached, is avoided and tried again by a single connection later. They are never avoided all at once.
 */
export class AddressBook {
  readonly #config: AddressBookConfig;
  readonly #source: AddressSource;
  readonly #random: () => number;
  readonly #known = new Map<string, EndpointAddress>();
  readonly #avoided = new Set<EndpointAddress>();
  /** Requests that did not fail. */
  #successes = 0;
  #listed: readonly EndpointAddress[] = [];

  constructor(config: AddressBookConfig) {
    this.#config = config;
    this.#source = new AddressSource(config);
    this.#random = config.random ?? Math.random;
  }

  /** Every address that was ever used or is to be, each with what was seen of it. */
  get addresses(): Iterable<EndpointAddress> {
    return this.#known.values();
  }

  /**
   * Addresses in the order to try them: first the one whose turn it is, those that are avoided last, the families of
   * addresses by turns. `elsewhere` names an address that is not to be first if there is another.
   */
  async next(elsewhere?: string): Promise<readonly EndpointAddress[]> {
    this.#list(await this.#source.current());
    if (this.#listed.length <= 1) return this.#listed;
    const first = this.#pick(elsewhere);
    const others = this.#listed.filter((address) => address !== first);
    const last = (address: EndpointAddress) =>
      (this.isAvoided(address) ? 2 : 0) + (address.name === elsewhere ? 1 : 0);
    return [first, ...byFamilies(others, first).sort((a, b) => last(a) - last(b))];
  }

  /** Says of an endpoint that could not be reached where it was looked for, if that is not where its name leads. */
  describe(error: unknown): unknown {
    const { given } = this.#config;
    if (!given || !(error instanceof WireError) || !UNREACHED.has(error.kind)) return error;
    const { kind, message, retryable, waitedMs } = error;
    const some = given.length > 3 ? [...given.slice(0, 3), `${given.length - 3} more`] : given;
    const detail = `${message} (endpointAddresses ${some.join(", ")})`;
    return new WireError(kind, detail, {
      ...{ cause: error.cause ?? error, waitedMs },
      ...(retryable !== undefined && { retryable }),
    });
  }

  /** Asks for the addresses again where that is due, without anybody waiting for it. */
  refresh(): void {
    this.#source.refresh((addresses) => this.#list(addresses));
  }

  /** Whether no request is to go to an address now, because others do better. */
  isAvoided(address: EndpointAddress): boolean {
    return address.avoidance !== undefined && this.#listed.some(({ avoidance }) => !avoidance);
  }

  /** Whether there is an address that is not avoided besides the one of this name. */
  hasOther(name: string): boolean {
    return this.#listed.some((address) => address.name !== name && !this.isAvoided(address));
  }

  /** Notes whether a connection to `address` succeeded. */
  report(address: EndpointAddress, succeeded: boolean): void {
    if (!succeeded) {
      this.#config.onBroken?.(address);
      this.#avoid(address, "unreachable");
    } else if (address.avoidance?.cause === "unreachable") this.#free(address);
  }

  /** Notes an answer. */
  answered(address: EndpointAddress, { failed, firstByteMs, object }: AddressAnswer): void {
    this.#count(address, failed);
    if (this.#listed.length <= 1) return;
    if (failed) return this.#judge(address);
    if (object && firstByteMs !== undefined) {
      address.latency.add(Math.max(1, firstByteMs));
      if (address.latency.samples % FEWEST === 0) this.#judge(address);
    }
    if (address.avoidance && (address.probing || !this.isAvoided(address))) this.#free(address);
  }

  /** Notes that a request got no answer, or that the answer broke off. */
  failed(address: EndpointAddress): void {
    this.#count(address, true);
    this.#config.onBroken?.(address);
    if (this.#listed.length > 1) this.#judge(address);
  }

  /** Notes that a body of so many bytes took so long. */
  moved(address: EndpointAddress, bytes: number, elapsedMs: number): void {
    if (bytes < LEAST_RATED || elapsedMs <= 0 || this.#listed.length <= 1) return;
    address.rate.add(bytes / elapsedMs * 1_000);
    if (address.rate.samples % FEWEST === 0) this.#judge(address);
  }

  /**
   * The address that should have one connection less: one that the endpoint's name no longer leads to, or the one that
   * has the most above its share where another has too few, or is due to be tried again.
   */
  surplus(): EndpointAddress | undefined {
    for (const address of this.#known.values()) {
      if (!address.listed && address.connections > 0 && this.#listed.length > 0) return address;
    }
    if (this.#listed.length <= 1) return undefined;
    const nowMs = this.#config.clock.monotonicMs();
    const wanted = this.#wanted(0);
    let [lacking, fullest, most] = [false, undefined as EndpointAddress | undefined, 0];
    for (const [address, { want }] of wanted) {
      lacking ||= want - address.connections >= Math.max(1, SLACK * want);
      const above = address.connections - want;
      if (above > most) [fullest, most] = [address, above];
    }
    if (lacking) return fullest;
    const due = this.#listed.some((address) => address.isDue(nowMs) && address.connections === 0);
    if (!due) return undefined;
    const [largest] = [...wanted.keys()].sort((a, b) => b.connections - a.connections);
    return largest && largest.connections > 1 ? largest : undefined;
  }

  #count(address: EndpointAddress, failed: boolean): void {
    if (!failed) this.#successes++;
    address.count(failed, this.#successes);
  }

  #judge(address: EndpointAddress): void {
    const others = this.#listed.filter((other) => other !== address);
    const cause = judgeAddress(address, others) ??
      (address.probing && address.isFailing ? "failing" : undefined);
    if (cause) this.#avoid(address, cause);
  }

  #avoid(address: EndpointAddress, cause: AvoidanceCause): void {
    address.avoid(cause, this.#config.clock.monotonicMs(), this.#random());
    this.#tell();
  }

  #free(address: EndpointAddress): void {
    address.free(this.#config.clock.monotonicMs());
    this.#tell();
  }

  /** Tells which addresses are avoided now, where that has changed. */
  #tell(): void {
    for (const address of this.#known.values()) {
      const avoided = address.listed && this.isAvoided(address);
      if (avoided === this.#avoided.has(address)) continue;
      if (avoided) this.#avoided.add(address);
      else this.#avoided.delete(address);
      this.#config.onAvoided?.(address, avoided);
    }
  }

  #list(all: readonly FoundAddress[]): void {
    const names = new Set<string>();
    const listed = all.map(({ hostname, port }) => {
      const found = new EndpointAddress(hostname, port);
      const address = this.#known.get(found.name) ?? found;
      this.#known.set(address.name, address);
      names.add(address.name);
      return address;
    });
    this.#listed = listed;
    for (const [name, address] of this.#known) address.listed = names.has(name);
    if (this.#avoided.size > 0) this.#tell();
    for (const [name, { connections, listed }] of this.#known) {
      if (!listed && connections === 0 && this.#known.size > MOST_KNOWN) this.#known.delete(name);
    }
  }

  /** The address whose turn it is: by weight, among those that have less than their share of the connections. */
  #pick(elsewhere: string | undefined): EndpointAddress {
    const nowMs = this.#config.clock.monotonicMs();
    if (elsewhere === undefined) {
      const due = this.#listed.find((address) => address.isDue(nowMs) && this.isAvoided(address));
      if (due) {
        due.probe(nowMs);
        return due;
      }
    }
    const wanted = this.#wanted(1);
    const below = [...wanted].filter(([address, { want }]) => want > address.connections);
    const other = [...wanted].filter(([{ name }]) => name !== elsewhere);
    const both = below.filter(([{ name }]) => name !== elsewhere);
    const candidates = both.length > 0 ? both : other.length > 0 ? other : below;
    let first: EndpointAddress | undefined;
    let sum = 0;
    for (const [address, { weight }] of candidates) {
      address.credit += weight;
      sum += weight;
      if (!first || address.credit > first.credit) first = address;
    }
    if (!first) throw new TypeError("there is no address");
    first.credit -= sum;
    return first;
  }

  /** What each address that is not avoided is to have of the connections, where there are `more` than now. */
  #wanted(more: number): Map<EndpointAddress, { readonly weight: number; readonly want: number }> {
    const usable = this.#listed.filter((address) => !this.isAvoided(address));
    const weights = usable.map((address) => {
      return weighAddress(address, usable.filter((other) => other !== address));
    });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const connections = usable.reduce((sum, address) => sum + address.connections, more);
    return new Map(usable.map((address, i) => {
      const weight = weights[i] ?? 0;
      return [address, { weight, want: weight / total * connections }];
    }));
  }
}

// Names may lead to other addresses every time. Of so many what was seen is kept.
const MOST_KNOWN = 256;
const FEWEST = 8;

/** Addresses of both families by turns, beginning with the family that `first` is not of (RFC 8305 section 4). */
function byFamilies(others: readonly EndpointAddress[], first: EndpointAddress): EndpointAddress[] {
  const isSix = (address: EndpointAddress) => address.hostname.includes(":");
  const same = others.filter((address) => isSix(address) === isSix(first));
  const other = others.filter((address) => isSix(address) !== isSix(first));
  const order: EndpointAddress[] = [];
  for (let i = 0; i < Math.max(same.length, other.length); i++) {
    order.push(...other.slice(i, i + 1), ...same.slice(i, i + 1));
  }
  return order;
}
