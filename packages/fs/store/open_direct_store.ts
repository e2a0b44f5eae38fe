import { localPath, type StoreContext, UnsupportedError, uriPathOf } from "@lade/core/backend";
import { directFlag, DirectMedium } from "../files/direct_medium.ts";
import { FileMedium } from "../files/file_medium.ts";
import type { LocalStore } from "./local_store.ts";
import { DIRECT_SETTINGS, type LocalConfig } from "../names/local_config.ts";
import { openLocalStore } from "./open_local_store.ts";

/** Options of {@linkcode openDirectStore}. */
export interface DirectStoreOptions extends Partial<LocalConfig> {
  /** The clock, random source, byte budget and buffers to use; a context of its own by default. */
  readonly context?: StoreContext;
}

/**
 * Opens a directory, given by its absolute path, as a store of its files that are read and written by O_DIRECT, past
 * the page cache (`direct://`). A system without O_DIRECT is an `UnsupportedError`, unless `fallback` is `true`; so is
 * a file on a file system that refuses it.
 */
export async function openDirectStore(root: string, options: DirectStoreOptions = {}): Promise<LocalStore> {
  const fs = await import("node:fs");
  return openLocalStore(
    "direct",
    root,
    options,
    DIRECT_SETTINGS,
    (gate, context, config) => {
      const fallback = config.fallback ? new FileMedium(gate, context) : undefined;
      if (directFlag(fs) !== 0) return new DirectMedium({ fs, context, fallback });
      if (fallback) return fallback;
      throw new UnsupportedError({
        operation: "open",
        uri: `direct://${uriPathOf(localPath(root))}`,
        detail: "this system has no O_DIRECT",
        advice: "use file:// or the configuration fallback: true",
      });
    },
  );
}
