import type { DocPage, DocSection } from "@optique/core/doc";
import { formatMessage, type Message } from "@optique/core/message";
import { getDocPage } from "@optique/core/parser";
import { formatUsageTerm } from "@optique/core/usage";
import config from "../deno.json" with { type: "json" };
import { BRIEF, FOOTER, loadParser, USAGE } from "./parse_command_line.ts";
import { UsageError } from "../command/usage_error.ts";
import { COMMAND_NAMES, isCommandName } from "./commands.ts";

const EXIT_CODES: readonly (readonly [code: string, meaning: string])[] = [
  ["0", "Everything was done."],
  ["1", "Something failed; standard error says what. The rest was done."],
  ["2", "The command line is wrong. Nothing was done."],
  ["129, 130, 143", "Stopped by SIGHUP, SIGINT (Ctrl-C) or SIGTERM. Nothing is left half written."],
];

/**
 * Writes the manual page of a command, or of the whole program, in the man macros of roff that every `man` reads
 * (man(7)). It is made of the same descriptions as the help. A name that is no command's is a `UsageError`.
 */
export async function writeManPage(command?: string): Promise<string> {
  if (command !== undefined && !isCommandName(command)) {
    throw new UsageError(`${JSON.stringify(command)} is not a command.\nSee lade --help.`);
  }
  const page = getDocPage(await loadParser(command), command === undefined ? [] : [command]);
  if (!page) throw new TypeError(`Cannot write the manual page of ${command}: there is no such command`);
  const name = command === undefined ? "lade" : `lade-${command}`;
  const brief = plain(page.brief ?? BRIEF).replace(/\.$/, "");
  const synopsis = command === undefined
    ? USAGE
    : page.usage?.map((term) => formatUsageTerm(term)).join(" ") ?? "";
  const lines = [
    `.TH "${name.toUpperCase()}" "1" "" "lade ${config.version}" "User Commands"`,
    ".SH NAME",
    `${escape(name)} \\- ${escape(brief)}`,
    ".SH SYNOPSIS",
    `.B lade`,
    escape(synopsis),
    ".SH DESCRIPTION",
    ...paragraphs(page.description ?? FOOTER),
    ...page.sections.flatMap(sectionLines),
    ...(command === undefined ? [] : exampleLines(page)),
    ".SH EXIT STATUS",
    ...EXIT_CODES.flatMap(([code, meaning]) => [".TP", `.B ${escape(code)}`, escape(meaning)]),
    ".SH SEE ALSO",
    command === undefined
      ? COMMAND_NAMES.map((other) => `.BR lade\\-${other} (1)`).join(",\n")
      : ".BR lade (1)",
  ];
  return lines.join("\n");
}

function sectionLines({ title, entries }: DocSection): string[] {
  return [
    `.SH ${(title ?? "Commands").toUpperCase()}`,
    ...entries.flatMap(({ term, description }) => [
      ".TP",
      `.B ${escape(formatUsageTerm(term, { context: "doc", optionsSeparator: ", " }))}`,
      ...paragraphs(description ?? []),
    ]),
  ];
}

function exampleLines({ footer }: DocPage): string[] {
  const [title = "", ...rest] = plain(footer ?? []).split("\n");
  return [`.SH ${title.replace(":", "").toUpperCase()}`, ".nf", ...rest.map((line) => escape(line)), ".fi"];
}

function paragraphs(text: Message): string[] {
  return plain(text).split("\n").map((line) => escape(line));
}

function plain(text: Message): string {
  return formatMessage(text, { colors: false, quotes: false }).replaceAll("\u00a0", " ");
}

/** Hyphens stay hyphens, backslashes backslashes, and no line becomes a request. */
function escape(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^([.'])/, "\\&$1");
}
