import type { NdArray } from "@lade/formats/array";
import { createNpyWriter } from "@lade/formats/npy";
import type { FixedSample } from "../datasets/dataset.ts";
import { type CreateShard, type OpenShard, writerCall } from "./open_shard.ts";
import { bytesOfArray } from "./pack_sample.ts";

/** Bytes of a header, but for shapes of many dimensions. */
const HEADER = 128;

/** Writes rows of one shape as npy files: as many in each as there is room for. */
export function rowShards(
  { fixed, rowBytes, shardSize }: {
    readonly fixed: FixedSample;
    readonly rowBytes: number;
    readonly shardSize: number;
  },
): CreateShard<NdArray> {
  const most = Math.max(1, Math.floor((shardSize - HEADER) / Math.max(1, rowBytes)));
  return async (place): Promise<OpenShard<NdArray>> => {
    const { store, key, left } = place;
    let room = Math.min(most, left);
    const array = { dtype: fixed.dtype, shape: [room, ...fixed.shape] };
    const writer = await createNpyWriter(store, key, array, writerCall(place));
    return {
      async take(batch, from) {
        const count = Math.min(room, (batch.shape[0] ?? 0) - from);
        await writer.write(bytesOfArray(batch).subarray(from * rowBytes, (from + count) * rowBytes));
        room -= count;
        return count;
      },
      close: async () => (await writer.close()).size,
      [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
    };
  };
}
