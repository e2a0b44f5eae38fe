import { getBytes } from "@lade/core";
import { locate, locatePrefix } from "@lade/transfer/places";
import {
  cleanWorkload,
  compareResults,
  parseWorkload,
  planWorkload,
  readResult,
  runWorkload,
  type StoreResolver,
  type WorkloadResult,
  type WorkloadSpec,
} from "@lade/workload/run";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { ComparedWorkloadsMessage } from "../messages/compared_workloads_message.ts";
import { madeDirectory } from "../places/made_directory.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import {
  CleanedWorkloadMessage,
  WorkloadMessage,
  WorkloadPlanMessage,
} from "../messages/workload_messages.ts";
import { removeSetDirectories } from "./remove_set_directories.ts";
import { showWorkload } from "./show_workload.ts";
import type { WorkloadCommandValues } from "./workload_command_options.ts";

const DEFAULT_COLUMNS = 120;
const DEFAULT_TOLERANCE = 0.05;

/** Runs `lade workload`. */
export async function runWorkloadCommand(
  context: CommandContext,
  given: WorkloadCommandValues,
): Promise<void> {
  const { output, signal, terminal } = context;
  const { action, files: [file = "", other = ""], memory } = given;
  const width = terminal.columns() ?? DEFAULT_COLUMNS;
  if (action === "compare") {
    const [a, b] = [await resultAt(context, file), await resultAt(context, other)];
    const { tolerance = DEFAULT_TOLERANCE } = given;
    const message = new ComparedWorkloadsMessage(compareResults(a, b), tolerance, width);
    await output.result(message);
    if (message.isSlower || message.isIncomplete) output.isNegative = true;
    return;
  }
  const { spec, uri } = await specAt(context, file);
  const buffered = memory === undefined ? {} : { maxBufferedBytes: memory };
  if (action === "check") {
    return await output.result(
      new WorkloadPlanMessage(spec, planWorkload(spec, buffered.maxBufferedBytes), width),
    );
  }
  const lade = await context.lade();
  const stores: StoreResolver = (uri) => lade.locate(uri);
  const wanted = given.target ?? spec.target;
  if (wanted === undefined) {
    throw new UsageError("A target is needed: write target: in the spec, or give --target.");
  }
  const target = (await locatePrefix(lade, await locate(lade, wanted))).uri;
  if (action === "clean") {
    const cleaned = await cleanWorkload(spec, stores, { target, signal });
    await removeSetDirectories(context, spec, target);
    return await output.result(new CleanedWorkloadMessage(cleaned));
  }
  // The spec alone would lead to another prefix.
  const elsewhere = given.target === undefined ? "" : ` --target ${JSON.stringify(target)}`;
  const leaves = () =>
    output.note(
      new NoteMessage(
        `objects stay below ${target}: lade workload clean ${JSON.stringify(uri)}${elsewhere} removes them`,
      ),
    );
  const removeIfUnused = await madeDirectory(lade, { uri: target });
  let result: WorkloadResult;
  try {
    result = await runWorkload(spec, stores, {
      target,
      signal,
      ...buffered,
      onProgress: showWorkload(context),
    });
  } catch (error) {
    if (signal.aborted) await leaves();
    throw error;
  } finally {
    output.status("");
    await removeIfUnused();
  }
  await output.result(new WorkloadMessage(result, width));
  const last = spec.phases.at(-1);
  const isCleaned = result.stopped === undefined && last?.kind === "delete" && last.isCleanup;
  await (isCleaned ? removeSetDirectories(context, spec, target) : leaves());
  if (result.stopped !== undefined || result.verify.wrong > 0) output.isNegative = true;
}

async function specAt(
  context: CommandContext,
  file: string,
): Promise<{ readonly spec: WorkloadSpec; readonly uri: string }> {
  const { text, uri } = await textAt(context, file);
  return { spec: await parseWorkload(text, { uri }), uri: file };
}

async function resultAt(context: CommandContext, file: string): Promise<WorkloadResult> {
  const { text, uri } = await textAt(context, file);
  return readResult(text, uri);
}

async function textAt(
  { lade, signal }: CommandContext,
  file: string,
): Promise<{ readonly text: string; readonly uri: string }> {
  const { store, key, uri } = await locate(await lade(), file);
  const { bytes } = await getBytes(store, key, { signal });
  return { text: new TextDecoder().decode(bytes), uri };
}
