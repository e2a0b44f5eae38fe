import { encodeNpy } from "@lade/formats/npy";
import { tarSizeOf } from "@lade/formats/tar";
import { sampleNameOf, SampleShardWriter } from "@lade/formats/webdataset";
import { type CreateShard, type OpenShard, writerCall } from "./open_shard.ts";
import {
  type IndexedSample,
  type KnownSample,
  memberName,
  nameBelow,
  numberName,
  ofSample,
} from "./pack_sample.ts";

/** Bytes of the blocks that end an archive. */
const END = 1024;

/** A member of an archive. */
interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Writes samples as shards of webdataset, each with its index beside it. */
export function sampleShards(
  { shardSize, prefix }: { readonly shardSize: number; readonly prefix: string },
): CreateShard<readonly IndexedSample[]> {
  return async (place): Promise<OpenShard<readonly IndexedSample[]>> => {
    const writer = await SampleShardWriter.create(place.store, place.key, writerCall(place));
    const keys = new Set<string>();
    return {
      async take(batch, from) {
        let at = from;
        for (const indexed of batch.slice(from)) {
          const { key, members } = ofSample(indexed, (sample, index) => membersOf(sample, index, prefix));
          const size = members.reduce(
            (sum, { name, bytes }) => sum + tarSizeOf({ name, size: bytes.length }),
            END,
          );
          if (keys.size > 0 && writer.size + size > shardSize) break;
          if (keys.has(key)) {
            throw new TypeError(
              `Cannot pack sample ${indexed.index}: another one of this shard is called ${
                JSON.stringify(key)
              }, \
and webdataset would take both for one; pack to tfrecord`,
            );
          }
          keys.add(key);
          for (const { name, bytes } of members) await writer.add({ name, size: bytes.length }, bytes);
          at++;
        }
        return at - from;
      },
      close: async () => (await writer.close()).size,
      [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
    };
  };
}

/** The members that a sample becomes. What has no name is called by its number. */
function membersOf(
  known: KnownSample,
  index: number,
  prefix: string,
): { readonly key: string; readonly members: readonly Member[] } {
  const number = numberName(index);
  switch (known.kind) {
    case "record":
      return { key: number, members: [{ name: `${number}.bin`, bytes: known.bytes }] };
    case "array":
      return { key: number, members: [{ name: `${number}.npy`, bytes: encodeNpy(known.array) }] };
    case "file": {
      const { key, bytes } = known.file;
      const name = memberName(nameBelow(prefix, key));
      return { key: sampleNameOf(name)?.key ?? name, members: [{ name, bytes }] };
    }
    case "files":
      return { key: known.sample.key, members: known.sample.files };
    case "fields": {
      const { key, fields } = known.sample;
      return {
        key,
        members: Object.entries(fields).map(([field, bytes]) => ({ name: `${key}.${field}`, bytes })),
      };
    }
  }
}
