import type { CommandContext, Invocation } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { splitWords } from "../syntax/split_words.ts";
import { isStandardInput } from "@lade/transfer";
import { isStandardOutput } from "@lade/transfer/places";

/** A line of a file of commands: nothing, a command, or what is wrong with it. */
export type CommandReading = LineInvocation | { readonly problem: string } | undefined;

/** A command of a line. */
export interface LineInvocation extends Invocation {
  /** Its words, without `lade`. */
  readonly args: readonly string[];
}

/** What a dry run writes before a line. */
const DRY_RUN = "(dry run) ";
/** What commands write behind the names of one version. */
const VERSION = /^(.*) \(version ([^\s'"()]+)\)$/;
/** What has no use within a file of commands. */
const REFUSED: Readonly<Record<string, string>> = {
  run: "A file of commands cannot run another one.",
  pipe: "pipe reads standard input, which commands of a file do not have.",
  cat: "cat prints bytes, which lines of other commands would mix with.",
};

/**
 * Reads one line: a command with or without the word `lade`, as it was typed or as a command printed it. An empty line and a comment are `undefined`.
 */
export async function readCommand(
  text: string,
  readLine: CommandContext["readLine"],
): Promise<CommandReading> {
  const line = text.startsWith(DRY_RUN) ? text.slice(DRY_RUN.length) : text;
  const [, named = line, version] = VERSION.exec(line) ?? [];
  const reading = splitWords(named);
  if ("problem" in reading) return reading;
  const [first, ...rest] = reading.words;
  if (first === undefined) return undefined;
  const args = [
    ...(first === "lade" ? rest : [first, ...rest]),
    ...(version === undefined ? [] : [`--version=${version}`]),
  ];
  const parsed = await readLine(args);
  if (parsed.kind === "mistake") return { problem: parsed.problem.split("\n").slice(0, -1).join(" ") };
  if (parsed.kind === "text") return { problem: "It prints help, and does nothing." };
  const { invocation, settings } = parsed;
  const { config, progress, ...others } = settings;
  if (Object.values(others).some(Boolean) || progress !== "auto" || Object.keys(config).length > 0) {
    return { problem: "Options that every command takes are given once, to lade run." };
  }
  return misuseOf(invocation) ?? await mistakeOf(invocation) ?? { ...invocation, args };
}

function misuseOf({ name, options }: Invocation): { readonly problem: string } | undefined {
  const refused = Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined;
  if (refused !== undefined) return { problem: refused };
  if (name === "loader" && options.action === "stream") {
    return { problem: "loader stream waits for a reader, which commands of a file do not have." };
  }
  const places = Array.isArray(options.places) ? options.places.map(String) : [];
  const target = String(options.destination ?? places.at(-1) ?? "");
  if (isStandardOutput(target)) {
    return { problem: `${name} to - prints bytes, which lines of other commands would mix with.` };
  }
  const sources = [
    ...places.slice(0, -1),
    ...Object.entries(options).flatMap(([key, value]) =>
      key === "destination" || typeof value !== "string" ? [] : [value]
    ),
  ];
  return sources.some(isStandardInput)
    ? { problem: `${name} from - reads standard input, which commands of a file do not have.` }
    : undefined;
}

async function mistakeOf({ check }: Invocation): Promise<{ readonly problem: string } | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return { problem: error.message };
    throw error;
  }
}
