import { crc32c, crc32cToHex, getBytes, objectUri } from "@lade/core";
import { checkOptions, optionWords } from "@lade/core/backend";
import { ChecksumMismatchError, NotFoundError, QuotaExceededError } from "@lade/core/errors";
import type { NdArray } from "@lade/formats/array";
import { InvalidCheckpointError } from "../errors/errors.ts";
import type { JsonValue } from "../json/canonical_json.ts";
import type { Manifest, TensorTable } from "../manifest/manifest.ts";
import type { TensorInfo } from "../record/tensor_info.ts";
import { type CheckpointInfo, infoOf } from "../series/checkpoint_info.ts";
import { readTwice } from "../series/read_small.ts";
import type { Series } from "../series/series.ts";
import { verifyCheckpoint } from "../verify/verify_checkpoint.ts";
import type { VerifyLevel, VerifyOptions, VerifyReport } from "../verify/verify_report.ts";
import { type LoadOptions, type LoadReport, loadTensors } from "./load_tensors.ts";
import type { TensorTarget } from "./plan_load.ts";
import { type LoadAllOptions, loadWhole, type TensorReader } from "./tensor_reader.ts";

const OF_EXTRA = { rank: "any", signal: "signal" } as const;

/** Something that was kept besides tensors. */
export interface ExtraInfo {
  /** Its name. */
  readonly name: string;
  /** The ranks that kept one. */
  readonly ranks: readonly number[];
  /** Whether it is JSON; else it is bytes. */
  readonly isJson: boolean;
  /** Bytes of all of them. */
  readonly bytes: number;
}

/** A checkpoint that is open. */
export class Checkpoint implements TensorReader, AsyncDisposable {
  /** What is known of it. */
  readonly info: CheckpointInfo;
  readonly #series: Series;
  readonly #manifest: Manifest;
  readonly #table: TensorTable;

  readonly #hold: AsyncDisposable | undefined;

  /** Of a manifest and its table, which were read; `hold` is disposed of with it. */
  constructor(series: Series, manifest: Manifest, table: TensorTable, hold?: AsyncDisposable) {
    this.#hold = hold;
    this.#series = series;
    this.#manifest = manifest;
    this.#table = table;
    this.info = infoOf(manifest);
  }

  /** The tensors, by name. */
  *tensors(): Iterable<TensorInfo> {
    for (const { name, dtype, shape } of this.#table.tensors) yield { name, dtype, shape };
  }

  /** What was kept besides tensors, by name. */
  extraNames(): readonly string[] {
    return Object.keys(this.#manifest.extras);
  }

  /** What was kept besides tensors: of which ranks, and how large it is. Nothing is read. */
  *extras(): Iterable<ExtraInfo> {
    for (const [name, of] of Object.entries(this.#manifest.extras)) {
      const sizes = of.map((extra) => "json" in extra ? JSON.stringify(extra.json).length : extra.size);
      yield {
        name,
        ranks: of.map(({ rank }) => rank),
        isJson: of.every((extra) => "json" in extra || extra.isJson),
        bytes: sizes.reduce((sum, size) => sum + size, 0),
      };
    }
  }

  /**
   * What was kept under a name, by `rank` or else by the lowest rank that kept it: JSON, or bytes. One that is not there is a
   * `RangeError`, damage an `InvalidCheckpointError`.
   */
  async extra(
    name: string,
    options: { readonly rank?: number; readonly signal?: AbortSignal } = {},
  ): Promise<JsonValue | Uint8Array<ArrayBuffer>> {
    checkOptions("load an extra", options, OF_EXTRA);
    const { rank, signal } = options;
    const of = Object.hasOwn(this.#manifest.extras, name) ? this.#manifest.extras[name] ?? [] : [];
    const extra = rank === undefined ? of[0] : of.find((one) => one.rank === rank);
    if (!extra) {
      const who = rank === undefined ? "" : ` of rank ${optionWords(rank)}`;
      throw new RangeError(`Cannot load the extra ${optionWords(name)}${who}: there is none`);
    }
    if ("json" in extra) return extra.json;
    const { key, size, crc32c: sum, isJson } = extra;
    const bytes = await readTwice(async () => {
      const bytes = await this.#read(key, name, size, signal);
      if (bytes.length === size && crc32cToHex(crc32c(bytes)) === sum) return bytes;
      throw this.#invalid(name, `${key} does not match its checksum`);
    });
    return isJson ? JSON.parse(new TextDecoder().decode(bytes)) : bytes;
  }

  /**
   * Reads parts of tensors into the caller's memory, which holds arbitrary bytes after a failure. Checksums of all chunks that
   * are touched are compared, unless `verify` is `false`: damage is an `InvalidCheckpointError` that names the tensor and
   * the bytes.
   */
  async load(targets: Iterable<TensorTarget>, options: LoadOptions = {}): Promise<LoadReport> {
    return await loadTensors(this.#series, this.#table, targets, options);
  }

  /** Reads whole tensors into fresh memory. */
  async loadAll(options: LoadAllOptions = {}): Promise<Map<string, NdArray>> {
    return await loadWhole(this, options);
  }

  /**
   * Looks whether all of it is there and as it was written: the sizes of its objects, every byte by its checksum, or what files and
   * records say of themselves besides. What is wrong is in the report; an error is only a store that cannot be read.
   */
  async verify(level: VerifyLevel = "chunks", options: VerifyOptions = {}): Promise<VerifyReport> {
    const checkpoint = { manifest: this.#manifest, table: this.#table };
    return await verifyCheckpoint(this.#series, checkpoint, level, options);
  }

  /** Gives back what holds it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#hold?.[Symbol.asyncDispose]();
  }

  async #read(
    key: string,
    name: string,
    maxSize: number,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return (await getBytes(this.#series.store, key, { maxSize, ...(signal && { signal }) })).bytes;
    } catch (error) {
      if (error instanceof QuotaExceededError || error instanceof ChecksumMismatchError) {
        throw this.#invalid(name, `${key}: ${error.detail}`, error);
      }
      if (!(error instanceof NotFoundError)) throw error;
      throw this.#invalid(name, `${JSON.stringify(objectUri(this.#series.store.uri, key))} is gone`, error);
    }
  }

  #invalid(name: string, detail: string, cause?: unknown): InvalidCheckpointError {
    const operation = `load the extra ${JSON.stringify(name)} of a checkpoint in`;
    const { uri } = this.#series.store;
    return new InvalidCheckpointError({ operation, uri, detail, ...(cause !== undefined && { cause }) });
  }
}
