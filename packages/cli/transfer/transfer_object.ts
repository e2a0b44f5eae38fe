import {
  copyObject,
  createZstdWriter,
  decompressZstd,
  type ObjectAttributes,
  type ProgressListener,
  readChunks,
  type ZstdPool,
} from "@lade/core";
import type { Output } from "../output/output.ts";
import type { ByteSource } from "../output/terminal.ts";
import type { Place } from "../places/place.ts";
import { type Conversion, isCompressed, isConverted } from "./conversion.ts";
import type { Job } from "./job.ts";
import { moveObject } from "./move_object.ts";
import { readInput } from "./read_input.ts";

/** How objects are transferred. */
export interface TransferConfig {
  /** The source is removed afterwards. */
  readonly move: boolean;
  /** Objects that exist are an `AlreadyExistsError`. */
  readonly createOnly: boolean;
  /** Attributes to store; those of the source by default. */
  readonly attributes: ObjectAttributes;
  /** What is done to the bytes of objects for which it is not done yet. */
  readonly conversion: Conversion;
  /** How hard to compress, from 1 to 22. */
  readonly level: number;
  /** Compresses and decompresses. */
  readonly pool: ZstdPool;
  /** What a job without a source reads. */
  readonly stdin: ByteSource;
  /** Where a job without a destination writes. */
  readonly output: Output;
  /** Called for each event. */
  readonly onProgress: ProgressListener;
  /** Ends the transfer. */
  readonly signal: AbortSignal;
}

/** Transfers one object and resolves with the bytes written, where they became known. */
export async function transferObject(job: Job, config: TransferConfig): Promise<number | undefined> {
  const { from, to } = job;
  const { signal, onProgress } = config;
  if (from && to) {
    if (config.move) return await moveObject(from, to, { ...conditionOf(config), signal, onProgress });
    const { conversion } = config;
    if (isConverted(from.key, conversion)) {
      return await writeAll(to, readContent(from, config), config, conversion === "compress");
    }
    const options = { ...config.attributes, ...conditionOf(config), signal, onProgress };
    return (await copyObject(from.store, from.key, to.store, to.key, options)).size;
  }
  if (from) return await printAll(readContent(from, config), config.output);
  if (to) return await writeAll(to, countInput(config), config, config.conversion === "compress");
  return undefined;
}

/** The bytes of an object, decompressed where that is asked for; each chunk is valid until the next. */
async function* readContent(from: Place, config: TransferConfig): AsyncGenerator<Uint8Array> {
  const { signal, onProgress, pool } = config;
  await using chunks = await readChunks(from.store, from.key, { signal, onProgress });
  if (config.conversion !== "decompress" || !isCompressed(from.key)) return yield* chunks;
  const { budget } = from.store.context;
  yield* decompressZstd(chunks, { signal, workers: pool, budget, uri: from.uri });
}

async function* countInput({ stdin, signal, onProgress }: TransferConfig): AsyncGenerator<Uint8Array> {
  for await (const chunk of readInput(stdin, signal)) {
    yield chunk;
    onProgress({ type: "bytes", key: "-", bytes: chunk.length });
  }
}

async function writeAll(
  to: Place,
  chunks: AsyncIterable<Uint8Array>,
  config: TransferConfig,
  compress: boolean,
): Promise<number> {
  const { attributes, signal, level, pool: workers } = config;
  const options = { ...attributes, ...conditionOf(config), signal };
  await using writer = compress
    ? await createZstdWriter(to.store, to.key, { ...options, level, workers })
    : await to.store.createWriter(to.key, options);
  for await (const chunk of chunks) await writer.write(chunk);
  return (await writer.close()).size;
}

async function printAll(chunks: AsyncIterable<Uint8Array>, output: Output): Promise<number> {
  let size = 0;
  for await (const chunk of chunks) {
    await output.bytes(chunk);
    size += chunk.length;
  }
  return size;
}

function conditionOf({ createOnly }: TransferConfig): { readonly ifNoneMatch?: string } {
  return createOnly ? { ifNoneMatch: "*" } : {};
}
