import { system } from "@lade/core/system";
import { defineCommand } from "../command/command.ts";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { JobDetailsMessage, JobMessage } from "../messages/job_messages.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import { processLocksOf } from "../transfer/journal_options.ts";
import { argument, option, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { placeValue } from "../values/place_value.ts";
import { choiceValue, journalValue } from "../values/plain_values.ts";

const options = {
  journal: option(
    ["--journal"],
    placeValue({ metavar: "URI", dash: false }),
    undefined,
    "Look under this directory or prefix, as the command was told to keep its journal.",
  ),
  action: argument(
    choiceValue({
      metavar: "list|show|resume|remove|status",
      choices: ["list", "show", "resume", "remove", "status"],
    }),
    "list what was interrupted, show or resume one, or remove what it left; status tells of the shares of many processes.",
  ),
  ids: restOfArguments(
    journalValue,
    "The journal, by the first letters of its name; of status the URI that --journal has.",
  ),
};

type JobsOptions = ValuesOf<typeof options>;

/** `lade jobs`. */
export const jobs = defineCommand({
  name: "jobs",
  brief: "Show interrupted transfers and go on with them",
  description:
    "Every cp, sync, mv, get and put of more than some seconds keeps a journal until it is done. resume \
runs the command again, in its directory, and goes on where it stopped, as the same command does that is given again. \
remove aborts the half-done uploads and forgets the rest; what is at the destination stays. status tells how far each \
of many processes is that do a --shard and keep their --journal at URI, and fails until all of them are done.",
  usage: "list|show|resume|remove|status [ID...|URI]",
  examples: [
    ["lade jobs list", "lists the transfers that were interrupted, and those that run"],
    ["lade jobs resume 3f2a", "goes on with one"],
    ["lade jobs list --journal s3://bucket/jobs/", "lists those whose journal is in a store"],
    ["lade jobs status s3://bucket/jobs/", "tells how far the shares of a transfer are"],
  ],
  options,
  whenUnread: "goes on",
  run: runJobs,
});

async function runJobs(context: CommandContext, { action, ids, journal }: JobsOptions): Promise<void> {
  const { output, signal } = context;
  if (action === "status") {
    const { showShards } = await import("../transfer/show_shards.ts");
    return await showShards(context, [...ids, ...(journal === undefined ? [] : [journal])]);
  }
  if (action === "list" && ids.length > 0) throw new UsageError("jobs list takes no ID.");
  if (action !== "list" && ids.length === 0) {
    throw new UsageError(`jobs ${action} needs an ID, as jobs list shows it.`);
  }
  const lade = await context.lade();
  const { listJobs, removeJob, showJob } = await import("@lade/transfer/jobs");
  const place = await placeOf(context, journal);
  if (!place) throw new UsageError("Where journals are is not known: set LADE_STATE_DIR, or give --journal.");
  if (action === "list") {
    for (const job of await listJobs(lade, place)) await output.result(new JobMessage(job));
    return;
  }
  const known = await Array.fromAsync(place.list());
  for (const given of ids) {
    try {
      if (action === "remove" && journal !== undefined && !known.some((id) => id.startsWith(given))) {
        const { removeShards } = await import("../transfer/show_shards.ts");
        if (await removeShards(context, journal, given)) continue;
      }
      const id = wholeId(given, known);
      if (action === "show") await output.result(new JobDetailsMessage(await showJob(lade, place, id)));
      else if (action === "resume") await resume(context, id, await showJob(lade, place, id));
      else {
        const onAbort = ({ to }: { readonly to: string }) =>
          void output.note(new NoteMessage(`aborts the half-done upload of ${JSON.stringify(to)}`));
        await removeJob(lade, place, id, { signal, onAbort });
      }
    } catch (error) {
      await context.fail(error);
    }
  }
}

async function placeOf({ terminal, lade }: CommandContext, journal: string | undefined) {
  const { jobsDirectory, journalDirectory, journalPlaceOf } = await import("@lade/transfer/journal");
  const locks = await processLocksOf(terminal);
  if (journal !== undefined) return await journalPlaceOf(await lade(), journal, locks);
  const directory = jobsDirectory((name) => terminal.env(name));
  return directory === undefined ? undefined : journalDirectory(directory, locks);
}

/** The journal whose name begins so. One that nothing is known of is for the store to say. */
function wholeId(given: string, known: readonly string[]): string {
  const found = known.filter((id) => id.startsWith(given));
  if (found.length > 1 && !found.includes(given)) {
    throw new UsageError(`${JSON.stringify(given)} may be ${found.join(" or ")}: write more of it.`);
  }
  return found.length === 1 && found[0] !== undefined ? found[0] : given;
}

async function resume(
  { rerun, output }: CommandContext,
  id: string,
  job: { readonly commandLine?: readonly string[]; readonly directory?: string; readonly fault?: string },
): Promise<void> {
  const { commandLine, directory, fault } = job;
  if (fault !== undefined) throw new Error(fault);
  if (!commandLine) {
    throw new UsageError(
      `The journal ${id} has no command line, since that held a secret or a program made the \
transfer: run the same again.`,
    );
  }
  if (directory !== undefined) system.chdir(directory);
  await output.note(new NoteMessage(`runs: lade ${commandLine.join(" ")}`));
  await rerun(commandLine);
}
