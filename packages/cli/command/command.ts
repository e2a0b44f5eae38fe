import type { OptionTable, ValuesOf } from "../syntax/option.ts";
import type { CommandContext, Invocation } from "./command_context.ts";

export type { Invocation } from "./command_context.ts";

/** Does what a command is for. A failure that leaves the rest undone is thrown, others go to `context.output`. */
export type RunCommand<T> = (context: CommandContext, options: T) => Promise<void>;

/** What makes a command. */
export interface CommandConfig<T extends OptionTable> {
  /** The word on the command line. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly brief: string;
  /** What a user must know besides. */
  readonly description: string;
  /** How its arguments are written, such as `SRC... DEST`. */
  readonly usage: string;
  /** Command lines that show it at work, each with what it does. */
  readonly examples: readonly (readonly [commandLine: string, effect: string])[];
  /** Its options and arguments. */
  readonly options: T;
  /**
   * What becomes of the command when nobody reads its output any more: one that only reads `"ends"`, one that changes
   * something `"goes on"`.
   */
  readonly whenUnread: "ends" | "goes on";
  /** Throws a `UsageError` for options that do not go together, as far as they show it. Runs before `run`. */
  readonly check?: (options: ValuesOf<T>) => void | Promise<void>;
  /** Runs it. What is large and not needed for its help is loaded here. */
  readonly run: RunCommand<ValuesOf<T>>;
}

/** A command, of whatever options. */
export interface Command extends Omit<CommandConfig<OptionTable>, "check" | "run"> {
  /** The command with what was given, ready to run. */
  invoke(values: Readonly<Record<string, unknown>>): Invocation;
}

/** Makes a command. */
export function defineCommand<T extends OptionTable>(config: CommandConfig<T>): Command {
  const { check, run, ...told } = config;
  const { name, whenUnread } = config;
  return {
    ...told,
    invoke: (options) => ({
      name,
      options,
      whenUnread,
      check: async () => await check?.(options as ValuesOf<T>),
      run: async (context) => {
        await check?.(options as ValuesOf<T>);
        await run(context, options as ValuesOf<T>);
      },
    }),
  };
}
