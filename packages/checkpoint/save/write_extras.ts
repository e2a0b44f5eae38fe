import { crc32c, crc32cToHex } from "@lade/core";
import type { StoreContext } from "@lade/core/backend";
import { namedValues } from "../errors/check_values.ts";
import { canonicalJson, type JsonValue } from "../json/canonical_json.ts";
import { extraKey } from "../keys/series_keys.ts";
import type { DataObject } from "../record/piece_bytes.ts";
import type { StoredExtra } from "../record/rank_record.ts";
import { createSame } from "../series/create_same.ts";
import type { Series } from "../series/series.ts";
import type { ShardPlace } from "./write_shards.ts";

/** Bytes of JSON that a record has in itself, at most. */
const MOST_INLINE = 64 * 1024;

/** What besides tensors was written; numbers of objects go on from those before. */
export interface WrittenExtras {
  readonly shards: readonly DataObject[];
  readonly extras: Readonly<Record<string, StoredExtra>>;
}

/** What is kept besides tensors, by name: the text of JSON as it was given, or bytes, which are the caller's. */
export type TakenExtras = ReadonlyMap<string, string | Uint8Array<ArrayBuffer>>;

/** Takes what is given. What is neither JSON nor bytes, or is called as nothing can be, is a `TypeError`. */
export function takeExtras(
  extras: Readonly<Record<string, JsonValue | Uint8Array<ArrayBuffer>>>,
): TakenExtras {
  const taken = new Map<string, string | Uint8Array<ArrayBuffer>>();
  for (const [name, value] of namedValues("save extras", extras)) {
    if (!name.isWellFormed() || name === "") {
      throw new TypeError(`Cannot save extras of name ${JSON.stringify(name)}`);
    }
    try {
      taken.set(name, value instanceof Uint8Array ? value : canonicalJson(value));
    } catch (cause) {
      const why = cause instanceof TypeError ? ` (${cause.message})` : "";
      throw new TypeError(
        `Cannot save the extra ${JSON.stringify(name)}: it is neither JSON nor bytes of a Uint8Array${why}`,
        { cause },
      );
    }
  }
  return taken;
}

/** Extras whose bytes were copied, where there was room. */
export interface ExtrasSnapshot {
  readonly extras: TakenExtras;
  /** Bytes that were copied. */
  readonly copied: number;
  /** Whether the caller may change its own. */
  readonly isWhole: boolean;
  /** Gives back the room. */
  release(): void;
}

/** Copies the bytes of extras, so that the caller may change its own, if `maxBytes` and the byte budget have room for all. */
export function copyExtras(
  { budget }: StoreContext,
  extras: TakenExtras,
  maxBytes: number,
): ExtrasSnapshot {
  const bytes = extras.values().reduce(
    (sum, value) => sum + (typeof value === "string" ? 0 : value.length),
    0,
  );
  if (bytes === 0) return { extras, copied: 0, isWhole: true, release: () => {} };
  const lease = bytes <= maxBytes ? budget.tryAcquire(bytes) : undefined;
  if (!lease) return { extras, copied: 0, isWhole: false, release: () => {} };
  const own = new Map(extras.entries().map(([name, value]) => [name, value.slice()]));
  return { extras: own, copied: bytes, isWhole: true, release: () => lease.release() };
}

/** Writes what is kept besides tensors: large JSON and bytes in objects of their own. */
export async function writeExtras(
  series: Series,
  place: ShardPlace,
  extras: TakenExtras,
  { before, signal }: { readonly before: number; readonly signal: AbortSignal },
): Promise<WrittenExtras> {
  const shards: DataObject[] = [];
  const stored: [string, StoredExtra][] = [];
  for (const [name, value] of extras) {
    const isJson = typeof value === "string";
    if (isJson && value.length <= MOST_INLINE) {
      stored.push([name, { json: JSON.parse(value) }]);
      continue;
    }
    const bytes = isJson ? new TextEncoder().encode(value) : value;
    const key = extraKey(place.attempt, { ...place, number: shards.length + 1 });
    const operation = `save the extra ${JSON.stringify(name)} as`;
    await createSame(series.store, key, bytes, { ifIgnored: series.ifIgnored, operation, signal });
    const sum = crc32cToHex(crc32c(bytes));
    stored.push([name, { shard: before + shards.length, crc32c: sum, isJson }]);
    shards.push({ key, size: bytes.length });
  }
  return { shards, extras: Object.fromEntries(stored) };
}
