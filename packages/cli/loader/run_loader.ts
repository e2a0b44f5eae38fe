import { printable, redactSecrets } from "@lade/core/text";
import type { Dataset, LoaderLevel, LoaderOptions } from "@lade/loader";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { type LoadedEpoch, LoaderEpochMessage, LoaderRunMessage } from "../messages/epoch_messages.ts";
import {
  differenceText,
  type LoaderPlan,
  LoaderPlanMessage,
  type PlanPart,
} from "../messages/loader_messages.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import { stepsOf } from "./dataset_options_of.ts";
import { EpochClock } from "./epoch_clock.ts";
import type { LoaderCommandValues } from "./loader_command_options.ts";
import { loaderOptionsOf } from "./loader_options_of.ts";
import { isPiped } from "./open_piped.ts";
import { openLoaded } from "./open_loaded.ts";
import { tellingSkips } from "./telling_skips.ts";
import { samplesOfRank } from "./samples_of_rank.ts";
import { sourceOf } from "./source_of.ts";

/** `lade loader`: each of its actions. */
export async function runLoader(context: CommandContext, given: LoaderCommandValues): Promise<void> {
  refuseOptionsOfRun(given);
  isPiped(given);
  if (given.action === "index") {
    const { indexDataset } = await import("./index_dataset.ts");
    return await indexDataset(context, given);
  }
  const said = await loaderOptionsOf(given);
  if (given.action === "plan") return await plan(context, given, said);
  const options = await tellingSkips(context, said);
  if (given.action === "pack") {
    const { packLoader } = await import("./pack_loader.ts");
    return await packLoader(context, given, options);
  }
  if (given.action === "stream") {
    const { streamLoader } = await import("./stream_loader.ts");
    return await streamLoader(context, given, options);
  }
  return await run(context, given, options);
}

function refuseOptionsOfRun({ action, epochs, steps, computeMs, au }: LoaderCommandValues): void {
  if (action === "run") {
    if (au !== undefined && !computeMs) {
      throw new UsageError("--au needs --compute-ms: nothing is in use without it.");
    }
    return;
  }
  // Of steps the data set tells whether they are of these too.
  const ofRun = [
    computeMs,
    au,
    ...(action === "index" ? [steps] : []),
    ...(action === "stream" ? [] : [epochs]),
  ];
  if (ofRun.every((given) => given === undefined)) return;
  throw new UsageError(
    `${
      action === "stream" ? "" : "--epochs, "
    }--steps, --compute-ms and --au are of lade loader run, not of ${action}.`,
  );
}

async function plan(
  context: CommandContext,
  given: LoaderCommandValues,
  options: LoaderOptions<unknown>,
): Promise<void> {
  const { output } = context;
  await using opened = await openLoaded(context, given);
  const { createLoader } = await import("@lade/loader");
  await using planned = createLoader(opened, { ...options, ...stepsOf(opened, given) });
  const { config, stepsPerEpoch } = planned;
  await output.result(
    new LoaderPlanMessage({
      uri: opened.uri,
      fingerprint: opened.fingerprint,
      config,
      stepsPerEpoch,
      ...await contentOf(opened, config.loader),
    }),
  );
  const { manifestDifference } = await import("./index_dataset.ts");
  for (const uri of [given.uri, ...given.more]) {
    const difference = await manifestDifference(context, await sourceOf(await context.lade(), uri));
    const told = difference && differenceText(difference);
    const whose = given.more.length > 0 ? ` of ${printable(redactSecrets(uri))}` : "";
    if (told) {
      const words = `the manifest${whose} is not current: ${told}; lade loader index lists anew`;
      await output.note(new NoteMessage(words));
    }
  }
}

/** What a data set has, as far as that is known before anything is read, and what a rank begins with. */
async function contentOf(
  opened: Dataset<unknown>,
  level: LoaderLevel,
): Promise<Partial<LoaderPlan>> {
  const { isMapDataset, isStreamMixture, mixtureEpoch, MixtureLanes } = await import("@lade/loader");
  const { order, seed } = level;
  if (isStreamMixture(opened)) {
    const parts = opened.members.map(({ name, weight, dataset }): PlanPart => ({
      ...{ name, weight, uri: dataset.uri },
      ...(isMapDataset(dataset) ? { length: dataset.length } : { objects: dataset.parts }),
    }));
    return { parts, draws: new MixtureLanes(order, seed).drawsBefore(order.length) };
  }
  if (!isMapDataset(opened)) return { objects: opened.parts };
  const { length: samples, parts } = opened;
  return {
    samples,
    first: samplesOfRank(level, 8),
    ...(parts && { parts, draws: mixtureEpoch(order, { seed, epoch: 0 }).draws() }),
  };
}

async function run(
  context: CommandContext,
  given: LoaderCommandValues,
  options: LoaderOptions<unknown>,
): Promise<void> {
  const { output, signal, terminal } = context;
  const { epochs = 1, steps = Infinity, computeMs = 0, au: wanted } = given;
  const { context: { clock } } = await context.lade();
  const width = terminal.columns();
  await using opened = await openLoaded(context, given);
  const { uri } = opened;
  const { createLoader } = await import("@lade/loader");
  await using batches = createLoader<unknown>(opened, { ...options, ...stepsOf(opened, given), signal });
  const all: LoadedEpoch[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const before = batches.stats();
    const epochClock = new EpochClock(clock);
    let done = 0;
    for await (const { size, padding } of batches) {
      epochClock.loaded();
      if (computeMs > 0) await clock.sleep(computeMs, signal);
      epochClock.stepped(size - padding);
      if (++done >= steps) break;
    }
    if (done < steps) epochClock.ended();
    else if (batches.epoch === epoch) batches.seek({ epoch: epoch + 1 });
    const { samples: measuredSamples, computeMs: inSteps, ...times } = epochClock.measured();
    const told = { uri, epoch, ...times, measuredSamples, computeMs: computeMs > 0 ? inSteps : 0 };
    const loaded = { ...told, stats: batches.stats().since(before) };
    all.push(loaded);
    await output.result(new LoaderEpochMessage(loaded, { width, isFirst: epoch === 0 }));
    await output.flush();
  }
  const summary = new LoaderRunMessage(all, { width, wanted });
  await output.result(summary);
  if (summary.isMet === false) output.isNegative = true;
}
