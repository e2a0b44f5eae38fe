import type { Lade } from "@lade/lade";
import type { Output } from "../output/output.ts";
import type { Terminal } from "../output/terminal.ts";
import type { GlobalOptions } from "./global_options.ts";

/** What a command works with. */
export interface CommandContext {
  /** The command's name, for messages. */
  readonly name: string;
  /** Prints. */
  readonly output: Output;
  /** The streams and the environment. */
  readonly terminal: Terminal;
  /** The command line, without the program; empty where no line of its own would do the same. */
  readonly args: readonly string[];
  /** Ends the command. */
  readonly signal: AbortSignal;
  /** The options that every command takes. */
  readonly settings: GlobalOptions;
  /** The stores, by URI. The same each time; closed after the command. */
  lade(): Promise<Lade>;
  /** The manual page of a command, or of the whole program; a `UsageError` where there is no such command. */
  manual(command?: string): Promise<string>;
  /** Reads a command line, which is run in a context like this one. */
  readLine(args: readonly string[]): Promise<CommandLine>;
  /** Runs another command line in place of this one, whose exit code it gets. */
  rerun(args: readonly string[]): Promise<void>;
  /** Prints a failure that leaves the rest of the command to be done; throws what ends the command. */
  fail(error: unknown): Promise<void>;
}

/** A command with its options, ready to run. */
export interface Invocation {
  /** The command's name. */
  readonly name: string;
  /** Its options and arguments. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What becomes of it when nobody reads its output any more. */
  readonly whenUnread: "ends" | "goes on";
  /** Throws a `UsageError` for options that do not go together. */
  readonly check: () => Promise<void>;
  /** Runs it. */
  readonly run: (context: CommandContext) => Promise<void>;
}

/** What a command line asks for. */
export type CommandLine =
  | { readonly kind: "run"; readonly invocation: Invocation; readonly settings: GlobalOptions }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "mistake"; readonly problem: string };
