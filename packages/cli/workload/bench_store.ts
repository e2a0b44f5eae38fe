import { NotFoundError } from "@lade/core/errors";
import { isLocalDirectory, localPathOf, locate, locatePrefix, placeBelow } from "@lade/transfer/places";
import { benchSpec, cleanWorkload, runWorkload, type StoreResolver } from "@lade/workload/run";
import type { CommandContext } from "../command/command_context.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import { WorkloadMessage } from "../messages/workload_messages.ts";
import { madeDirectory } from "../places/made_directory.ts";
import type { BenchCommandValues } from "./bench_command_options.ts";
import { showWorkload } from "./show_workload.ts";

const DEFAULT_COLUMNS = 120;

/** Runs `lade bench`. */
export async function runBench(context: CommandContext, given: BenchCommandValues): Promise<void> {
  const { output, signal, terminal } = context;
  const { time, size, objects, concurrency, verify, memory } = given;
  const lade = await context.lade();
  const spec = await benchSpec({
    timeMs: time,
    ...(size !== undefined && { size }),
    ...(objects !== undefined && { count: objects }),
    ...(concurrency && { concurrency }),
    verify: verify ? 1 : 0,
    seed: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
  });
  const below = await locatePrefix(lade, await locate(lade, given.uri));
  const target = placeBelow(below, `lade-bench-${crypto.randomUUID().slice(0, 8)}/`).uri;
  // A directory that is there is asked for: a name that is mistyped makes none.
  if (localPathOf(below.uri) !== undefined && !await isLocalDirectory(below.uri)) {
    throw new NotFoundError({ operation: "bench", uri: below.uri, detail: "there is no such directory" });
  }
  const removeDirectory = await madeDirectory(lade, { uri: target });
  const stores: StoreResolver = (uri) => lade.locate(uri);
  let isMarked = false;
  let failure: { readonly error: unknown } | undefined;
  let result;
  try {
    result = await runWorkload(spec, stores, {
      target,
      signal,
      ...(memory !== undefined && { maxBufferedBytes: memory }),
      onMark: () => {
        isMarked = true;
      },
      onProgress: showWorkload(context),
    });
  } catch (error) {
    failure = { error };
  }
  output.status("");
  let unclean: { readonly error: unknown } | undefined;
  try {
    // Also when the command was interrupted: a second request ends it at once.
    if (isMarked) await cleanWorkload(spec, stores, { target });
    await removeDirectory();
  } catch (error) {
    unclean = { error };
    await output.note(
      new NoteMessage(`objects are left below ${JSON.stringify(target)}: lade rm -r removes them`),
    );
  }
  if (failure) throw failure.error;
  if (!result) return;
  // What was measured is told also where it could not be removed.
  await output.result(new WorkloadMessage(result, terminal.columns() ?? DEFAULT_COLUMNS));
  if (unclean) throw unclean.error;
  if (result.stopped !== undefined || result.verify.wrong > 0) output.isNegative = true;
}
