import { type Check, createStoreContext, type ObjectMeta } from "@lade/core/backend";
import {
  checkReads,
  measureDownload,
  type TemporaryObjects,
  withTemporaryObjects,
} from "@lade/service/diagnosis";
import { createTransport } from "@lade/service/http";
import { checkBucket } from "../endpoint/check_bucket.ts";
import { openConnection, type S3StoreOptions } from "../store/open_s3_store.ts";
import { BucketStore } from "../store/bucket_store.ts";
import { AnswerLog } from "./answer_log.ts";
import { checkAccess } from "./check_access.ts";
import { checkConditions, checkTraits } from "./check_conditions.ts";
import { checkUploads } from "./check_uploads.ts";
import { maskedCheck } from "./masked_check.ts";
import { measureLatency } from "./measure_latency.ts";
import { measureUpload } from "./measure_upload.ts";
import type { S3Patient } from "./s3_patient.ts";

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
  const failed = (name: string, error: unknown) => maskedCheck(name, error, store.connection);
  yield* examine({ store, prefix: directory, answers, clock, maxBytes, measureMs, signal, write, failed });
}

async function* examine(patient: S3Patient): AsyncGenerator<Check> {
  const access = yield* checkAccess(patient);
  if (!access.open) {
    yield { name: "calls", outcome: "skipped", detail: "not tried until that is put right" };
    return;
  }
  yield* withTemporaryObjects(
    patient,
    (temporary) => tryCalls(patient, temporary, access.objects),
  );
}

async function* tryCalls(
  patient: S3Patient,
  temporary: TemporaryObjects,
  objects: readonly ObjectMeta[],
): AsyncGenerator<Check> {
  const listed = objects.find(({ size }) => size > 0);
  const sample = { key: listed?.key ?? temporary.newKey(), exists: listed !== undefined };
  const { open, readable } = patient.write
    ? yield* checkUploads(patient, temporary)
    : { open: false, readable: yield* checkReads(patient, sample) };
  patient.signal?.throwIfAborted();
  if (open) yield* checkConditions(patient);
  if (readable) yield await measureLatency(patient, sample.key);
  const up = open ? await measureUpload(patient, temporary) : undefined;
  if (up) yield up.check;
  if (readable) yield await measureDownload(patient, up?.object ? [up.object] : objects);
  yield* checkTraits(patient);
}
