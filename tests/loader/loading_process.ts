/** Goes through a data set as a program of its own, which a test kills: what it does is its argument, in JSON. */
import { loader, type UriPart } from "@lade/lade";
import type { BlockShuffle, LoaderState, World } from "@lade/loader";

/** What is gone through. */
export interface LoadingTask {
  /** Where the samples are, of one data set or several. */
  readonly uri: string | readonly UriPart[];
  /** Samples of an epoch of several. */
  readonly samplesPerEpoch?: number;
  /** How they are shuffled; each for itself by default. */
  readonly shuffle?: BlockShuffle;
  /** Which rank this is. */
  readonly world: World;
  /** Samples of a step, of all ranks. */
  readonly globalBatchSize: number;
  /** Where to go on. */
  readonly state?: LoaderState;
}

/** What is printed for each batch, once it was handed out. */
export interface LoadedBatch {
  /** The numbers of its samples. */
  readonly ids: readonly number[];
  /** Where the loader is behind it. */
  readonly state: LoaderState;
}

if (import.meta.main) {
  const { uri, ...options }: LoadingTask = JSON.parse(Deno.args[0] ?? "");
  const transform = (sample: unknown) => {
    const { bytes, id } = sample as { bytes?: Uint8Array; id?: bigint };
    return Number(bytes ? new TextDecoder().decode(bytes) : id);
  };
  await using batches = await loader<number>(uri, { shuffle: "full", ...options, seed: 3, transform });
  for await (const { data } of batches) {
    const told: LoadedBatch = { ids: data, state: batches.state() };
    await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(told)}\n`));
    // Waits until the test has read it.
    await Deno.stdin.read(new Uint8Array(1));
  }
}
