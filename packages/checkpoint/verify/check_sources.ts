import { crc32c, crc32cToHex, objectUri } from "@lade/core";
import { inParallel } from "@lade/core/concurrency";
import { StoreError } from "@lade/core/errors";
import { openSafetensors, type TensorPlace } from "@lade/formats/safetensors";
import { makeManifest } from "../manifest/make_manifest.ts";
import { writeManifest } from "../manifest/manifest_json.ts";
import { type RankRecord, readRecord } from "../record/rank_record.ts";
import { readWhole } from "../series/read_small.ts";
import { orGone } from "./check_chunks.ts";
import type { Verification } from "./verification.ts";

/** Files or records that are read at the same time. */
const AT_ONCE = 16;

/** Compares what each safetensors file says of its tensors with what the manifest says of them. */
export async function checkHeaders(work: Verification, signal: AbortSignal | undefined): Promise<void> {
  const { store, table: { shards, tensors }, unreadable, onFault } = work;
  const pieces = shards.map(() => new Map<string, Omit<TensorPlace, "name">[]>());
  for (const { name, dtype, pieces: own } of tensors) {
    for (const { shard, shape, offset, length } of own) {
      const of = pieces[shard]?.get(name) ?? [];
      of.push({ dtype, shape, offset, length });
      pieces[shard]?.set(name, of);
    }
  }
  const files = [...shards.entries()].filter(([, { key }]) =>
    key.endsWith(".safetensors") && !unreadable.has(key)
  );
  await inParallel(files, AT_ONCE, async ([shard, { key }], signal) => {
    await orFault(work, key, async () => {
      const file = await openSafetensors(store, key, { signal });
      for (const [name, places] of pieces[shard] ?? []) {
        const own = file.tensors.get(name);
        for (const place of places) {
          if (!own) {
            onFault({ key, tensor: name, detail: "its header does not have the tensor" });
          } else if (!isSamePlace(own, place)) {
            const detail =
              `its header has it as ${own.dtype} of [${own.shape}] at byte ${own.offset}, and the manifest as \
${place.dtype} of [${place.shape}] at byte ${place.offset}`;
            onFault({ key, tensor: name, detail });
          }
        }
      }
    });
  }, signal);
}

/** Compares the records of all ranks with their checksums, and what they make up with the manifest. */
export async function checkRecords(work: Verification, signal: AbortSignal | undefined): Promise<void> {
  const { store, manifest, table, unreadable, onFault, onBytes } = work;
  const records: RankRecord[] = [];
  await inParallel(manifest.records, AT_ONCE, async ({ key, crc32c: due }, signal) => {
    if (unreadable.has(key)) return;
    await orFault(work, key, async () => {
      const { bytes } = await readWhole(store, key, signal);
      onBytes(bytes.length);
      if (crc32cToHex(crc32c(bytes)) !== due) {
        return onFault({ key, detail: "it does not match its checksum" });
      }
      records.push(readRecord(bytes, objectUri(store.uri, key)));
    });
  }, signal);
  if (records.length === 0 || records.length < manifest.records.length) return;
  const key = records.length === 1 ? manifest.records[0]?.key ?? "" : "records/";
  await orFault(work, key, () => {
    const { createdAt } = manifest;
    const made = writeManifest({ ...makeManifest(records, store.uri), createdAt });
    const own = writeManifest({ ...manifest, table });
    if (made.bytes.toBase64() !== own.bytes.toBase64()) {
      onFault({ key, detail: "the records of the ranks make up another manifest" });
    }
    return Promise.resolve();
  });
}

/** Takes for a fault what cannot be read as what it should be. */
async function orFault(work: Verification, key: string, read: () => Promise<void>): Promise<void> {
  try {
    await orGone(work, key, read);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== "invalid-format") throw error;
    work.onFault({ key, detail: error.detail });
  }
}

function isSamePlace(a: Omit<TensorPlace, "name">, b: Omit<TensorPlace, "name">): boolean {
  return a.dtype === b.dtype && a.offset === b.offset && a.length === b.length &&
    a.shape.length === b.shape.length && a.shape.every((length, axis) => length === b.shape[axis]);
}
