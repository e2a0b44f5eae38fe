import { type Check, createStoreContext, type ObjectMeta, objectUri } from "@lade/core/backend";
import { createTransport } from "@lade/core/http";
import { checkBucket } from "../endpoint/check_bucket.ts";
import { openConnection, type S3StoreOptions } from "../store/open_s3_store.ts";
import { BucketStore } from "../store/bucket_store.ts";
import { AnswerLog } from "./answer_log.ts";
import { checkAccess } from "./check_access.ts";
import { checkReads } from "./check_reads.ts";
import { checkWrites } from "./check_writes.ts";
import { failedCheck } from "./failed_check.ts";
import { measureDownload } from "./measure_download.ts";
import { measureLatency } from "./measure_latency.ts";
import { measureUpload } from "./measure_upload.ts";
import type { Patient } from "./patient.ts";
import { type Leftover, TemporaryObjects } from "./temporary_objects.ts";

/** Options of {@linkcode diagnose}. */
export interface S3DiagnoseOptions extends S3StoreOptions {
  /** Begins the keys that are looked at and made; a slash is added where it lacks one. */
  readonly prefix?: string;
  /** Also writes, reads back and removes temporary objects, named `.lade-doctor-…`. */
  readonly write?: boolean;
  /** How long each measurement of throughput takes, in milliseconds; 2,000 by default. */
  readonly measureMs?: number;
  /** Bytes that each of them moves at most; 256 MiB by default. */
  readonly maxBytes?: number;
}

/** A diagnosis is to say soon what a transfer would rather wait for. */
const IMPATIENCE = {
  retry: { maxAttempts: 3, totalMs: 4_000 },
  unreachableAfterMs: 1_500,
  firstByteTimeoutMs: 5_000,
  stallTimeoutMs: 6_000,
} as const;

/**
 * Finds out how it stands with a bucket: which credentials, region and endpoint are used and where they come from, the
 * clock, which calls are allowed, latency, throughput and what bounds it.
 *
 * Yields each check when it is done, in a fixed order; failures are checks that tell what to do. What the first request
 * blames ends the diagnosis, within ten seconds. Without `write` nothing is written; with it temporary objects are
 * removed before the iteration ends, also when it is aborted or left. Rejects with `signal.reason`, and with a
 * `TypeError` for a configuration that cannot be.
 */
export async function* diagnose(container: string, options: S3DiagnoseOptions = {}): AsyncGenerator<Check> {
  const { measureMs = 2_000, maxBytes = 2 ** 28, prefix = "", signal, write = false } = options;
  const { context = createStoreContext(), surroundings = {} } = options;
  const answers = new AnswerLog(context.clock);
  const opened = await openConnection("diagnose", container, checkBucket("diagnose", container), {
    ...options,
    context,
    surroundings: {
      ...surroundings,
      transport: (given) =>
        (surroundings.transport ?? createTransport)({ ...given, ...IMPATIENCE, observer: answers.observer }),
    },
  });
  await using store = new BucketStore({ container, ...opened });
  const { clock } = context;
  const directory = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  yield* examine({ store, prefix: directory, answers, clock, maxBytes, measureMs, signal }, write);
}

async function* examine(patient: Patient, write: boolean): AsyncGenerator<Check> {
  const access = yield* checkAccess(patient);
  if (!access.open) {
    yield { name: "calls", outcome: "skipped", detail: "not tried until that is put right" };
    return;
  }
  const temporary = new TemporaryObjects(patient);
  let left: Leftover[] = [];
  try {
    yield* tryCalls(patient, temporary, access.objects, write);
  } finally {
    left = await temporary.removeAll();
  }
  const { connection, uri } = patient.store;
  for (const { key, error } of left) {
    const check = await failedCheck("cleanup", error, connection);
    const detail = `${JSON.stringify(objectUri(uri, key))} stays behind: ${check.detail}`;
    yield { ...check, detail, advice: "remove it, or allow to remove it and try again" };
  }
}

async function* tryCalls(
  patient: Patient,
  temporary: TemporaryObjects,
  objects: readonly ObjectMeta[],
  write: boolean,
): AsyncGenerator<Check> {
  const listed = objects.find(({ size }) => size > 0);
  const sample = { key: listed?.key ?? temporary.newKey(), exists: listed !== undefined };
  const { open, readable } = write
    ? yield* checkWrites(patient, temporary)
    : { open: false, readable: yield* checkReads(patient, sample) };
  patient.signal?.throwIfAborted();
  if (readable) yield await measureLatency(patient, sample.key);
  const up = open ? await measureUpload(patient, temporary) : undefined;
  if (up) yield up.check;
  if (readable) yield advised(await measureDownload(patient, up?.object ?? largest(objects)), write);
}

function largest(objects: readonly ObjectMeta[]): ObjectMeta | undefined {
  return objects.reduce<ObjectMeta | undefined>(
    (most, object) => most && most.size >= object.size ? most : object,
    undefined,
  );
}

/** What was not measured for want of an object can be by making one. */
function advised(check: Check, write: boolean): Check {
  return check.outcome === "skipped" && !write
    ? { ...check, advice: "allow writing, and one is made for it" }
    : check;
}
