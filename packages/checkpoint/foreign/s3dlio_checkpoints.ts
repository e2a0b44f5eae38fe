import { crc32c, type ObjectStore, objectUri, PrefixStore, readChunks } from "@lade/core";
import { needText } from "@lade/core/backend";
import { NotFoundError } from "@lade/core/errors";
import { decompressZstd } from "@lade/core/zstd";
import { crc32 } from "@lade/codec/checksum";
import { FormatError } from "@lade/formats/errors";
import { InvalidCheckpointError } from "../errors/errors.ts";
import type { JsonValue } from "../json/canonical_json.ts";
import { JsonFields } from "../json/json_fields.ts";
import { readSmall } from "../series/read_small.ts";

/** What one rank saved by s3dlio: bytes of any kind. */
export interface S3dlioShard {
  /** Which rank. */
  readonly rank: number;
  /** Its key below the prefix. */
  readonly key: string;
  /** Bytes of the object. */
  readonly size: number;
  /** Its checksum as it stands in the manifest; absent where there is none, as before version 0.9.112. */
  readonly checksum?: string;
}

/** A checkpoint that s3dlio wrote, by its manifest. */
export interface S3dlioManifest {
  /** The step of the training. */
  readonly step: number;
  /** The epoch. */
  readonly epoch: number;
  /** What it was called to be of: `torch`, `tf`, `flax` or anything else. */
  readonly framework: string;
  /** When it was written. */
  readonly wallTime: Date;
  /** Ranks that saved it, of which each has one shard. */
  readonly worldSize: number;
  /** The shards, by rank. */
  readonly shards: readonly S3dlioShard[];
  /** What the user said of it; `null` where nothing was kept. */
  readonly userMeta: JsonValue;
}

/** What {@linkcode S3dlioCheckpoint.verify} found. */
export interface S3dlioReport {
  /** Shards that match their checksums. */
  readonly verified: number;
  /** Ranks of the shards that have none, of which only the size was compared. */
  readonly unchecked: readonly number[];
  /** What is wrong, each with its rank. */
  readonly faults: readonly { readonly rank: number; readonly detail: string }[];
}

/** Bytes of a manifest, at most. */
const MOST_BYTES = 2 ** 26;
const MANIFEST = /^manifests\/ckpt-(\d+)-[^/]+\.json$/;

/** Checkpoints that s3dlio wrote below a prefix. They are only read. */
export class S3dlioCheckpoints {
  readonly #store: ObjectStore;

  /** Below a prefix, which is what s3dlio's `PyCheckpointStore` was given. */
  constructor(store: ObjectStore, prefix: string) {
    needText(prefix);
    this.#store = prefix === ""
      ? store
      : new PrefixStore(store, prefix.endsWith("/") ? prefix : `${prefix}/`);
  }

  /**
   * All that are complete, the newest first: by step, then by time. `latest.json` is not asked, since s3dlio lets it go back. A
   * manifest that is none is a `FormatError`.
   */
  async list({ signal }: { readonly signal?: AbortSignal } = {}): Promise<S3dlioCheckpoint[]> {
    const found: S3dlioCheckpoint[] = [];
    const call = signal ? { signal } : {};
    for await (const { key } of this.#store.list("manifests/ckpt-", call)) {
      if (!MANIFEST.test(key)) continue;
      const bytes = await readSmall(this.#store, key, signal, MOST_BYTES);
      const manifest = bytes && readManifest(bytes, objectUri(this.#store.uri, key));
      if (manifest) found.push(new S3dlioCheckpoint(this.#store, manifest));
    }
    return found.sort((a, b) =>
      b.manifest.step - a.manifest.step || b.manifest.wallTime.getTime() - a.manifest.wallTime.getTime()
    );
  }

  /** The newest one, or that of a step. It is a `NotFoundError` where there is none. */
  async open(
    which: "latest" | number,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<S3dlioCheckpoint> {
    const found = (await this.list(options)).find(({ manifest }) =>
      which === "latest" || manifest.step === which
    );
    if (found) return found;
    const detail = `s3dlio wrote none${which === "latest" ? "" : ` of step ${which}`} there`;
    throw new NotFoundError({ operation: "open a checkpoint in", uri: this.#store.uri, detail });
  }
}

/** A checkpoint that s3dlio wrote. */
export class S3dlioCheckpoint {
  /** What its manifest says. */
  readonly manifest: S3dlioManifest;
  readonly #store: ObjectStore;

  /** Of a manifest that was read; `store` is that below the prefix. */
  constructor(store: ObjectStore, manifest: S3dlioManifest) {
    this.#store = store;
    this.manifest = manifest;
  }

  /**
   * Yields what a rank saved, decompressed. Its size and its checksum are compared: the last bytes are handed out when they fit,
   * else it is an `InvalidCheckpointError`. A rank that is none is a `RangeError`.
   */
  async *stream(
    rank: number,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
    const shard = this.#shard(rank);
    const { key, size } = shard;
    const uri = objectUri(this.#store.uri, key);
    let stored = 0;
    const counted = async function* (chunks: AsyncIterable<Uint8Array<ArrayBuffer>>) {
      for await (const chunk of chunks) {
        stored += chunk.length;
        yield chunk;
      }
    };
    const sums = { crc32c: 0, crc32: 0 };
    let last: Uint8Array<ArrayBuffer> | undefined;
    try {
      const chunks = counted(await readChunks(this.#store, key, signal ? { signal } : {}));
      for await (const chunk of key.endsWith(".zst") ? decompressZstd(chunks, { uri }) : chunks) {
        sums.crc32c = crc32c(chunk, sums.crc32c);
        sums.crc32 = crc32(chunk, sums.crc32);
        if (last) yield last;
        // What is read may be reused.
        last = chunk.slice();
      }
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      throw this.#invalid(shard, "it is gone", error);
    }
    if (stored !== size) throw this.#invalid(shard, `it has ${stored} bytes, not ${size}`);
    if (!isSum(shard.checksum, sums)) throw this.#invalid(shard, `it does not match ${shard.checksum}`);
    if (last) yield last;
  }

  /** What a rank saved, in memory; checked as by {@linkcode S3dlioCheckpoint.stream}. */
  async read(
    rank: number,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Uint8Array<ArrayBuffer>> {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of this.stream(rank, options)) chunks.push(chunk);
    const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  /** Reads all shards and says which are as they were written. */
  async verify(options: { readonly signal?: AbortSignal } = {}): Promise<S3dlioReport> {
    let verified = 0;
    const unchecked: number[] = [];
    const faults: { rank: number; detail: string }[] = [];
    for (const { rank, checksum } of this.manifest.shards) {
      try {
        for await (const _ of this.stream(rank, options));
        if (checksum === undefined) unchecked.push(rank);
        else verified++;
      } catch (error) {
        if (!(error instanceof InvalidCheckpointError || error instanceof FormatError)) throw error;
        faults.push({ rank, detail: error.detail });
      }
    }
    return { verified, unchecked, faults };
  }

  #shard(rank: number): S3dlioShard {
    const shard = this.manifest.shards.find((shard) => shard.rank === rank);
    if (shard) return shard;
    const { step, worldSize } = this.manifest;
    throw new RangeError(`Cannot read rank ${rank} of step ${step}: it has ranks 0 to ${worldSize - 1}`);
  }

  #invalid({ rank, key }: S3dlioShard, detail: string, cause?: unknown): InvalidCheckpointError {
    const operation = `read rank ${rank} of step ${this.manifest.step} of`;
    const uri = objectUri(this.#store.uri, key);
    return new InvalidCheckpointError({ operation, uri, detail, ...(cause !== undefined && { cause }) });
  }
}

/** Opens the checkpoints that s3dlio wrote below a prefix, for reading. */
export function openS3dlio(store: ObjectStore, prefix: string): S3dlioCheckpoints {
  return new S3dlioCheckpoints(store, prefix);
}

/**
 * Whether a checksum is that of the content. What versions before 0.10 call `crc32c` is a CRC-32; the digits may be fewer than
 * eight, and stand alone.
 */
function isSum(
  checksum: string | undefined,
  sums: { readonly crc32c: number; readonly crc32: number },
): boolean {
  if (checksum === undefined) return true;
  const [, label = "crc32c", digits = ""] = /^(?:(crc32c?):)?([0-9a-fA-F]{1,8})$/.exec(checksum) ?? [];
  const due = Number.parseInt(digits, 16);
  return due === sums.crc32 || (label === "crc32c" && due === sums.crc32c);
}

function readManifest(bytes: Uint8Array, uri: string): S3dlioManifest | undefined {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new FormatError({ operation: "read", uri, detail: "it is no JSON", cause });
  }
  const fields = new JsonFields(json, uri);
  if (fields.whole("format_version") !== 1) {
    throw fields.fault("format_version", "is one that is not known");
  }
  if (fields.text("status") !== "complete") return undefined;
  const worldSize = fields.whole("world_size");
  const shards = fields.objects("shards").map((shard): S3dlioShard => {
    const key = shard.text("key");
    if (!key.startsWith("shards/") || key.split("/").includes("..")) {
      throw shard.fault("key", "names no shard below the prefix");
    }
    const hasSum = shard.has("checksum") && shard.json("checksum") !== null;
    if (hasSum && !/^(?:crc32c?:)?[0-9a-fA-F]{1,8}$/.test(shard.text("checksum"))) {
      throw shard.fault("checksum", "is one that is not known");
    }
    return {
      rank: shard.whole("rank", worldSize),
      key,
      size: shard.whole("size"),
      ...(hasSum && { checksum: shard.text("checksum") }),
    };
  });
  shards.sort((a, b) => a.rank - b.rank);
  const missing = Array.from({ length: worldSize }, (_, rank) => rank).find((rank) =>
    shards[rank]?.rank !== rank
  );
  if (missing !== undefined || shards.length !== worldSize) {
    throw fields.fault("shards", `are not those of ${worldSize} ranks, one each`);
  }
  const wallTime = new Date(fields.text("wall_time"));
  if (Number.isNaN(wallTime.getTime())) throw fields.fault("wall_time", "is no time");
  return {
    step: fields.whole("global_step"),
    epoch: fields.whole("epoch"),
    framework: fields.text("framework"),
    wallTime,
    worldSize,
    shards,
    userMeta: fields.has("user_meta") ? fields.json("user_meta") : null,
  };
}
