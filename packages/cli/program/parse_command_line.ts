import { merge, object, or } from "@optique/core/constructs";
import { runParser } from "@optique/core/facade";
import {
  formatMessage,
  lineBreak,
  type Message,
  message,
  type MessageTerm,
  text,
} from "@optique/core/message";
import { printable, printableLines } from "@lade/core/text";
import { findOddWord } from "../syntax/find_odd_word.ts";
import { parserOf } from "../syntax/parser_of.ts";
import { splitShortValues } from "../syntax/split_short_values.ts";
import { SIZE_UNITS } from "@lade/core/settings";
import type { CommandLine, HelpFormat } from "./parsed_line.ts";
import { commandParser } from "./command_parser.ts";
import { COMMAND_NAMES, type CommandName, isCommandName, loadCommand } from "./commands.ts";
import { insteadOf, ownNameOf, takesAllAnyway } from "./foreign_names.ts";
import { globalOptions } from "../command/global_options.ts";
import { versionText } from "./version_text.ts";
import { backendOptions, withBackends } from "./backend_options.ts";

/** What the program is, in a few words. */
export const BRIEF: Message = message`Move, read and feed objects of any store.`;

/** How a command line is written. */
export const USAGE = "[OPTION...] COMMAND [ARGUMENT...]";

/** What the help says at its end. */
export const FOOTER: Message = message`A place is a URI (file:///path, direct:///path, memory://name/key, \
s3://bucket/key, az://HOST/container/key, gs://bucket/key and so on), the https:// URL of an object, or a local path. A URI that ends in a slash names a prefix.${lineBreak()}\
${text(SIZE_UNITS)}${lineBreak()}\
Exit codes: 0 done, 1 something failed, 2 wrong command line, 130 interrupted (SIGTERM 143, SIGHUP 129).`;

/** Loads the parser of command lines with one command, or with any. */
export async function loadParser(only?: CommandName) {
  const names = only === undefined ? COMMAND_NAMES : [only];
  const commands = await Promise.all(names.map(loadCommand));
  return merge(
    object("Global options", { settings: parserOf(globalOptions) }),
    object("Options of services", { services: parserOf(backendOptions) }),
    or(...commands.map(commandParser)),
  );
}

/**
 * Parses a command line. Help, version and completions come back as text to print. One that starts with a command is
 * parsed without loading the others.
 */
export async function parseCommandLine(given: readonly string[], format: HelpFormat): Promise<CommandLine> {
  const named = given.find((arg) => isCommandName(arg));
  const command = isCommandName(named) ? await loadCommand(named) : undefined;
  const options = [globalOptions, backendOptions, command?.options ?? {}].flatMap((table) =>
    Object.values(table)
  );
  const split = splitShortValues(given, options);
  if ("problem" in split) return { kind: "mistake", problem: `${split.problem}\n${seeHelp(named)}` };
  const oddity = findOddWord(split.args, options);
  if (oddity !== undefined) return { kind: "mistake", problem: `${oddity}\n${seeHelp(named)}` };
  const { args } = split;
  const [first] = args;
  const parser = await loadParser(isCommandName(first) ? first : undefined);
  const printed: string[] = [];
  let answer: CommandLine | undefined;
  const onShow = () => {
    answer = { kind: "text", text: tidy(printed.join("\n")) };
  };
  const parsed = runParser(parser, "lade", args, {
    help: { command: true, option: { names: ["-h", "--help"], group: "Global options" }, onShow },
    version: {
      value: versionText(),
      option: { names: await versionNames(args), group: "Global options" },
      onShow: () => {
        answer = { kind: "text", text: versionText() };
      },
    },
    completion: { command: true, onShow },
    brief: BRIEF,
    footer: FOOTER,
    usageLine: [{ type: "literal", value: USAGE }],
    maxWidth: format.columns,
    termWidth: "auto",
    colors: format.colors,
    aboveError: "none",
    stdout: (text) => printed.push(text),
    stderr: () => {},
    onError: (_exitCode, error) => {
      answer = { kind: "mistake", problem: problemOf(args, error) };
    },
  });
  if (answer) return answer;
  const { invocation, settings, services } = parsed;
  return { kind: "run", invocation, settings: withBackends(settings, services) };
}

/**
 * Behind the name of a command that has an option `--version`, it is that one; behind that of any other, it asks for the
 * program's only at the end of the line.
 */
async function versionNames(args: readonly string[]): Promise<readonly ["-V", ...("--version")[]]> {
  const name = args.find((arg) => isCommandName(arg));
  const asked = args.indexOf("--version");
  if (!isCommandName(name) || (asked >= 0 && asked < args.indexOf(name))) return ["-V", "--version"];
  const { options } = await loadCommand(name);
  const own = Object.values(options).some(({ names }) => names.includes("--version"));
  return own || (asked >= 0 && asked < args.length - 1) ? ["-V"] : ["-V", "--version"];
}

/** No-break spaces have kept indentation; wrapped lines end in a space. */
function tidy(text: string): string {
  return text.replaceAll("\u00a0", " ").replaceAll(/ +$/gm, "");
}

/** What a term repeats of the command line stays on one line. */
function printableTerm(term: MessageTerm): MessageTerm {
  switch (term.type) {
    case "text":
      return { ...term, text: printableLines(term.text) };
    case "optionName":
      return { ...term, optionName: printable(term.optionName) };
    case "optionNames":
      return { ...term, optionNames: term.optionNames.map(printable) };
    case "value":
      return { ...term, value: printable(term.value) };
    case "values":
      return { ...term, values: term.values.map(printable) };
    case "commandLine":
      return { ...term, commandLine: printable(term.commandLine) };
    default:
      return term;
  }
}

function problemOf(args: readonly string[], error: Message): string {
  if (args.length === 0) return "A command is needed.\nSee lade --help.";
  const command = args.find((arg) => isCommandName(arg));
  const problem = formatMessage(error.map(printableTerm), { quotes: true, colors: false }).replaceAll(
    /\n\n+/g,
    "\n",
  )
    .replace(/^No matching command.*/, "A command is needed.")
    .replace(
      /^Unexpected option or argument: ("(?!-).*")/,
      command === undefined ? "$1 is not a command" : "$&",
    )
    .replace(/^Expected an? `(\S+)`, but too few arguments\.$/m, "$1 is missing.")
    .replace(/(?<="(-\S+)"\.\n)Did you mean `\1`\?/, "It goes after the name of the command.");
  const own = command === undefined ? args.map(ownNameOf).find((name) => name !== undefined) : undefined;
  const hint = own === undefined || problem.includes(`\`${own}\``) ? "" : `\nHere it is called ${own}.`;
  const [, unknown = ""] = /^Unexpected option or argument: "(-[^"]*)"/.exec(problem) ?? [];
  const instead = insteadOf(command, unknown);
  const given = takesAllAnyway(command, unknown)
    ? `\nIt is not needed: ${command} takes everything below.`
    : instead === undefined
    ? ""
    : `\nHere it is given by ${instead}.`;
  return `${withoutGuesses(problem, hint + given)}${hint}${given}\n${seeHelp(command)}`;
}

/** Of what was guessed only what helps: nothing beside what is known, and no letter in place of another one. */
function withoutGuesses(problem: string, known: string): string {
  return problem.replace(
    /\nDid you mean (?:one of these\? )?((?:`[^`]*`[ ?]*)+)$/,
    (guess, names: string) => {
      const areLetters = names.split(" ").every((name) => /^`-.`\??$/.test(name));
      return known !== "" || areLetters ? "" : guess;
    },
  );
}

function seeHelp(command: string | undefined): string {
  return `See ${command === undefined ? "lade --help" : `lade ${command} --help`}.`;
}
