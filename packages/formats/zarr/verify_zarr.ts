import { type CallOptions, type ObjectStore, objectUri } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import { FaultList } from "../registry/fault_list.ts";
import type { Verification, VerifyOptions } from "../registry/format.ts";
import { isInGrid, placeOfKey, type Region } from "./chunk_grid.ts";
import { ChunkReader } from "./chunk_reader.ts";
import { openZarr } from "./open_zarr.ts";
import { ZarrArray } from "./zarr_array.ts";

/** Reads and decodes all chunks that are stored of an array, or of all arrays of a group. */
export async function verifyZarr(
  store: ObjectStore,
  prefix: string,
  options: VerifyOptions = {},
): Promise<Verification> {
  const { signal } = options;
  const call: CallOptions = signal ? { signal } : {};
  const checked: Record<string, number> = {};
  const list = new FaultList(options);
  let [bytes, unchecked] = [0, 0];
  const verifyArray = async (array: ZarrArray) => {
    array.checkReadable();
    const { metadata } = array;
    const reader = new ChunkReader(store, array.prefix, metadata);
    const all: Region = metadata.shape.map((length) => [0, length]);
    for await (const { key } of store.list(array.prefix, call)) {
      const place = placeOfKey(metadata, key.slice(array.prefix.length));
      if (!place) continue;
      if (list.isFull) return;
      await list.step(async () => {
        if (!isInGrid(metadata, place)) {
          const detail = `it is a chunk outside of an array of ${JSON.stringify(metadata.shape)}`;
          throw new FormatError({ operation: "read zarr", uri: objectUri(store.uri, key), detail });
        }
        const onSum = (what: string) => {
          checked[what] = (checked[what] ?? 0) + 1;
        };
        const onBytes = (count: number) => {
          bytes += count;
          options.onBytes?.(count);
        };
        const onUnchecked = (count: number) => {
          unchecked += count;
        };
        await reader.read(place, all, () => {}, { ...call, onSum, onUnchecked, onBytes });
      });
    }
  };
  await list.step(async () => {
    const node = await openZarr(store, prefix, call);
    if (node instanceof ZarrArray) return await verifyArray(node);
    for await (const [, array] of node.arrays(call)) await list.step(() => verifyArray(array));
  });
  return { checked, unchecked, bytes, faults: list.faults };
}
