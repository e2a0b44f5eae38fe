import { createStoreContext, type StoreContext, uriPathOf } from "@lade/core/backend";
import { readsElsewhere } from "@lade/core/seams";
import type { SettingTable } from "@lade/core/settings";
import { DiskFigures } from "../files/disk_figures.ts";
import { IoGate } from "../files/io_gate.ts";
import type { Medium } from "../files/medium.ts";
import { elsewhereReads } from "../read/read_elsewhere.ts";
import { WriteSetups } from "./write_setups.ts";
import { createLocalStore, type LocalStore } from "./local_store.ts";
import { completeConfig, type LocalConfig } from "../names/local_config.ts";
import { rootPath } from "../names/path_uri.ts";
import { TemporaryNames } from "../names/temporary_name.ts";
import { FileCalls } from "../tree/file_calls.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { Tree } from "../tree/tree.ts";
import { KeyMutex } from "../files/key_mutex.ts";
import { NameGuess } from "../files/name_guess.ts";
import { RetiredFiles } from "../files/retired_files.ts";

/** Puts a store of local files together around the way bytes get from and into files. */
export function openLocalStore(
  scheme: string,
  root: string,
  options: Partial<LocalConfig> & { readonly context?: StoreContext },
  table: SettingTable,
  createMedium: (gate: IoGate, context: StoreContext, config: LocalConfig) => Medium,
): LocalStore {
  const { context = createStoreContext(), ...given } = options;
  const path = rootPath(scheme, "open", root);
  const uri = `${scheme}://${uriPathOf(path)}`;
  const config = completeConfig(uri, given, table);
  const gate = new IoGate(context.clock);
  const calls = new FileCalls(gate);
  const { sync } = config;
  const setup: LocalSetup = {
    tree: new Tree(scheme, path, config.symlinks, calls),
    medium: createMedium(gate, context, config),
    figures: new DiskFigures(context.clock),
    gate,
    calls,
    config: { ...config, sync: sync === "auto" ? "none" : sync },
    context,
    temporaries: new TemporaryNames(context.random),
    mutex: new KeyMutex(),
    retired: new RetiredFiles(context.clock),
    guess: new NameGuess(),
  };
  const durable: LocalSetup = sync === "auto" ? { ...setup, config: { ...config, sync: "full" } } : setup;
  // What another thread may do is found out once somebody wants one.
  return Object.defineProperty(createLocalStore(setup, new WriteSetups(setup, durable)), readsElsewhere, {
    get: () => elsewhereReads(setup),
  });
}
