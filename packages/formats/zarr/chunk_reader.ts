import { type CallOptions, getBytes, type ObjectStore, objectUri } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { FormatError } from "../errors/format_error.ts";
import { ObjectSource } from "../source/object_source.ts";
import type { ArrayMetadata, ShardLayout } from "./array_metadata.ts";
import { chunkKey, chunksIn, type Region, within } from "./chunk_grid.ts";
import { decodeBytes, type DecodeContext } from "./decode_bytes.ts";

/** Is given each chunk: its place in the grid of chunks, and its elements as they are stored, or nothing where it is not. */
export type VisitChunk = (place: readonly number[], bytes: Uint8Array | undefined) => void;

/** Options of {@linkcode ChunkReader.read}. */
export interface ReadChunksOptions extends CallOptions {
  /** Is told of each checksum that was compared. */
  readonly onSum?: (what: string) => void;
  /** Is told of stored bytes that bear no checksum. */
  readonly onUnchecked?: (bytes: number) => void;
  /** Is told of bytes as they are read. */
  readonly onBytes?: (bytes: number) => void;
}

/** Bytes of chunks of one shard that are read at once. */
const TOGETHER = 8 * 2 ** 20;

/** What stands in a shard's index for a chunk that is not there. */
const ABSENT = 2n ** 64n - 1n;

/** Reads chunks of one array, from objects of their own or out of shards. */
export class ChunkReader {
  readonly #store: ObjectStore;
  readonly #prefix: string;
  readonly #metadata: ArrayMetadata;
  readonly #chunkBytes: number;

  /** Of the array whose objects begin with `prefix`. */
  constructor(store: ObjectStore, prefix: string, metadata: ArrayMetadata) {
    this.#store = store;
    this.#prefix = prefix;
    this.#metadata = metadata;
    this.#chunkBytes = metadata.chunk.shape.reduce(
      (product, length) => product * length,
      metadata.type.bytes,
    );
  }

  /** Reads those chunks that a region touches of what is stored at one place of the grid: a chunk, or a shard of many. */
  async read(
    place: readonly number[],
    region: Region,
    visit: VisitChunk,
    options: ReadChunksOptions,
  ): Promise<void> {
    const { shard } = this.#metadata;
    const key = this.#prefix + chunkKey(this.#metadata, place);
    try {
      if (shard) await this.#readShard(key, within(region, shard.shape, place), shard, visit, options);
      else visit(place, await this.#readWhole(key, options));
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      const shape = this.#metadata.chunk.shape;
      for (const chunk of shard ? chunksIn(within(region, shard.shape, place), shape) : [place]) {
        visit(chunk, undefined);
      }
    }
  }

  async #readWhole(key: string, options: ReadChunksOptions): Promise<Uint8Array> {
    const { bytes } = await getBytes(this.#store, key, callOf(options));
    options.onBytes?.(bytes.length);
    return await this.#decode(bytes, key, "", options);
  }

  async #decode(
    bytes: Uint8Array,
    key: string,
    where: string,
    { onSum, onUnchecked }: ReadChunksOptions,
  ): Promise<Uint8Array> {
    let isChecked = false;
    const context = this.#contextOf(key, where, {
      onSum: (what) => {
        isChecked = true;
        onSum?.(what);
      },
    });
    const decoded = await decodeBytes(bytes, this.#metadata.chunk.codecs, this.#chunkBytes, context);
    if (!isChecked) onUnchecked?.(bytes.length);
    return decoded;
  }

  async #readShard(
    key: string,
    region: Region,
    shard: ShardLayout,
    visit: VisitChunk,
    options: ReadChunksOptions,
  ): Promise<void> {
    const { chunk } = this.#metadata;
    const counts = shard.shape.map((length, axis) => length / (chunk.shape[axis] ?? 1));
    const { source, index, indexAt } = await this.#openShard(key, shard, counts, options);
    let group: { place: readonly number[]; offset: number; length: number }[] = [];
    let bytes = 0;
    const readGroup = async () => {
      const read = await source.readRanges(group, callOf(options));
      for (const [at, { place, offset }] of group.entries()) {
        const chunk = read[at] ?? new Uint8Array(0);
        visit(place, await this.#decode(chunk, key, ` (chunk at byte ${offset})`, options));
      }
      options.onBytes?.(bytes);
      [group, bytes] = [[], 0];
    };
    for (const place of chunksIn(region, chunk.shape)) {
      const at = place.reduce((sum, part, axis) => sum * (counts[axis] ?? 1) + part % (counts[axis] ?? 1), 0);
      const [offset = ABSENT, length = ABSENT] = index.subarray(at * 2, at * 2 + 2);
      if (offset === ABSENT && length === ABSENT) {
        visit(place, undefined);
        continue;
      }
      const range = { place, offset: Number(offset), length: Number(length) };
      if (range.offset < indexAt.end && range.offset + range.length > indexAt.start) {
        throw this.#contextOf(key, "", options).fault(
          `its index has a chunk at ${offset}+${length}, within itself`,
        );
      }
      if (group.length > 0 && bytes + range.length > TOGETHER) await readGroup();
      group.push(range);
      bytes += range.length;
    }
    if (group.length > 0) await readGroup();
  }

  /** Opens a shard by the request that reads its index. */
  async #openShard(
    key: string,
    { indexAt, indexCodecs }: ShardLayout,
    counts: number[],
    options: ReadChunksOptions,
  ) {
    const plain = 16 * counts.reduce((product, count) => product * count, 1);
    const window = plain + 4 * indexCodecs.length;
    const source = await ObjectSource.open(this.#store, key, { ...callOf(options), at: indexAt, window });
    const { fault } = this.#contextOf(key, "", options);
    if (source.size < window) throw fault(`it has ${source.size} bytes, and its index alone takes ${window}`);
    const start = indexAt === "start" ? 0 : source.size - window;
    options.onBytes?.(window);
    if (indexCodecs.length === 0) options.onUnchecked?.(window);
    const onSum = () => options.onSum?.("CRC-32C of a shard's index");
    const context = { uri: source.uri, fault: (detail: string) => fault(`of its index: ${detail}`), onSum };
    const decoded = await decodeBytes(
      await source.read(start, window, callOf(options)),
      indexCodecs,
      plain,
      context,
    );
    const index = new BigUint64Array(decoded.slice().buffer);
    return { source, index, indexAt: { start, end: start + window } };
  }

  #contextOf(key: string, where: string, { onSum }: ReadChunksOptions): DecodeContext {
    const uri = objectUri(this.#store.uri, key);
    const fault = (detail: string) =>
      new FormatError({ operation: "read zarr", uri, detail: detail + where });
    return { uri, fault, ...(onSum && { onSum }) };
  }
}

function callOf({ signal }: CallOptions): CallOptions {
  return signal ? { signal } : {};
}
