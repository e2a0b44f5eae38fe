import { crc32c, crc32cToHex } from "@lade/core";
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

/** Throws a `TypeError` for what is neither JSON nor bytes, or is called as nothing can be. */
export function checkExtras(extras: Readonly<Record<string, JsonValue | Uint8Array>>): void {
  for (const [name, value] of Object.entries(extras)) {
    if (!name.isWellFormed() || name === "") {
      throw new TypeError(`Cannot save extras of name ${JSON.stringify(name)}`);
    }
    if (value instanceof Uint8Array) continue;
    try {
      canonicalJson(value);
    } catch (cause) {
      const why = cause instanceof TypeError ? ` (${cause.message})` : "";
      throw new TypeError(
        `Cannot save the extra ${JSON.stringify(name)}: it is neither JSON nor bytes of a Uint8Array${why}`,
        { cause },
      );
    }
  }
}

/** Writes what is kept besides tensors: large JSON and bytes in objects of their own. */
export async function writeExtras(
  series: Series,
  place: ShardPlace,
  extras: Readonly<Record<string, JsonValue | Uint8Array>>,
  { before, signal }: { readonly before: number; readonly signal: AbortSignal },
): Promise<WrittenExtras> {
  const shards: DataObject[] = [];
  const stored: Record<string, StoredExtra> = {};
  for (const [name, value] of Object.entries(extras)) {
    if (!(value instanceof Uint8Array)) {
      const text = canonicalJson(value);
      if (text.length <= MOST_INLINE) {
        stored[name] = { json: JSON.parse(text) };
        continue;
      }
    }
    const isJson = !(value instanceof Uint8Array);
    const bytes = isJson ? new TextEncoder().encode(canonicalJson(value)) : value;
    const key = extraKey(place.attempt, { ...place, number: shards.length + 1 });
    const operation = `save the extra ${JSON.stringify(name)} as`;
    await createSame(series.store, key, bytes, { ifIgnored: series.ifIgnored, operation, signal });
    const sum = crc32cToHex(crc32c(bytes));
    stored[name] = { shard: before + shards.length, crc32c: sum, isJson };
    shards.push({ key, size: bytes.length });
  }
  return { shards, extras: stored };
}
