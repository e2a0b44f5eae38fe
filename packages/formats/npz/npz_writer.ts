import {
  crc32,
  type ObjectStore,
  objectUri,
  type PutResult,
  withCrc32c,
  type WriterOptions,
} from "@lade/core";
import type { NpyArray } from "../npy/npy_type.ts";
import { type NpyShape, NpyWriter, planArray, type PlannedArray } from "../npy/npy_writer.ts";
import { ZipWriter } from "./zip_writer.ts";

/** Options of {@linkcode createNpzWriter}: those of the store's writer, and how members are stored. */
export interface NpzWriterOptions extends WriterOptions {
  /**
   * Whether arrays are stored as they are, so that they can be read by ranges and into place, or deflated. `"stored"` by
   * default.
   */
  readonly compression?: "stored" | "deflate";
}

/** What was written. */
export interface WrittenNpz {
  /** The key of the object. */
  readonly key: string;
  /** The names of the arrays, in order. */
  readonly names: readonly string[];
  /** Bytes of the object. */
  readonly size: number;
  /** Their CRC-32C, in base64. */
  readonly crc32c: string;
  /** What the store says of the object. */
  readonly stored: PutResult;
}

/**
 * An npz file that is being written, array after array. Nobody sees the object before `close` succeeds; a failure ends the
 * writer and leaves nothing behind.
 */
export class NpzWriter implements AsyncDisposable {
  /** The key of the object. */
  readonly key: string;
  readonly #uri: string;
  readonly #writer: ReturnType<typeof withCrc32c>;
  readonly #zip: ZipWriter;
  readonly #deflate: boolean;
  readonly #names: string[] = [];

  private constructor(key: string, uri: string, writer: ReturnType<typeof withCrc32c>, deflate: boolean) {
    this.key = key;
    this.#uri = uri;
    this.#writer = writer;
    this.#zip = new ZipWriter(writer, uri);
    this.#deflate = deflate;
  }

  /** Starts an archive. */
  static async create(store: ObjectStore, key: string, options: NpzWriterOptions = {}): Promise<NpzWriter> {
    const { compression = "stored", ...rest } = options;
    if (compression !== "stored" && compression !== "deflate") {
      throw new TypeError(
        `Cannot write npz with the compression ${compression}: "stored" or "deflate" is needed`,
      );
    }
    const uri = objectUri(store.uri, key);
    const writer = withCrc32c(await store.createWriter(key, rest), { uri });
    return new NpzWriter(key, uri, writer, compression === "deflate");
  }

  /** Adds an array under a name that no other has; NumPy knows it by that. */
  async write(name: string, array: NpyArray): Promise<void> {
    try {
      const planned = planArray(array, `${this.#uri}: ${name}.npy`);
      const { buffer, byteOffset, byteLength } = array.data;
      const sum = this.#deflate
        ? 0
        : crc32(new Uint8Array(buffer, byteOffset, byteLength), crc32(planned.header));
      const known = { size: planned.header.length + planned.dataLength, crc32: sum };
      const writer = await this.#start(name, planned, this.#deflate ? undefined : known);
      await writer.write(array.data);
      await writer.close();
    } catch (error) {
      await this.abort(error);
      throw error;
    }
  }

  /** Starts an array whose elements are written as they come. It has to be closed before the next one is added. */
  async createArray(name: string, array: NpyShape): Promise<NpyWriter> {
    try {
      return await this.#start(name, planArray(array, `${this.#uri}: ${name}.npy`), undefined);
    } catch (error) {
      await this.abort(error);
      throw error;
    }
  }

  /** Writes the directory, and makes the object visible. */
  async close(): Promise<WrittenNpz> {
    const stored = await this.#zip.close();
    const { bytesWritten: size, crc32c } = this.#writer;
    return { key: this.key, names: this.#names, size, crc32c, stored };
  }

  /** Gives up: nothing is left behind. Does nothing after `close` or `abort`. */
  async abort(reason?: unknown): Promise<void> {
    await this.#zip.abort(reason);
  }

  /** Gives up unless it is closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer[Symbol.asyncDispose]();
  }

  async #start(
    name: string,
    planned: PlannedArray,
    known: { size: number; crc32: number } | undefined,
  ): Promise<NpyWriter> {
    const member = await this.#zip.member(`${name}.npy`, { deflate: this.#deflate, ...(known && { known }) });
    this.#names.push(name);
    return await NpyWriter.start(planned, this.key, `${this.#uri}: ${name}.npy`, member);
  }
}

/** Starts an npz file. */
export async function createNpzWriter(
  store: ObjectStore,
  key: string,
  options: NpzWriterOptions = {},
): Promise<NpzWriter> {
  return await NpzWriter.create(store, key, options);
}

/** Writes arrays as an npz file that NumPy reads, under their names and in their order. */
export async function writeNpz(
  store: ObjectStore,
  key: string,
  arrays: Readonly<Record<string, NpyArray>> | ReadonlyMap<string, NpyArray>,
  options: NpzWriterOptions = {},
): Promise<WrittenNpz> {
  await using writer = await createNpzWriter(store, key, options);
  for (const [name, array] of arrays instanceof Map ? arrays : Object.entries(arrays)) {
    await writer.write(name, array);
  }
  return await writer.close();
}
