import type { ObjectInfo, ObjectMeta } from "@lade/core";
import { certainClaims, type Claim, likelyClaims } from "../sums/claims.ts";
import { readThrough } from "../sums/read_through.ts";
import { type Algorithm, StreamSums } from "../sums/stream_sums.ts";
import { CHECKSUM_NAMES } from "@lade/core/backend";
import type { KnownSums } from "./agreement.ts";
import type { Difference, Listed } from "./difference.ts";
import type { CompareOptions } from "./compare_options.ts";

/** One of two objects that are compared, with what has become known of it. */
export interface Side extends KnownSums {
  /** The object as it was listed. */
  readonly listed: Listed;
  /** What is known of it: the listing's, or what its store says by now. */
  readonly meta: ObjectMeta & Pick<Partial<ObjectInfo>, "partsChecksum" | "metadata">;
}

/** What both sides are read by where nothing is known: together they miss a difference once in 2^96 times. */
const BY_CONTENT: readonly Algorithm[] = ["crc32c", "crc64nvme"];

const SAME_BYTES: Difference = { same: true, by: "content", detail: "the bytes are the same" };
const OTHER_BYTES: Difference = { same: false, by: "content", detail: "the bytes differ" };

/** What is known of the bytes of a side. */
export function claimsOf({ meta, remembered }: Side): Claim[] {
  const certain = [...certainClaims(meta.checksums, "checksum"), ...certainClaims(remembered, "remembered")];
  return certain.length > 0 ? certain.slice(0, 1) : likelyClaims(meta);
}

/**
 * Reads a side, which is kept in it, and holds it against what is known of the other, the claims; `undefined` where that
 * shows nothing.
 */
export async function readAgainst(
  side: Side,
  other: Side,
  claims: readonly Claim[],
  options: CompareOptions,
): Promise<Difference | undefined> {
  const sinceMs = side.listed.store.context.clock.now();
  const values = await readSide(side, other, claims, options);
  const fitting = claims.find(({ value }, at) => values[at] === value);
  if (fitting) {
    // What it fits has the same bytes, and so their checksums.
    const { listed: { uri }, meta } = other;
    options.cache?.remember({ uri, meta, checksums: side.read ?? {}, sinceMs });
    return { same: true, by: fitting.by, detail: `what was read fits the other side's ${nounOf(fitting)}` };
  }
  const failed = claims.findIndex(({ isCertain }) => isCertain);
  const claim = claims[failed];
  if (!claim) return undefined;
  return {
    same: false,
    by: claim.by,
    detail: `${nounOf(claim)} is ${values[failed]} as read, and ${claim.value}`,
  };
}

function nounOf({ algorithm, by }: Claim): string {
  return by === "etag" ? by : algorithm ?? by;
}

/**
 * What a side is read by, besides what is known of the other: what the other one was read by; else what the two can be
 * compared by where that does not decide; and what is worth to be remembered.
 */
function algorithmsFor(
  claims: readonly Claim[],
  other: Side,
  { cache }: CompareOptions,
): readonly Algorithm[] {
  const { read } = other;
  if (read) return CHECKSUM_NAMES.filter((name) => read[name] !== undefined);
  const isDecided = claims.length > 0 && claims.every(({ algorithm }) => algorithm !== undefined);
  return isDecided ? (cache ? ["crc32c"] : []) : BY_CONTENT;
}

/** Reads a side once, keeps its checksums in it, and resolves with what it comes to by each of `claims`. */
async function readSide(
  side: Side,
  other: Side,
  claims: readonly Claim[],
  options: CompareOptions,
): Promise<string[]> {
  const sums = new StreamSums(algorithmsFor(claims, other, options));
  const started = claims.map((claim) => claim.begin());
  const { listed: { store, key, uri }, meta } = side;
  const sinceMs = store.context.clock.now();
  const onProgress = options.onRead?.(side.listed);
  await readThrough({ store, key, meta }, [sums, ...started], { onProgress, signal: options.signal });
  const values = started.map((sum) => sum.finish());
  const checksums: Record<string, string> = { ...sums.finish() };
  for (const [at, { algorithm }] of claims.entries()) if (algorithm) checksums[algorithm] = values[at] ?? "";
  side.read = checksums;
  options.cache?.remember({ uri, meta, checksums, sinceMs });
  return values;
}

/** Reads both sides, but for what was read already, and compares what was read. */
export async function readBoth(source: Listed, target: Listed, options: CompareOptions): Promise<Difference> {
  return await compareRead(
    { listed: source, meta: source.meta },
    { listed: target, meta: target.meta },
    options,
  );
}

/** {@linkcode readBoth}, of sides that may have been read. */
export async function compareRead(source: Side, target: Side, options: CompareOptions): Promise<Difference> {
  if (!source.read) await readSide(source, target, [], options);
  if (!target.read) await readSide(target, source, [], options);
  const [one, other] = [source.read ?? {}, target.read ?? {}];
  const both = CHECKSUM_NAMES.filter((name) => one[name] !== undefined && other[name] !== undefined);
  const isSame = both.length > 0 && both.every((name) => one[name] === other[name]);
  return isSame ? SAME_BYTES : OTHER_BYTES;
}
