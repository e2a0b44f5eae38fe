import type { ObjectInfo, ObjectMeta } from "@lade/core";
import { certainClaims, type Claim, likelyClaims } from "../sums/claims.ts";
import { readThrough } from "../sums/read_through.ts";
import { type Algorithm, StreamSums } from "../sums/stream_sums.ts";
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

/** What both sides are read by: together they miss a difference once in 2^96 times. */
const BY_CONTENT: readonly Algorithm[] = ["crc32c", "crc64nvme"];

const SAME_BYTES: Difference = { same: true, by: "content", detail: "the bytes are the same" };
const OTHER_BYTES: Difference = { same: false, by: "content", detail: "the bytes differ" };

/** What is known of the bytes of a side. */
export function claimsOf({ meta, remembered }: Side): Claim[] {
  const certain = [...certainClaims(meta.checksums, "checksum"), ...certainClaims(remembered, "remembered")];
  return certain.length > 0 ? certain.slice(0, 1) : likelyClaims(meta);
}

/**
 * Reads a side, which is kept in it, and holds it against what is known of the other; `undefined` where that shows nothing.
 */
export async function readAgainst(
  side: Side,
  other: Side,
  options: CompareOptions,
): Promise<Difference | undefined> {
  const claims = claimsOf(other);
  const sinceMs = side.listed.store.context.clock.now();
  const values = await readSide(side, claims, options);
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

/** Reads a side once, keeps its checksums in it, and resolves with what it comes to by each of `claims`. */
export async function readSide(
  side: Side,
  claims: readonly Claim[],
  options: CompareOptions,
): Promise<string[]> {
  const sums = new StreamSums(claims.some(({ isCertain }) => isCertain) ? ["crc32c"] : BY_CONTENT);
  const started = claims.map((claim) => claim.begin());
  const { listed, meta } = side;
  const { store, key } = listed;
  const sinceMs = listed.store.context.clock.now();
  const { signal } = options;
  await readThrough({ store, key, meta }, [sums, ...started], {
    onProgress: options.onRead?.(listed),
    signal,
  });
  const values = started.map((sum) => sum.finish());
  const named = claims.flatMap(({ algorithm }, at) => algorithm ? [[algorithm, values[at]]] : []);
  const checksums = { ...sums.finish(), ...Object.fromEntries(named) };
  side.read = checksums;
  options.cache?.remember({ uri: listed.uri, meta, checksums, sinceMs });
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
  if (!source.read) await readSide(source, [], options);
  if (!target.read) await readSide(target, [], options);
  const isSame = BY_CONTENT.every((name) => source.read?.[name] === target.read?.[name]);
  return isSame ? SAME_BYTES : OTHER_BYTES;
}
