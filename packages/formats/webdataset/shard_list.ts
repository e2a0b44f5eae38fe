import {
  type CallOptions,
  getBytes,
  type ObjectStore,
  objectUri,
  type PutOptions,
  type PutResult,
} from "@lade/core";
import { FormatError } from "../errors/format_error.ts";

/** A shard of a list. */
export interface ListedShard {
  /** Where it is: a URI, or a path from the folder of the list. */
  readonly url: string;
  /** Samples in it. */
  readonly nsamples: number;
  /** Bytes of it, where the list says so. */
  readonly filesize?: number;
  /** MD5 of it in hexadecimal digits, where the list says so. */
  readonly md5sum?: string;
}

/** A list of shards as `wids` has it. */
export interface ShardList {
  /** What the data set is called. */
  readonly name?: string;
  /** The shards, in order. */
  readonly shardlist: readonly ListedShard[];
}

const VERSION = 1;

/** Reads a list of shards (JSON). What it has besides is passed over; `wids`' index of each shard is a pickle, and never read. */
export async function readShardList(
  store: ObjectStore,
  key: string,
  options: CallOptions = {},
): Promise<ShardList> {
  const { bytes } = await getBytes(store, key, options);
  const fail = (detail: string, cause?: unknown) =>
    new FormatError({ operation: "read list of shards", uri: objectUri(store.uri, key), detail, cause });
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw fail("it is no JSON", cause);
  }
  if (!isRecord(value) || value.wids_version !== VERSION || !Array.isArray(value.shardlist)) {
    throw fail(`it is no object with "wids_version": ${VERSION} and a "shardlist"`);
  }
  const shardlist = value.shardlist.map((shard: unknown, index) => {
    const fault = (name: string) =>
      fail(`shard ${index} has ${isRecord(shard) ? JSON.stringify(shard[name]) : "nothing"} as ${name}`);
    if (!isRecord(shard) || typeof shard.url !== "string" || shard.url === "") throw fault("url");
    const { url, nsamples, filesize, md5sum } = shard;
    if (!isCount(nsamples)) throw fault("nsamples");
    if (filesize !== undefined && !isCount(filesize)) throw fault("filesize");
    if (md5sum !== undefined && !(typeof md5sum === "string" && /^[0-9a-f]{32}$/i.test(md5sum))) {
      throw fault("md5sum");
    }
    return {
      url,
      nsamples,
      ...(filesize !== undefined && { filesize }),
      ...(md5sum !== undefined && { md5sum }),
    };
  });
  return { ...(typeof value.name === "string" && { name: value.name }), shardlist };
}

/** Writes a list of shards, one line each. */
export async function writeShardList(
  store: ObjectStore,
  key: string,
  { name, shardlist }: ShardList,
  options?: PutOptions,
): Promise<PutResult> {
  for (const { url, nsamples, filesize = 0 } of shardlist) {
    if (url !== "" && isCount(nsamples) && isCount(filesize)) continue;
    throw new TypeError(
      `Cannot list the shard ${JSON.stringify(url)} with ${nsamples} samples and ${filesize} bytes`,
    );
  }
  const lines = shardlist.map(({ url, nsamples, filesize, md5sum }) =>
    `  ${JSON.stringify({ url, nsamples, filesize, md5sum })}`
  );
  const named = name === undefined ? "" : ` "name": ${JSON.stringify(name)},`;
  const text = `{"wids_version": ${VERSION},${named} "shardlist": [\n${lines.join(",\n")}\n]}\n`;
  return await store.put(key, new TextEncoder().encode(text), options);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
