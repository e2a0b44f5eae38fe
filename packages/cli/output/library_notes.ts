import { system } from "@lade/core/system";

/** The methods of `console` that libraries print by. */
const METHODS = ["debug", "dir", "error", "info", "log", "table", "trace", "warn"] as const;

/** Takes a line that a library wanted to print. */
export type LibraryListener = (line: string) => void;

/**
 * Takes what libraries print by `console`, which would otherwise mix with the output of a command: with the bytes of an
 * object on standard output, with JSON lines on standard error. Without a listener it is dropped.
 */
export class LibraryNotes implements Disposable {
  /** Takes each line. */
  listener: LibraryListener | undefined;
  readonly #console: Console;
  readonly #before: Partial<Console>;

  /** Replaces the methods of `console` until it is disposed. */
  constructor(console: Console = globalThis.console) {
    this.#console = console;
    this.#before = Object.fromEntries(METHODS.map((name) => [name, console[name]]));
    const take = (...values: readonly unknown[]) =>
      this.listener?.(
        values.map((value) => typeof value === "string" ? value : system.inspect(value)).join(" "),
      );
    Object.assign(console, Object.fromEntries(METHODS.map((name) => [name, take])));
  }

  /** Puts them back. */
  [Symbol.dispose](): void {
    Object.assign(this.#console, this.#before);
  }
}
