import { lineBreak, type Message, text } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import type { Parser } from "@optique/core/parser";
import { command as commandOf } from "@optique/core/primitives";
import { parserOf, plain } from "../syntax/parser_of.ts";
import type { Command, Invocation } from "../command/command.ts";

/** The value of a command's parser. */
export type CommandValue = {
  /** The command with its options. */
  readonly invocation: Invocation;
};

/** Makes the parser of a command, whose value is the command ready to run. */
export function commandParser(command: Command): Parser<"sync", CommandValue, unknown> {
  const { name, brief, description, usage, examples, options } = command;
  const value = map(parserOf(options, "Options"), (given) => ({ invocation: command.invoke(given) }));
  return commandOf(name, value, {
    brief: plain(brief),
    description: plain(description),
    usageLine: [{ type: "literal", value: `[OPTION...] ${usage}` }],
    footer: exampleLines(examples),
  });
}

/** Spaces at the start of a line are no-break spaces, because the formatter folds all others. */
function exampleLines(examples: Command["examples"]): Message {
  return [
    text("Examples:"),
    ...examples.flatMap(([line, effect]) => [
      lineBreak(),
      text(`\u00a0\u00a0${line}`),
      lineBreak(),
      text(`\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0${effect}`),
    ]),
  ];
}
