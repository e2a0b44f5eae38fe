import type { LadeConfig } from "@lade/lade";
import { formatStoredCrc, STORED_CRC } from "../../packages/azure/names/stored_crc.ts";
import { Crc32c } from "../fakes/parts/crc.ts";
import type { RequestRecord } from "@lade/testing/http";
import { startFakeAzure } from "../fakes/azure/mod.ts";
import { startFakeGcs } from "../fakes/gcs/mod.ts";
import { startFakeS3 } from "../fakes/s3/mod.ts";
import { fakeConfig } from "../s3/open_fake.ts";

/** A service whose transfers are killed at its requests. */
export interface KilledService extends AsyncDisposable {
  /** Bytes of a part that is sent. */
  readonly partSize: number;
  /** By which it is reached. */
  readonly config: LadeConfig;
  /** Every request so far. */
  readonly requests: readonly RequestRecord[];
  /** The URI of a key of its container `bucket`. */
  uri(key: string): string;
  /** Calls `run` before the nth request from now on that is for a key with `within` in it. */
  killAt(nth: number, run: () => void, within?: string): void;
  /** Calls nothing any more. */
  spare(): void;
  /** Stores an object without a request. */
  put(key: string, bytes: Uint8Array): void;
  /** What is stored; `undefined` where nothing is. */
  bytes(key: string): Uint8Array | undefined;
  /** Writes under way whose parts take up storage, or would, with how many they have. */
  uploads(): readonly { readonly key: string; readonly parts: number }[];
  /** Requests that send a part of an object, and those that make it one. */
  readonly sending: RegExp;
  readonly making: RegExp;
}

/** Parts in flight of one object. */
export const WIDTH = 4;
const PART = 64 * 1024;
/** The least part of `gs://`. */
const GCS_PART = 5 * 2 ** 20;
const LATENCY_MS = 2;

/** S3 with small parts. */
export async function killedS3(settings: { readonly maxCopySize?: number } = {}): Promise<KilledService> {
  const fake = await startFakeS3({
    buckets: ["bucket"],
    minPartSize: 1,
    latencyMs: LATENCY_MS,
    ...settings,
  });
  const multipart = { threshold: PART, partSize: PART };
  return {
    partSize: PART,
    config: { s3: { ...fakeConfig(fake), multipart, uploadConcurrency: WIDTH } },
    requests: fake.requests,
    uri: (key) => `s3://bucket/${key}`,
    killAt: (nth, run, within) =>
      void fake.faults.add({
        match: { nth, times: 1, ...(within !== undefined && { key: new RegExp(within) }) },
        action: { kind: "before", run },
      }),
    spare: () => fake.faults.clear(),
    put: (key, bytes) => void fake.putObject("bucket", key, bytes),
    bytes: (key) => fake.bytes("bucket", key),
    uploads: () => fake.uploads("bucket").map(({ key, parts }) => ({ key, parts: parts.size })),
    sending: /^UploadPart$/,
    making: /^CompleteMultipartUpload$/,
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
}

/** Azure with small blocks. */
export async function killedAzure(): Promise<KilledService> {
  const pace = { latencyMs: LATENCY_MS, bytesPerSecond: Infinity };
  const fake = await startFakeAzure({ containers: ["bucket"], pace });
  const { connectionString } = fake;
  const host = `${new URL(fake.url).host}/${fake.account.name}`;
  return {
    partSize: PART,
    config: { az: { connectionString, blockSize: PART, threshold: PART, uploadConcurrency: WIDTH } },
    requests: fake.requests,
    uri: (key) => `az://${host}/bucket/${key}`,
    killAt: (nth, run) => void fake.faults.add({ match: { nth, times: 1 }, action: { kind: "before", run } }),
    spare: () => fake.faults.clear(),
    put: (key, bytes) => {
      const crc = new Crc32c();
      crc.update(bytes);
      const told = formatStoredCrc(
        new DataView(crc.digest().buffer).getUint32(0),
        bytes.length,
        "0".repeat(32),
      );
      fake.putBlob("bucket", key, bytes, { fields: {}, metadata: new Map([[STORED_CRC, told]]) });
    },
    bytes: (key) => fake.bytes("bucket", key),
    uploads: () =>
      fake.container("bucket").entries(fake.settings.order).filter(({ uncommitted }) => uncommitted.size > 0)
        .map(({ key, uncommitted }) => ({ key, parts: uncommitted.size })),
    sending: /^PutBlock$/,
    making: /^PutBlockList$/,
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
}

/** Google with the smallest parts that it takes. */
export async function killedGcs(): Promise<KilledService> {
  const pace = { latencyMs: LATENCY_MS, bytesPerSecond: Infinity };
  const fake = await startFakeGcs({ buckets: ["bucket"], pace });
  const parts = { partSize: GCS_PART, chunkSize: GCS_PART, threshold: PART, uploadConcurrency: WIDTH };
  return {
    partSize: GCS_PART,
    config: { gs: { endpoint: fake.url, accessToken: fake.issueToken(), project: "project", ...parts } },
    requests: fake.requests,
    uri: (key) => `gs://bucket/${key}`,
    killAt: (nth, run) => void fake.faults.add({ match: { nth, times: 1 }, action: { kind: "before", run } }),
    spare: () => fake.faults.clear(),
    put: (key, bytes) => void fake.putObject("bucket", key, bytes),
    bytes: (key) => fake.bytes("bucket", key),
    uploads: () => [
      ...[...fake.bucket("bucket").uploads.values()].map(({ name, parts }) => ({
        key: name,
        parts: parts.size,
      })),
      ...[...fake.sessions.values()].filter(({ finished, gone }) => !finished && gone === undefined)
        .map(({ name, pieces }) => ({ key: name, parts: pieces.length })),
    ],
    sending: /^(?:xml\.putPart|resumable\.put|resumable\.finish)$/,
    making: /^(?:xml\.completeMultipart|resumable\.finish)$/,
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
}
