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
  /** Ends the command. */
  readonly signal: AbortSignal;
  /** The options that every command takes. */
  readonly settings: GlobalOptions;
  /** The stores, by URI. The same each time; closed after the command. */
  lade(): Promise<Lade>;
  /** The manual page of a command, or of the whole program; a `UsageError` where there is no such command. */
  manual(command?: string): Promise<string>;
  /** Prints a failure that leaves the rest of the command to be done; throws what ends the command. */
  fail(error: unknown): Promise<void>;
}
