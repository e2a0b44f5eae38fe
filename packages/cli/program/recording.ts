import type { ObjectStore } from "@lade/core";
import { AlreadyExistsError, NotFoundError, StoreError } from "@lade/core/errors";
import { localPathOf, locate } from "@lade/transfer/places";
import { createOpLog, LogFile, recordOpLog } from "@lade/workload";
import type { GlobalOptions } from "../command/global_options.ts";
import type { Output } from "../output/output.ts";
import { openLade } from "./open_lade.ts";

/** An op-log of a command. */
export interface Recording {
  /** Records what is done to a store. */
  readonly layer: (store: ObjectStore) => ObjectStore;
  /** Ends the log. What kept it from being written is thrown. */
  close(): Promise<void>;
}

/**
 * Begins the op-log of a command: a local file that is seen from then on, or an object, which is there at the end. What
 * exists is never replaced. The log itself is written by stores of its own, and so is in no log.
 */
export async function beginRecording(
  file: string,
  settings: GlobalOptions,
  output: Output,
  env: (name: string) => string | undefined,
): Promise<Recording> {
  const lade = await openLade({ ...settings, verbosity: 0 }, output, env);
  try {
    const { store, key, uri } = await locate(lade, file);
    const path = localPathOf(uri);
    const create = { ifNoneMatch: "*", ifIgnored: "look" } as const;
    const writer = path === undefined ? await store.createWriter(key, create) : await createFile(path, uri);
    const log = createOpLog(writer, { compress: uri.endsWith(".zst"), clock: lade.context.clock });
    return {
      layer: (store) => recordOpLog(store, log),
      async close() {
        try {
          await log.close();
        } catch (error) {
          throw error instanceof AlreadyExistsError || error instanceof NotFoundError
            ? error
            : noLog(uri, error);
        } finally {
          await lade[Symbol.asyncDispose]();
        }
      },
    };
  } catch (error) {
    await lade[Symbol.asyncDispose]();
    throw error;
  }
}

async function createFile(path: string, uri: string): Promise<LogFile> {
  try {
    return await LogFile.create(path);
  } catch (error) {
    throw error instanceof StoreError ? error : noLog(uri, error);
  }
}

function noLog(uri: string, cause: unknown): Error {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new Error(`Cannot write the op-log ${JSON.stringify(uri)}: ${detail}`, { cause });
}
