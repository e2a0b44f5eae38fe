import { copyObject, type ObjectAttributes, type ProgressListener, readChunks } from "@lade/core";
import type { Output } from "../output/output.ts";
import type { ByteSource } from "../output/terminal.ts";
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
  /** Compresses with zstd at this level. */
  readonly zstd?: number;
  /** What a job without a source reads. */
  readonly stdin: ByteSource;
  /** Where a job without a destination writes. */
  readonly output: Output;
  /** Called for each event. */
  readonly onProgress: ProgressListener;
  /** Ends the transfer. */
  readonly signal: AbortSignal;
}

/** Transfers one object and resolves with its size, where it became known. */
export async function transferObject(job: Job, config: TransferConfig): Promise<number | undefined> {
  const { from, to } = job;
  const { signal, onProgress, attributes } = config;
  const condition = config.createOnly ? { ifNoneMatch: "*" } : {};
  if (from && to) {
    if (config.move) return await moveObject(from, to, { ...condition, signal, onProgress });
    const options = { ...attributes, ...condition, signal, onProgress };
    const { size } = await copyObject(from.store, from.key, to.store, to.key, options);
    return size;
  }
  if (from) return await printObject(from, config);
  if (to) return await writeInput(to, config, condition);
  return undefined;
}

async function printObject(
  from: NonNullable<Job["from"]>,
  { output, signal, onProgress }: TransferConfig,
): Promise<number> {
  await using chunks = await readChunks(from.store, from.key, { signal, onProgress });
  for await (const chunk of chunks) await output.bytes(chunk);
  return chunks.range.length;
}

async function writeInput(
  to: NonNullable<Job["to"]>,
  { stdin, attributes, signal, onProgress }: TransferConfig,
  condition: { readonly ifNoneMatch?: string },
): Promise<number> {
  await using writer = await to.store.createWriter(to.key, { ...attributes, ...condition, signal });
  for await (const chunk of readInput(stdin, signal)) {
    await writer.write(chunk);
    onProgress({ type: "bytes", key: "-", bytes: chunk.length });
  }
  return (await writer.close()).size;
}
