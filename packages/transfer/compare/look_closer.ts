import { readModificationTime } from "@lade/core/operations";
import { askEtagMd5 } from "../sums/ask_etag_md5.ts";
import type { RememberedSums } from "../sums/checksum_cache.ts";
import { md5Digits } from "../sums/etag_form.ts";
import { agreementOf } from "./agreement.ts";
import { type Difference, type Listed, NOT_OLDER, OLDER, OTHER_SIZE, SAME_TIME } from "./difference.ts";
import type { CompareOptions } from "./compare_options.ts";
import { claimsOf, compareRead, readAgainst, type Side } from "./read_sides.ts";
import { isLocal, isLocalAndLater, precisionOf } from "./times.ts";

/** Two objects of one size whose listings do not decide. */
export interface DoubtfulPair {
  /** The one. */
  readonly source: Listed;
  /** The other. */
  readonly target: Listed;
  /** What is remembered of them. */
  readonly remembered?: {
    readonly source: RememberedSums | undefined;
    readonly target: RememberedSums | undefined;
  };
  /**
   * Whether one of them is known to have changed, whatever its time; or something was done to it that left its size and time:
   * then it is read where something is known of the other.
   */
  readonly suspicion?: "changed" | "touched" | undefined;
}

/** A local file of this size is read in less time than a service takes to answer. */
const SMALL = 2 ** 20;

const OTHER_ETAG: Difference = { same: false, by: "etag", detail: "the etags are of other contents" };
const CHANGED: Difference = { same: false, by: "remembered", detail: "it has changed since it was compared" };

/** Finds out whether two objects are the same by asking their stores, and by reading what has to be read. */
export async function lookCloser(pair: DoubtfulPair, options: CompareOptions): Promise<Difference> {
  const { source: listed, target, remembered, suspicion } = pair;
  const { mode, signal } = options;
  let from: Side = { listed, meta: listed.meta, remembered: remembered?.source };
  let to: Side = { listed: target, meta: target.meta, remembered: remembered?.target };
  if (mode !== "time" && from.meta.size <= SMALL) {
    const found = await readLocal(from, to, options);
    if (found) return found;
  }
  [from, to] = await Promise.all([ask(from, signal), ask(to, signal)]);
  if (from.meta.size !== to.meta.size) return OTHER_SIZE;
  if (mode === "time") return timesOf(from, to);
  const agreement = agreementOf(from, to);
  if (agreement) return agreement;
  const md5 = await compareMd5Etags(from, to, signal);
  if (md5 === "certain" || md5 === "likely" && mode === "content") return OTHER_ETAG;
  if (mode === "content") {
    const byTime = timesOf(from, to);
    const isLater = isLocalAndLater(listed, target);
    if (byTime.same && !isLater && suspicion === undefined) return byTime;
    return await readLocal(from, to, options) ??
      (suspicion === "changed" ? CHANGED : isLater ? await compareRead(from, to, options) : byTime);
  }
  return await readLocal(from, to, options) ?? await readOne(from, to, options) ??
    await compareRead(from, to, options);
}

/** What the store says of an object by now; of a local file the listing said it all. */
async function ask(side: Side, signal: AbortSignal): Promise<Side> {
  const { listed } = side;
  if (isLocal(listed)) return side;
  return { ...side, meta: await listed.store.head(listed.key, { signal }) };
}

/** Compares times, those that were carried along before those of the writes. */
function timesOf(source: Side, target: Side): Difference {
  const [from, to] = [timeOf(source), timeOf(target)];
  const precision = precisionOf(source.listed, target.listed);
  if (Math.abs(from - to) < precision) return SAME_TIME;
  return from < to ? NOT_OLDER : OLDER;
}

function timeOf({ meta }: Side): number {
  return ((meta.metadata && readModificationTime(meta.metadata)) ?? meta.lastModified).getTime();
}

/**
 * Whether two sides differ by etags that are MD5 sums, both or one and what was read of the other; `undefined` where
 * nothing shows it. A service tells in the answer to a read what its etags are.
 */
async function compareMd5Etags(
  from: Side,
  to: Side,
  signal: AbortSignal,
): Promise<"certain" | "likely" | undefined> {
  const tagged = [from, to].filter(({ meta: { etag } }) => md5Digits(etag) !== undefined);
  if (tagged.length === 0 || tagged.length === 1 && !from.read && !to.read) return undefined;
  const told = await Promise.all(tagged.map(({ listed, meta }) => askEtagMd5({ ...listed, meta }, signal)));
  if (told.some((one) => one === undefined)) return undefined;
  return told.every((one) => one?.certain) ? "certain" : "likely";
}

/** Reads a local side, where something is known of the other. */
function readLocal(
  from: Side,
  to: Side,
  options: CompareOptions,
): Promise<Difference | undefined> | undefined {
  return readLocalSide(from, to, options) ?? readLocalSide(to, from, options);
}

function readLocalSide(
  side: Side,
  other: Side,
  options: CompareOptions,
): Promise<Difference | undefined> | undefined {
  if (side.read || !isLocal(side.listed)) return undefined;
  const claims = claimsOf(other);
  return claims.length > 0 ? readAgainst(side, other, claims, options) : undefined;
}

/** Reads the side of whose other something is known, if there is one, and nothing has been read. */
async function readOne(from: Side, to: Side, options: CompareOptions): Promise<Difference | undefined> {
  if (from.read || to.read) return undefined;
  for (const [side, other] of [[to, from], [from, to]] as const) {
    const claims = claimsOf(other);
    if (claims.length > 0) return await readAgainst(side, other, claims, options);
  }
  return undefined;
}
