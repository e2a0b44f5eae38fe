import type { StoreContext } from "@lade/core";
import type { DiskFigures } from "../files/disk_figures.ts";
import type { IoGate } from "../files/io_gate.ts";
import type { Medium } from "../files/medium.ts";
import type { LocalConfig, SyncMode } from "../names/local_config.ts";
import type { KeyMutex } from "../files/key_mutex.ts";
import type { TemporaryNames } from "../names/temporary_name.ts";
import type { RetiredFiles } from "../files/retired_files.ts";
import type { FileCalls } from "./file_calls.ts";
import type { NameGuess } from "../files/name_guess.ts";
import type { Tree } from "./tree.ts";

/** What the operations of a store of local files work with. */
export interface LocalSetup {
  /** Where its paths are, and which are allowed. */
  readonly tree: Tree;
  /** How bytes get from and into files. */
  readonly medium: Medium;
  /** What was read and written. */
  readonly figures: DiskFigures;
  /** When to call synchronously. */
  readonly gate: IoGate;
  /** Calls on names, each in the way that suits. */
  readonly calls: FileCalls;
  /** Durability and policy. */
  readonly config: LocalConfig & { readonly sync: SyncMode };
  /** Names for unfinished writes. */
  readonly temporaries: TemporaryNames;
  /** The clock, random source, byte budget and buffers. */
  readonly context: StoreContext;
  /** One writer at a time changes what a name stands for. */
  readonly mutex: KeyMutex;
  /** Files that lost their name a moment ago. */
  readonly retired: RetiredFiles;
  /** Whether small files are written to new names. */
  readonly guess: NameGuess;
}
