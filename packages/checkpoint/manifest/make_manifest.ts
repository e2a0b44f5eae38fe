import { crc32c, crc32cToHex } from "@lade/core";
import type { StoreErrorOptions } from "@lade/core/errors";
import { tilingFault } from "../boxes/tiling.ts";
import { InvalidCheckpointError } from "../errors/errors.ts";
import { attemptName, recordKey } from "../keys/series_keys.ts";
import type { DataObject } from "../record/piece_bytes.ts";
import type { RankRecord, StoredPiece } from "../record/rank_record.ts";
import { writeRecord } from "../record/rank_record.ts";
import type { Manifest, RankExtra, TensorEntry, TensorTable } from "./manifest.ts";

/**
 * Makes the manifest of the records of all ranks, in any order: whoever makes it of the same records makes the same one.
 * Records that do not belong together, a rank that is missing and parts that do not make up a tensor are an
 * `InvalidCheckpointError` that names the tensor or the rank. `uri` is the series.
 */
export function makeManifest(
  records: readonly RankRecord[],
  uri: string,
): Manifest & { readonly table: TensorTable } {
  const ranked = records.toSorted((a, b) => a.rank - b.rank);
  const [first] = ranked;
  if (!first) throw fault(uri, "it has no record");
  ranked.forEach((record, rank) => checkBelongs(record, rank, first, uri));
  if (ranked.length !== first.worldSize) {
    throw fault(uri, `there are records of ${ranked.length} ranks, not of ${first.worldSize}`);
  }
  const { shards, placeOf } = allShards(ranked);
  const tensors = allTensors(ranked, placeOf, uri);
  const { generation, step, run, worldSize, chunkBytes } = first;
  const attempt = attemptName(first, run);
  return {
    generation,
    step,
    run,
    worldSize,
    createdAt: Math.max(...ranked.map(({ createdAt }) => createdAt)),
    bytes: tensors.reduce((sum, { pieces }) => sum + pieces.reduce((sum, { length }) => sum + length, 0), 0),
    tensorCount: tensors.length,
    records: worldSize === 1 ? [] : ranked.map((record) => {
      const bytes = writeRecord(record);
      return {
        rank: record.rank,
        key: recordKey(attempt, record.rank),
        size: bytes.length,
        crc32c: crc32cToHex(crc32c(bytes)),
      };
    }),
    extras: allExtras(ranked),
    metrics: Object.assign({}, ...ranked.toReversed().map(({ metrics }) => metrics)),
    table: { chunkBytes, shards, tensors },
  };
}

function checkBelongs(record: RankRecord, rank: number, first: RankRecord, uri: string): void {
  if (record.rank !== rank) {
    throw fault(
      uri,
      record.rank > rank ? `rank ${rank} has no record` : `rank ${record.rank} has two records`,
    );
  }
  for (const field of ["generation", "step", "run", "worldSize", "chunkBytes"] as const) {
    if (record[field] === first[field]) continue;
    throw fault(
      uri,
      `${field} is ${first[field]} for rank ${first.rank} and ${record[field]} for rank ${rank}`,
    );
  }
}

/** The objects of all ranks, by key; and what a rank's number of one is among them. */
function allShards(records: readonly RankRecord[]) {
  const all = new Map<string, DataObject>();
  for (const { shards } of records) for (const shard of shards) all.set(shard.key, shard);
  const shards = [...all.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  const places = new Map(shards.map(({ key }, place) => [key, place]));
  const placeOf = (record: RankRecord, shard: number) => places.get(record.shards[shard]?.key ?? "") ?? 0;
  return { shards, placeOf };
}

function allTensors(
  records: readonly RankRecord[],
  placeOf: (record: RankRecord, shard: number) => number,
  uri: string,
): TensorEntry[] {
  const found = new Map<
    string,
    { readonly first: StoredPiece; readonly pieces: TensorEntry["pieces"][number][] }
  >();
  for (const record of records) {
    for (const piece of record.pieces) {
      let tensor = found.get(piece.name);
      if (!tensor) found.set(piece.name, tensor = { first: piece, pieces: [] });
      checkSame(piece, tensor.first, record.rank, uri);
      const { offsets, shape, offset, length, sums, sha256 } = piece;
      tensor.pieces.push({
        offsets,
        shape,
        shard: placeOf(record, piece.shard),
        offset,
        length,
        sums,
        ...(sha256 !== undefined && { sha256 }),
      });
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(
    ([name, { first: { dtype, globalShape }, pieces }]) => {
      const detail = tilingFault(globalShape, pieces);
      if (detail) throw fault(uri, `tensor ${JSON.stringify(name)} is not whole: ${detail}`, name);
      pieces.sort((a, b) => compareLists(a.offsets, b.offsets) || compareLists(a.shape, b.shape));
      return { name, dtype, shape: globalShape, pieces };
    },
  );
}

function checkSame(piece: StoredPiece, first: StoredPiece, rank: number, uri: string): void {
  const { name, dtype, globalShape } = piece;
  if (dtype === first.dtype && compareLists(globalShape, first.globalShape) === 0) return;
  throw fault(
    uri,
    `tensor ${
      JSON.stringify(name)
    } is ${first.dtype} of [${first.globalShape}] for one rank, and ${dtype} of \
[${globalShape}] for rank ${rank}`,
    name,
  );
}

function allExtras(records: readonly RankRecord[]): Record<string, RankExtra[]> {
  const extras = new Map<string, RankExtra[]>();
  for (const { rank, shards, extras: own } of records) {
    for (const [name, extra] of Object.entries(own)) {
      const of = extras.get(name) ?? [];
      extras.set(name, of);
      if ("json" in extra) of.push({ rank, json: extra.json });
      else {
        const { key = "", size = 0 } = shards[extra.shard] ?? {};
        of.push({ rank, key, size, crc32c: extra.crc32c, isJson: extra.isJson });
      }
    }
  }
  return Object.fromEntries([...extras].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  for (let place = 0; place < Math.max(a.length, b.length); place++) {
    const difference = (a[place] ?? -1) - (b[place] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

function fault(uri: string, detail: string, tensor?: string): InvalidCheckpointError {
  const options: StoreErrorOptions = { operation: "make a checkpoint of", uri, detail };
  return new InvalidCheckpointError({ ...options, ...(tensor !== undefined && { tensor }) });
}
