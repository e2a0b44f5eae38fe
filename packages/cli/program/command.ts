import type { Message } from "@optique/core/message";
import { commandLine, lineBreak, message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import type { Parser } from "@optique/core/parser";
import { command } from "@optique/core/primitives";
import type { UsageTerm } from "@optique/core/usage";
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
  /** How its arguments are written, such as `SRC… DEST`. */
  readonly usage: readonly UsageTerm[];
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
export function defineCommand<T>(config: CommandConfig<T>): Parser<"sync", Invocation, unknown> {
  const { name, brief, description, usage, examples, options, whenUnread, load } = config;
  const invocation = map(options, (values): Invocation => ({
    name,
    whenUnread,
    run: async (context) => (await load())(context, values),
  }));
  return command(name, invocation, {
    brief,
    description,
    usageLine: [
      { type: "command", name },
      { type: "optional", terms: [{ type: "argument", metavar: "OPTION" }, { type: "ellipsis" }] },
      ...usage,
    ],
    footer: exampleLines(examples),
  });
}

function exampleLines(examples: CommandConfig<unknown>["examples"]): Message {
  return examples.flatMap(([line, effect], index) => [
    ...(index === 0 ? message`Examples:` : []),
    lineBreak(),
    ...message`  ${commandLine(line)}`,
    lineBreak(),
    ...message`      ${{ type: "text", text: effect }}`,
  ]);
}
