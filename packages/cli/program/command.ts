import type { Message } from "@optique/core/message";
import { lineBreak, text } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import type { Parser } from "@optique/core/parser";
import { command } from "@optique/core/primitives";
import type { CommandContext } from "./command_context.ts";

/** Does what a command is for. A failure that leaves the rest undone is thrown, others go to `context.output`. */
export type RunCommand<T> = (context: CommandContext, options: T) => Promise<void>;

/** What makes a command. */
export interface CommandConfig<T> {
  /** The word on the command line. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly brief: Message;
  /** What a user must know besides. */
  readonly description: Message;
  /** How its arguments are written, such as `SRC... DEST`. */
  readonly usage: string;
  /** Command lines that show it at work, each with what it does. */
  readonly examples: readonly (readonly [commandLine: string, effect: string])[];
  /** Reads its options and arguments. */
  readonly options: Parser<"sync", T, unknown>;
  /**
   * What becomes of the command when nobody reads its output any more: one that only tells `"ends"`, one that changes
   * something `"goes on"`.
   */
  readonly whenUnread: "ends" | "goes on";
  /** Loads the code that runs it. */
  readonly load: () => Promise<RunCommand<T>>;
}

/** The value of a command's parser. */
export type CommandValue = {
  /** The command with its options. */
  readonly invocation: Invocation;
};

/** A command with its options, ready to run. */
export interface Invocation {
  /** The command's name. */
  readonly name: string;
  /** What becomes of it when nobody reads its output any more. */
  readonly whenUnread: "ends" | "goes on";
  /** Loads the command and runs it. */
  readonly run: (context: CommandContext) => Promise<void>;
}

/** Makes the parser of a command, whose value is the command ready to run. */
export function defineCommand<T>(config: CommandConfig<T>): Parser<"sync", CommandValue, unknown> {
  const { name, brief, description, usage, examples, options, whenUnread, load } = config;
  const invocation = map(options, (values): CommandValue => ({
    invocation: { name, whenUnread, run: async (context) => (await load())(context, values) },
  }));
  return command(name, invocation, {
    brief,
    description,
    usageLine: [{ type: "literal", value: `[OPTION...] ${usage}` }],
    footer: exampleLines(examples),
  });
}

/** Spaces at the start of a line are no-break spaces, because the formatter folds all others. */
function exampleLines(examples: CommandConfig<unknown>["examples"]): Message {
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
