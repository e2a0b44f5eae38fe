/** Goes through the files of a directory as a program of its own: `epochs_process.ts DIRECTORY`. Prints its memory, as JSON. */
import { memoryUsage } from "node:process";
import { createStoreContext } from "@lade/core";
import { openFileStore } from "@lade/fs";
import { createLoader, filesDataset } from "@lade/loader";

/** What is printed: bytes that the process held. */
export interface EpochsMemory {
  /** Before the first epoch. */
  readonly before: number;
  /** Behind each of five. */
  readonly epochs: readonly number[];
}

/** What all buffers of the process may take. */
export const BUDGET: number = 64 * 2 ** 20;

if (import.meta.main) {
  const context = createStoreContext({ maxBufferedBytes: BUDGET });
  await using store = await openFileStore(Deno.args[0] ?? "", { context });
  await using dataset = await filesDataset(store, "");
  const held = () => {
    (globalThis as { gc?: () => void }).gc?.();
    return memoryUsage().rss;
  };
  const before = held();
  const epochs: number[] = [];
  await using loader = createLoader(dataset, { batchSize: 32, shuffle: "full" });
  while (loader.epoch < 5) {
    for await (const _ of loader);
    epochs.push(held());
  }
  const told: EpochsMemory = { before, epochs };
  console.log(JSON.stringify(told));
}
