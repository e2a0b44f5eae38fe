import type { CheckpointRef, Checkpoints, DamagedCheckpoint, KeepPolicy } from "@lade/checkpoint";
import { NotFoundError } from "@lade/core/errors";
import { checkpoints, copyCheckpoint, exportCheckpoint } from "@lade/lade";
import { locate } from "@lade/transfer/places";
import type { CommandContext } from "../command/command_context.ts";
import {
  CheckpointDetailsMessage,
  CheckpointMessage,
  CheckpointsMessage,
  CheckpointStateMessage,
  type ListedCheckpoint,
} from "../messages/checkpoint_messages.ts";
import {
  CheckpointCopiedMessage,
  CheckpointExportedMessage,
  CheckpointFaultMessage,
  CheckpointVerifiedMessage,
  CollectedMessage,
  RecoveredMessage,
} from "../messages/checkpoint_work_messages.ts";
import { checkpointValue, type NamedCheckpoint } from "../values/checkpoint_values.ts";
import type { CheckpointCommandValues } from "./checkpoint_command_options.ts";

/** `lade checkpoint`: each of its actions. */
export async function runCheckpoint(context: CommandContext, given: CheckpointCommandValues): Promise<void> {
  const { signal } = context;
  if (given.action === "copy") return await copy(context, given);
  if (given.action === "export") return await exportTensors(context, given);
  const lade = await context.lade();
  const { grace } = given;
  const options = { lade, signal, readOnly: true, ...(grace !== undefined && { graceMs: grace }) };
  // It never begins a series, nor joins a run.
  await using series = await checkpoints((await locate(lade, given.uri)).uri, options);
  switch (given.action) {
    case "ls":
      return await list(context, series);
    case "show":
      return await show(context, series, given.step);
    case "verify":
      return await verify(context, series, given);
    case "gc":
      return await collect(context, series, given);
    case "recover":
      return await recover(context, series);
    default:
      return await mark(context, series, given.action, given.step ?? "latest");
  }
}

async function list({ output, settings, terminal, lade, signal }: CommandContext, series: Checkpoints) {
  const pinned = new Set((await series.pinned({ signal })).map(nameOf));
  const listed: ListedCheckpoint[] = [];
  const { clock } = (await lade()).context;
  let isNewest = true;
  const damaged: DamagedCheckpoint[] = [];
  for await (const info of series.list({ signal, onDamaged: (one) => damaged.push(one) })) {
    const one = { uri: series.uri, info, isPinned: pinned.has(nameOf(info)), isNewest };
    isNewest = false;
    if (settings.json) await output.result(new CheckpointMessage(one));
    else listed.push(one);
  }
  if (listed.length > 0) {
    await output.result(new CheckpointsMessage(listed, { now: clock.now(), width: terminal.columns() }));
  }
  await failFor(damaged, output, series);
}

/** Those that cannot be read do not keep the others from being shown or removed. */
async function failFor(
  damaged: readonly DamagedCheckpoint[],
  output: CommandContext["output"],
  { uri }: Checkpoints,
) {
  for (const { key, detail } of damaged) await output.fail(new CheckpointFaultMessage(uri, { key, detail }));
}

async function show(
  { output, terminal, signal }: CommandContext,
  series: Checkpoints,
  which: NamedCheckpoint = "latest",
) {
  await using checkpoint = await series.open(which, { signal });
  const { info } = checkpoint;
  const { uri } = series;
  const details = { uri, info, tensors: [...checkpoint.tensors()], extras: [...checkpoint.extras()] };
  await output.result(new CheckpointDetailsMessage(details, { width: terminal.columns() }));
}

async function verify(
  { output, signal }: CommandContext,
  series: Checkpoints,
  { step = "latest", level = "chunks", hold }: CheckpointCommandValues,
) {
  await using checkpoint = await series.open(step, { signal, hold });
  const report = await checkpoint.verify(level, { signal });
  for (const fault of report.faults) await output.fail(new CheckpointFaultMessage(series.uri, fault));
  await output.result(new CheckpointVerifiedMessage({ uri: series.uri, info: checkpoint.info, report }));
}

async function copy(
  context: CommandContext,
  { uri, destination = "", step = "latest", level, hold }: CheckpointCommandValues,
) {
  const { output, signal } = context;
  const lade = await context.lade();
  const [source, target] = [(await locate(lade, uri)).uri, (await locate(lade, destination)).uri];
  const copied = await copyCheckpoint(source, step, target, {
    ...{ lade, signal, hold },
    ...(level && { verify: level }),
  });
  await output.done(new CheckpointCopiedMessage({ source, destination: target, copied }));
}

async function exportTensors(
  context: CommandContext,
  { uri, destination = "", step = "latest", hold, tensors, format, replace }: CheckpointCommandValues,
) {
  const { output, signal } = context;
  const lade = await context.lade();
  const [source, target] = [(await locate(lade, uri)).uri, (await locate(lade, destination)).uri];
  const exported = await exportCheckpoint(source, step, target, {
    ...{ lade, signal, hold, replace },
    ...(format !== undefined && { format }),
    ...(tensors !== undefined && { filter: ({ name }) => name.startsWith(tensors) }),
  });
  await output.done(new CheckpointExportedMessage({ source, destination: target, exported }));
}

async function mark(
  { output, signal }: CommandContext,
  series: Checkpoints,
  action: "pin" | "unpin" | "retire",
  which: NamedCheckpoint,
) {
  const ref = await find(series, which, signal);
  await series[action](ref, { signal });
  await output.done(new CheckpointStateMessage({ uri: series.uri, ref, action }));
}

async function collect(
  { output, signal }: CommandContext,
  series: Checkpoints,
  given: CheckpointCommandValues,
) {
  const { dryRun } = given;
  const keep = keepOf(given);
  const report = await series.gc({ dryRun, signal, ...(keep && { keep }) });
  await output.result(new CollectedMessage({ uri: series.uri, dryRun, report }));
  await failFor(report.damaged, output, series);
  const detail = "there is no room for this mark: make some, and run gc again";
  for (const ref of report.unmarked) {
    await output.fail(
      new CheckpointFaultMessage(series.uri, { key: `retired/${checkpointValue.format(ref)}.json`, detail }),
    );
  }
}

function keepOf({ keepLast, keepEverySteps, keepEvery, keepBest }: CheckpointCommandValues) {
  const keep: KeepPolicy = {
    ...(keepLast !== undefined && { last: keepLast }),
    ...(keepEverySteps !== undefined && { everySteps: keepEverySteps }),
    ...(keepEvery !== undefined && { everyMs: keepEvery }),
    ...(keepBest && { best: keepBest }),
  };
  return Object.keys(keep).length > 0 ? keep : undefined;
}

async function recover({ output, signal }: CommandContext, series: Checkpoints) {
  await output.result(new RecoveredMessage({ uri: series.uri, report: await series.recover({ signal }) }));
}

async function find(
  series: Checkpoints,
  which: NamedCheckpoint,
  signal: AbortSignal,
): Promise<CheckpointRef> {
  const isIt = (ref: CheckpointRef) =>
    which === "latest" || (typeof which === "number" ? ref.step === which : nameOf(ref) === nameOf(which));
  // One that cannot be read is marked by its name too.
  const damaged: CheckpointRef[] = [];
  const onDamaged = (one: CheckpointRef) => void (isIt(one) && damaged.push(one));
  for await (const { generation, step } of series.list({ signal, onDamaged })) {
    if (damaged[0]) break;
    if (isIt({ generation, step })) return { generation, step };
  }
  if (damaged[0]) return { generation: damaged[0].generation, step: damaged[0].step };
  const detail = which === "latest"
    ? "there is none"
    : `there is none of ${
      typeof which === "number" ? `step ${which}` : `generation ${which.generation}, step ${which.step}`
    }`;
  const advice = "lade checkpoint ls shows which there are";
  throw new NotFoundError({ operation: "find a checkpoint in", uri: series.uri, detail, advice });
}

function nameOf({ generation, step }: CheckpointRef): string {
  return `${generation}-${step}`;
}
