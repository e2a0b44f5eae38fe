import type { Lade } from "@lade/lade";
import { ErrorMessage } from "../messages/error_message.ts";
import { NoteMessage, TextMessage } from "../messages/text_messages.ts";
import { ClosedOutputError, OutputError } from "../output/output_error.ts";
import type { LibraryNotes } from "../output/library_notes.ts";
import { Output } from "../output/output.ts";
import type { Terminal } from "../output/terminal.ts";
import type { Recording } from "./recording.ts";
import { readCommandLine } from "./command_line.ts";
import type { CommandLine } from "./parsed_line.ts";
import type { Invocation } from "../command/command.ts";
import { ExitCode } from "../command/exit_code.ts";
import type { GlobalOptions } from "../command/global_options.ts";
import { InterruptError } from "../command/interrupt_error.ts";
import { UsageError } from "../command/usage_error.ts";

/** What the program runs in. */
export interface CliWorld {
  /** The streams and the environment. */
  readonly terminal: Terminal;
  /** Aborted with an `InterruptError` to stop the program. */
  readonly signal?: AbortSignal;
  /** The stores; a `Lade` of its own, with the configuration of the command line, by default. */
  readonly lade?: Lade;
  /** What libraries print. With `-v` it is shown as notes. */
  readonly libraryNotes?: LibraryNotes;
  /** The op-log of a command line that this one is run by. */
  readonly recording?: Recording;
}

const DEFAULT_COLUMNS = 80;
const LEAST_COLUMNS = 40;
const MOST_COLUMNS = 110;

/** Runs one command line and resolves with the exit code. Failures are printed, never thrown. */
export async function runCli(args: readonly string[], world: CliWorld): Promise<number> {
  const { terminal } = world;
  const columns = Math.max(LEAST_COLUMNS, Math.min(terminal.columns() ?? DEFAULT_COLUMNS, MOST_COLUMNS));
  const colors = !terminal.noColor && terminal.stdout.isTerminal();
  const line = refuseLostBytes(args) ?? await readCommandLine(args, { columns, colors });
  switch (line.kind) {
    case "run":
      return await runCommand(line.invocation, line.settings, world, args);
    case "text":
      return await print(line.text, createOutput(world, false, false));
    case "mistake": {
      const output = createOutput(world, args.includes("--json"), false);
      await output.fail(new ErrorMessage(new UsageError(line.problem), 0));
      await output.close();
      return ExitCode.usage;
    }
  }
}

/** Runtimes give words as text: another byte than UTF-8 has comes as U+FFFD, which may name what was not meant. */
function refuseLostBytes(args: readonly string[]): CommandLine | undefined {
  const word = args.find((arg) => arg.includes("\ufffd"));
  return word === undefined ? undefined : {
    kind: "mistake",
    problem: `${
      JSON.stringify(word)
    }: \ufffd stands for bytes that are not UTF-8, and such names cannot be given. \
What has that very character in its name is named in a file of commands, by lade run.`,
  };
}

async function print(text: string, output: Output): Promise<number> {
  let exitCode: number = ExitCode.ok;
  try {
    await output.result(new TextMessage(text.trimEnd()));
    await output.flush();
  } catch (error) {
    await output.fail(new ErrorMessage(error, 0));
    exitCode = ExitCode.failed;
  }
  await output.close();
  return exitCode;
}

function createOutput(world: CliWorld, json: boolean, quiet: boolean, onClosed = () => {}): Output {
  const signal = world.signal ?? new AbortController().signal;
  return new Output({ terminal: world.terminal, json, quiet, signal, onClosed });
}

async function runCommand(
  invocation: Invocation,
  settings: GlobalOptions,
  world: CliWorld,
  args: readonly string[],
): Promise<number> {
  const unread = new AbortController();
  const signal = world.signal ? AbortSignal.any([world.signal, unread.signal]) : unread.signal;
  const output = createOutput({ ...world, signal }, settings.json, settings.quiet, () => {
    if (invocation.whenUnread === "ends") unread.abort(new ClosedOutputError());
  });
  if (world.libraryNotes && settings.verbosity > 0) {
    world.libraryNotes.listener = (line) => void output.note(new NoteMessage(line));
  }
  if (Object.keys(settings.config).length > 0) {
    const { unusedOptions } = await import("./backend_options.ts");
    for (const told of unusedOptions(args, settings.config)) void output.note(new NoteMessage(told));
  }
  let opened: Promise<Lade> | undefined;
  let recording = world.recording;
  const env = (name: string) => world.terminal.env(name);
  const open = async () =>
    world.lade ?? (await import("./open_lade.ts")).openLade(settings, output, env, recording?.layer);
  const lade = () => opened ??= open();
  const fail = async (error: unknown) => {
    signal.throwIfAborted();
    if (error instanceof OutputError || error instanceof UsageError) throw error;
    await output.fail(new ErrorMessage(error, settings.verbosity));
  };
  const manual = async (command?: string) => (await import("./man_page.ts")).writeManPage(command);
  const readLine = (words: readonly string[]) =>
    readCommandLine(words, { columns: DEFAULT_COLUMNS, colors: false });
  const { name } = invocation;
  let exitCode: number = ExitCode.ok;
  const rerun = async (other: readonly string[]) => {
    await output.flush();
    exitCode = await runCli(other, { ...world, signal, ...(recording && { recording }) });
  };
  try {
    const { terminal } = world;
    if (settings.opLog !== undefined) {
      const { beginRecording } = await import("./recording.ts");
      recording = await beginRecording(settings.opLog, settings, output, env);
    }
    await invocation.run({
      name,
      args,
      output,
      terminal,
      signal,
      settings,
      lade,
      manual,
      readLine,
      fail,
      rerun,
    });
    await output.flush();
  } catch (error) {
    exitCode = await report(error, output, signal, settings.verbosity);
  }
  try {
    if (!world.lade) await (await opened?.catch(() => undefined))?.[Symbol.asyncDispose]();
    if (recording !== world.recording) await recording?.close();
  } catch (error) {
    await output.fail(new ErrorMessage(error, settings.verbosity));
  }
  await output.close();
  const isNo = output.failures > 0 || output.isNegative;
  return exitCode !== ExitCode.ok || !isNo ? exitCode : ExitCode.failed;
}

/** Prints what ended a command, unless that is no failure, and returns the exit code. */
async function report(
  error: unknown,
  output: Output,
  signal: AbortSignal,
  verbosity: number,
): Promise<number> {
  const stopped = signal.aborted ? signal.reason : undefined;
  if (stopped instanceof InterruptError) {
    if (error !== stopped && verbosity > 0) await output.fail(new ErrorMessage(error, verbosity));
    await output.fail(new ErrorMessage(stopped, 0));
    return stopped.exitCode;
  }
  if (error instanceof ClosedOutputError) return ExitCode.ok;
  await output.fail(new ErrorMessage(error, verbosity));
  return error instanceof UsageError ? ExitCode.usage : ExitCode.failed;
}
