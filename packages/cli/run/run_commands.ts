import { inParallel } from "@lade/core/concurrency";
import { printable } from "@lade/core/text";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { ErrorMessage } from "../messages/error_message.ts";
import { RunSummaryMessage } from "../messages/run_messages.ts";
import { LineOutput } from "./line_output.ts";
import { OutputError } from "../output/output_error.ts";
import type { Terminal } from "../output/terminal.ts";
import { commonArguments } from "./common_arguments.ts";
import { type LineInvocation, readCommand } from "./read_command.ts";

/** A file of commands, and how they are run. */
export interface CommandFile {
  /** Its name, for messages. */
  readonly name: string;
  /** What it holds. */
  readonly text: string;
  /** How many commands run at the same time. */
  readonly jobs: number;
  /** Ends all at the first failure. */
  readonly failFast: boolean;
}

/** One command of a file: its text is read again when it is run, so that a million of them are no more than that. */
interface Line {
  readonly line: number;
  readonly text: string;
}

/** Mistakes that are told; of more only how many. */
const MOST_TOLD = 20;

/**
 * Runs the commands of a file, many concurrently, on the stores of one context. A mistake in any line is a `UsageError`
 * before the first one runs. A command that fails is reported with its line, and the others go on.
 */
export async function runCommands(context: CommandContext, file: CommandFile): Promise<void> {
  const { output, signal } = context;
  const lines = await readLines(file, context);
  const { clock } = (await context.lade()).context;
  const startMs = clock.monotonicMs();
  const common = await commonArguments(context, file.name);
  const halt = new AbortController();
  let [done, failed] = [0, 0];
  const run = async ({ line, text }: Line, lineSignal: AbortSignal) => {
    const invocation = await readCommand(text, context.readLine);
    if (!invocation || "problem" in invocation) {
      throw new TypeError(`Cannot run line ${line}: it was a command`);
    }
    const args = common ? [...common, ...invocation.args] : [];
    const isDone = await runOne({ ...context, args }, invocation, { file: file.name, line }, lineSignal);
    if (isDone) done++;
    else failed++;
    if (!isDone && file.failFast) halt.abort();
  };
  try {
    await inParallel(lines, file.jobs, run, AbortSignal.any([signal, halt.signal]));
  } catch (error) {
    if (!halt.signal.aborted || signal.aborted) throw error;
  } finally {
    const skipped = lines.length - done - failed;
    const elapsedMs = clock.monotonicMs() - startMs;
    await output.note(new RunSummaryMessage({ done, failed, skipped, elapsedMs }));
  }
}

/** The lines that are commands. */
async function readLines(
  { name, text }: CommandFile,
  { readLine, signal }: CommandContext,
): Promise<readonly Line[]> {
  const lines: Line[] = [];
  const mistakes: string[] = [];
  let wrong = 0;
  for (const [index, line] of text.split("\n").entries()) {
    signal.throwIfAborted();
    const command = line.replace(/\r$/, "");
    const reading = await readCommand(command, readLine);
    if (reading && "problem" in reading) {
      if (wrong++ < MOST_TOLD) {
        mistakes.push(`${printable(name)}:${index + 1}: ${printable(reading.problem)}`);
      }
    } else if (reading) lines.push({ line: index + 1, text: command });
  }
  if (wrong > mistakes.length) mistakes.push(`and ${wrong - mistakes.length} more`);
  if (wrong > 0) {
    throw new UsageError(["Nothing was done: not every line is a command.", ...mistakes].join("\n"));
  }
  return lines;
}

/** Runs a command and resolves with whether all of it was done. One that was ended from outside says nothing of it. */
async function runOne(
  context: CommandContext,
  invocation: LineInvocation,
  place: { readonly file: string; readonly line: number },
  signal: AbortSignal,
): Promise<boolean> {
  const { settings: { json, quiet, verbosity } } = context;
  const terminal = withoutInput(context.terminal);
  const output = new LineOutput(
    context.output,
    { terminal, json, quiet, signal, onClosed: () => {} },
    place,
  );
  const fail = async (error: unknown) => {
    signal.throwIfAborted();
    if (error instanceof OutputError || error instanceof UsageError) throw error;
    await output.fail(new ErrorMessage(error, verbosity));
  };
  try {
    const settings = { ...context.settings, progress: "none" as const };
    await invocation.run({ ...context, name: invocation.name, output, terminal, signal, settings, fail });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof OutputError) throw error;
    await output.fail(new ErrorMessage(error, verbosity));
  }
  return output.failures === 0;
}

function withoutInput(terminal: Terminal): Terminal {
  const read = () => Promise.reject(new Error("commands of a file have no standard input"));
  return {
    stdin: { read },
    stdout: terminal.stdout,
    stderr: terminal.stderr,
    noColor: terminal.noColor,
    env: (name) => terminal.env(name),
    columns: () => terminal.columns(),
  };
}
