import { type Check, createStoreContext, type ObjectMeta, type StoreContext } from "@lade/core/backend";
import {
  checkReads,
  checkWrites,
  failedCheck,
  measureDownload,
  type TemporaryObjects,
  withTemporaryObjects,
} from "@lade/service/diagnosis";
import type { LocalStore } from "../store/local_store.ts";
import type { LocalConfig } from "../names/local_config.ts";
import { checkConditions } from "./check_conditions.ts";
import { checkDirect } from "./check_direct.ts";
import { checkDirectory } from "./check_directory.ts";
import { checkList } from "./check_list.ts";
import type { LocalPatient } from "./local_patient.ts";
import { measureLatency, measureSync } from "./measure_calls.ts";
import { measureUpload } from "./measure_upload.ts";

const NOT_TRIED: Check = {
  name: "calls",
  outcome: "skipped",
  detail: "not tried until that is put right",
};

/** Options of {@linkcode diagnose}. */
export interface LocalDiagnoseOptions {
  /** The configuration of the stores that are opened. */
  readonly config: LocalConfig;
  /** Opens the directory. */
  readonly open: (config: LocalConfig, context: StoreContext) => Promise<LocalStore>;
  /** The clock, random source, byte budget and buffers to use; a context of its own by default. */
  readonly context?: StoreContext | undefined;
  /** Also writes, reads back and removes temporary objects, named `.lade-doctor-…`. */
  readonly write?: boolean | undefined;
  /** How long each measurement of throughput takes, in milliseconds; 2,000 by default. */
  readonly measureMs?: number;
  /** Bytes that each of them moves at most, and of what is free a quarter; 256 MiB by default. */
  readonly maxBytes?: number;
  /** Ends the diagnosis. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds out how it stands with a directory: whether it is there, on what file system, with how much room; which calls
 * work, O_DIRECT and conditional writes among them; how long small calls take, and how fast bytes are read and written.
 *
 * Yields each check when it is done, in a fixed order; failures are checks that say what to do. Without `write` nothing
 * is written; with it temporary objects are removed before the iteration ends, also when it is aborted or left.
 */
export async function* diagnose(options: LocalDiagnoseOptions): AsyncGenerator<Check> {
  const { config, context = createStoreContext(), signal, write = false } = options;
  const { maxBytes = 2 ** 28, measureMs = 2_000 } = options;
  const reopen = (changes: Partial<LocalConfig>) => options.open({ ...config, ...changes }, context);
  let store: LocalStore;
  try {
    store = await reopen({});
  } catch (error) {
    if (error instanceof TypeError) throw error;
    yield failedCheck("open", error);
    return;
  }
  await using _ = store;
  yield* examine({
    store,
    reopen,
    prefix: "",
    clock: context.clock,
    maxBytes,
    measureMs,
    write,
    signal,
    failed: failedCheck,
  }, config);
}

async function* examine(patient: LocalPatient, config: LocalConfig): AsyncGenerator<Check> {
  const directory = yield* checkDirectory(patient);
  const list = directory.open ? yield* checkList(patient) : undefined;
  if (!list?.open) return yield NOT_TRIED;
  const maxBytes = Math.min(patient.maxBytes, Math.floor(directory.freeBytes / 4));
  const bounded = { ...patient, maxBytes };
  yield* withTemporaryObjects(bounded, (temporary) => tryCalls(bounded, config, temporary, list.objects));
}

async function* tryCalls(
  patient: LocalPatient,
  config: LocalConfig,
  temporary: TemporaryObjects,
  objects: readonly ObjectMeta[],
): AsyncGenerator<Check> {
  const listed = objects.find(({ size }) => size > 0);
  const isDirect = patient.store.uri.startsWith("direct:");
  if (isDirect) {
    const direct = await checkDirect(patient, temporary, { key: listed?.key, fallback: config.fallback });
    yield direct;
    if (direct.outcome === "failed") return yield NOT_TRIED;
  }
  const sample = { key: listed?.key ?? temporary.newKey(), exists: listed !== undefined };
  const { open, readable } = patient.write
    ? yield* checkWrites(patient, temporary, {
      // A file appears whole or not at all.
      madeNothing: () => true,
      whileThere: () => checkConditions(patient, temporary),
    })
    : { open: false, readable: yield* checkReads(patient, sample) };
  patient.signal?.throwIfAborted();
  if (readable && listed) yield await measureLatency(patient, listed.key);
  if (open) yield await measureSync(patient, temporary);
  const up = open ? await measureUpload(patient, temporary) : undefined;
  if (up) yield up.check;
  const how = isDirect ? "of one object, past the page cache" : "of one object, through the page cache";
  if (readable) yield await measureDownload(patient, up?.object ? [up.object] : objects, how);
}
