import { errorWords, system } from "@lade/core/system";
import { redactSecrets } from "@lade/core/text";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { ErrorMessage } from "../messages/error_message.ts";
import type { Json } from "../output/message.ts";
import type { TransferReport } from "./transfer_report.ts";

/** What a statistics file tells of. */
export interface StatsOf {
  /** Where it is written. */
  readonly path: string;
  /** The options and arguments of the command. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What has counted. */
  readonly report: TransferReport;
  /** The wall clock. */
  readonly now: () => number;
}

/**
 * Does the work of a command, and writes at its end, however that is, one JSON document that tells what came of it. It
 * appears whole or not at all. That it can be written is looked at first, as far as that shows.
 */
export async function withStats(
  context: CommandContext,
  stats: StatsOf,
  work: () => Promise<void>,
): Promise<void> {
  const { path } = stats;
  await refuseUnwritable(path);
  const startMs = stats.now();
  let failure: { readonly error: unknown } | undefined;
  try {
    await work();
  } catch (error) {
    failure = { error };
  }
  if (!(failure?.error instanceof UsageError)) {
    await writeWhole(path, `${JSON.stringify(document(context, stats, startMs, failure), undefined, 2)}\n`)
      .catch(async (error) => {
        const problem = new Error(`Cannot write ${JSON.stringify(path)}: ${errorWords(error)}`, {
          cause: error,
        });
        await context.output.fail(new ErrorMessage(problem, context.settings.verbosity));
      });
  }
  if (failure) throw failure.error;
}

function document(
  context: CommandContext,
  { settings, report, now }: StatsOf,
  startMs: number,
  failure: { readonly error: unknown } | undefined,
): Json {
  const counts = report.statistics();
  const isFailed = failure !== undefined || report.stats.failed > 0;
  return {
    command: context.name,
    outcome: context.signal.aborted ? "interrupted" : isFailed ? "failed" : "done",
    ...(failure && { error: messageOf(context.signal.aborted ? context.signal.reason : failure.error) }),
    startedAt: new Date(startMs).toISOString(),
    endedAt: new Date(now()).toISOString(),
    ...counts,
    settings: shown(settings),
  };
}

function messageOf(error: unknown): string {
  return redactSecrets(error instanceof Error ? error.message : String(error));
}

/** A setting as JSON, without what is secret in it. */
function shown(value: unknown): Json {
  if (typeof value === "string") return redactSecrets(value);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object") return String(value);
  const known = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(known.map(([name, inner]) => [name, shown(inner)]));
}

/** Errors of what is not there. */
const NOTHING_THERE = ["NotFound", "NotADirectory"] as const;

async function refuseUnwritable(path: string): Promise<void> {
  const refuse = (problem: string) => new UsageError(`--stats-file ${JSON.stringify(path)}: ${problem}.`);
  if (path === "-" || path.endsWith("/")) throw refuse("a file is needed");
  const look = (name: string) =>
    system.stat(name).catch((error) => {
      if (NOTHING_THERE.some((kind) => error instanceof system.errors[kind])) return undefined;
      throw refuse(`${JSON.stringify(name)} cannot be looked at: ${errorWords(error)}`);
    });
  const there = await look(path);
  if (there?.isDirectory) throw refuse("it is a directory");
  // Deno lets nobody look at the directory of a device that may be written.
  if (there) return;
  const end = path.lastIndexOf("/");
  const directory = end < 0 ? "." : end === 0 ? "/" : path.slice(0, end);
  const status = await look(directory);
  if (!status?.isDirectory) throw refuse(`there is no directory ${JSON.stringify(directory)}`);
  const isLink = (await system.lstat(path).catch(() => undefined))?.isSymlink;
  if (isLink) throw refuse("it is a symbolic link that leads nowhere");
}

/** Names of what this process has open. */
const DESCRIPTORS = /^\/(?:proc\/|dev\/(?:fd\/|std(?:out|err)$))/;

/**
 * Writes a file under another name in its directory, and gives it its own when all of it is on the disk. What a link leads
 * to is replaced, not the link; pipes and devices are written into.
 */
async function writeWhole(named: string, text: string): Promise<void> {
  const there = await system.stat(named).catch(() => undefined);
  if (there && (!there.isFile || DESCRIPTORS.test(named))) return await writeInto(named, text);
  const path = there ? await system.realPath(named) : named;
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    const mode = typeof there?.mode === "number" ? { mode: there.mode & 0o777 } : {};
    await system.writeTextFile(temporary, text, { createNew: true, ...mode });
    {
      // Windows syncs only what may be written to.
      using file = await system.open(temporary, { write: true });
      await file.syncData();
    }
    await system.rename(temporary, path);
  } catch (error) {
    await system.remove(temporary).catch(() => {});
    throw error;
  }
}

async function writeInto(path: string, text: string): Promise<void> {
  using file = await system.open(path, { append: true });
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(await file.write(rest));
}
