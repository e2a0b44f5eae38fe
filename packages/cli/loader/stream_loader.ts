import { getBytes } from "@lade/core";
import type { DataLoader, LoaderOptions, LoaderState } from "@lade/loader";
import { locate } from "@lade/transfer/places";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import { counted } from "../output/counted.ts";
import { stepsOf } from "./dataset_options_of.ts";
import type { LoaderCommandValues } from "./loader_command_options.ts";
import { functionOf } from "./module_of.ts";
import { openLoaded } from "./open_loaded.ts";
import { openReader } from "./open_reader.ts";

/** Samples that a loader skips by default. */
const MAX_SKIPPED = 100;

/** `lade loader stream`: batches as an Arrow stream, on standard output or to the one reader of a socket. */
export async function streamLoader(
  context: CommandContext,
  given: LoaderCommandValues,
  options: LoaderOptions<unknown>,
): Promise<void> {
  const { output, signal, terminal } = context;
  const { epochs = 1, listen, sharedMemory } = given;
  if (listen === undefined && terminal.stdout.isTerminal()) {
    throw new UsageError(
      "Standard output is a terminal, and a stream is not for people: give it a reader, or --listen unix:PATH.",
    );
  }
  output.rawResults = listen === undefined;
  const state = given.state === undefined ? undefined : await readState(context, given.state);
  await using opened = await openLoaded(context, given);
  const [{ createLoader, isMapDataset }, { datasetColumns, shareBatches, SharedBuffers, writeBatches }] =
    await Promise.all(
      [
        import("@lade/loader"),
        import("@lade/loader/arrow"),
      ],
    );
  const { transform } = options;
  const here = typeof transform === "object" ? await functionOf(transform) : transform;
  const maxSkipped = given.onError === "skip" ? given.maxSkipped ?? MAX_SKIPPED : 0;
  const columns = await datasetColumns(opened, { signal, maxSkipped, ...(here && { transform: here }) });
  using buffers = sharedMemory ? new SharedBuffers() : undefined;
  // Batches are what the columns are made for: there is no collation.
  await using batches: DataLoader<unknown> = createLoader<unknown>(opened, {
    ...options,
    ...stepsOf(opened, given),
    epochs,
    signal,
    ...(state && { state }),
    // What lies otherwise in columns is copied there.
    ...(buffers && isMapDataset(opened) && opened.fixed && !transform &&
      { pool: { ...options.pool, buffers } }),
  });
  if (listen === undefined) await writeBatches(batches, columns, (bytes) => output.bytes(bytes));
  else {
    await using reader = await openReader(listen, context);
    const { context: { budget } } = await context.lade();
    if (buffers) await shareBatches(batches, columns, { buffers, reader, budget, signal });
    else await writeBatches(batches, columns, (bytes) => reader.write(bytes));
  }
  const { skipped } = batches.stats();
  if (skipped > 0) {
    await output.note(
      new NoteMessage(
        `${counted(skipped, "sample")} could not be had, and ${skipped === 1 ? "was" : "were"} left out`,
      ),
    );
  }
}

/** A state that is given as it is, or in a file or object. What it says is checked where it is gone on with. */
async function readState({ lade, signal }: CommandContext, given: string): Promise<LoaderState> {
  let text = given;
  if (!given.trimStart().startsWith("{")) {
    const { store, key } = await locate(await lade(), given);
    text = new TextDecoder().decode((await getBytes(store, key, { signal })).bytes);
  }
  let state: unknown;
  try {
    state = JSON.parse(text);
  } catch {
    throw new UsageError(`--state: ${JSON.stringify(given.slice(0, 80))} holds no JSON.`);
  }
  if (typeof state !== "object" || state === null || Array.isArray(state)) {
    throw new UsageError("--state: a state is a JSON object, as lade.state in the metadata of a batch.");
  }
  return state as LoaderState;
}
