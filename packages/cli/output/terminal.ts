import type { ByteSource } from "@lade/transfer";

export type { ByteSource } from "@lade/transfer";

/** A stream of bytes that the program writes to. */
export interface ByteSink {
  /** Writes some of `bytes` and resolves with their number. */
  write(bytes: Uint8Array): Promise<number>;
  /** Whether a person reads it on a terminal. */
  isTerminal(): boolean;
}

/** The world of a command: its streams and its surroundings. A test passes its own. */
export interface Terminal {
  /** What `-` reads. */
  readonly stdin: ByteSource;
  /** Where results go. */
  readonly stdout: ByteSink;
  /** Where progress, notes and errors go. */
  readonly stderr: ByteSink;
  /** Whether the user asked for text without colours. */
  readonly noColor: boolean;
  /** An environment variable; `undefined` also where the process may not read it. */
  env(name: string): string | undefined;
  /** Characters in one line of the terminal; `undefined` where there is none. */
  columns(): number | undefined;
}
