import type { StoreContext } from "@lade/core";
import { FileMedium } from "../files/file_medium.ts";
import type { LocalStore } from "./local_store.ts";
import { FILE_SETTINGS, type LocalConfig } from "../names/local_config.ts";
import { openLocalStore } from "./open_local_store.ts";

/** Options of {@linkcode openFileStore}. */
export interface FileStoreOptions extends Partial<Pick<LocalConfig, "sync" | "symlinks">> {
  /** The clock, random source, byte budget and buffers to use; a context of its own by default. */
  readonly context?: StoreContext;
}

/**
 * Opens a directory, given by its absolute path, as a store of its files (`file://`). It need not exist yet: calls say
 * so by a `NotFoundError`.
 */
export async function openFileStore(root: string, options: FileStoreOptions = {}): Promise<LocalStore> {
  return openLocalStore(
    "file",
    root,
    options,
    FILE_SETTINGS,
    (gate, context) => new FileMedium(gate, context),
  );
}
