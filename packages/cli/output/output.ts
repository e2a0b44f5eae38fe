import { errorWords, system } from "@lade/core/system";
import { printableJson } from "@lade/core/text";
import type { Message } from "./message.ts";
import { printableShown } from "./printable_shown.ts";
import { ClosedOutputError, OutputError } from "./output_error.ts";
import { createStyle, type Style } from "./style.ts";
import type { Terminal } from "./terminal.ts";
import { writeAll } from "./write_all.ts";

/** How a command's output looks and behaves. */
export interface OutputConfig {
  /** The streams. */
  readonly terminal: Terminal;
  /** Every line is one JSON value. */
  readonly json: boolean;
  /** Only what was asked for and failures are printed. */
  readonly quiet: boolean;
  /** Ends waiting for a reader that does not read. */
  readonly signal: AbortSignal;
  /** Called once when the reader of standard output has gone. */
  readonly onClosed: () => void;
}

const ENOUGH = 2 ** 16;
const ERASE_LINE = "\r\x1b[K";
const encoder = new TextEncoder();

/**
 * Prints messages: results to standard output; notes, failures and the status line to standard error. Lines are
 * written in batches, in order, and never in the middle of the status line.
 */
export class Output {
  /** Whether standard output carries the bytes of an object, so that no line may mix with them. */
  rawResults = false;
  /** Whether the answer of the command is no: then it exits as if something had failed, though nothing has. */
  isNegative = false;
  readonly #config: OutputConfig;
  readonly #resultStyle: Style;
  readonly #noteStyle: Style;
  #results = "";
  #notes = "";
  #status = "";
  #shownStatus = "";
  #failures = 0;
  #closed = false;
  #writeFailure: OutputError | undefined;
  #draining: Promise<void> | undefined;
  #scheduled = false;

  /** Prints to the streams of `config.terminal`. */
  constructor(config: OutputConfig) {
    this.#config = config;
    const { noColor, stdout, stderr } = config.terminal;
    this.#resultStyle = createStyle({ colors: !noColor && stdout.isTerminal() });
    this.#noteStyle = createStyle({ colors: !noColor && stderr.isTerminal() });
  }

  /** Failures printed so far. */
  get failures(): number {
    return this.#failures;
  }

  /** Prints what the user asked for. Await it: it waits for a slow reader. */
  async result(message: Message): Promise<void> {
    this.#throwIfUnwritable();
    if (this.#closed) return this.#config.signal.throwIfAborted();
    this.#results += this.#line(message, this.#resultStyle);
    await this.#written(this.#results.length);
  }

  /** Prints what was done, unless the user wants quiet or standard output carries an object. */
  async done(message: Message): Promise<void> {
    if (!this.#config.quiet && !this.rawResults) await this.result(message);
  }

  /** Prints a note to standard error, unless the user wants quiet. */
  async note(message: Message): Promise<void> {
    if (this.#config.quiet) return;
    this.#notes += this.#line(message, this.#noteStyle);
    await this.#written(this.#notes.length);
  }

  /** Prints to standard error how to go on after a failure: a part of it, also where the user wants quiet. */
  async advice(message: Message): Promise<void> {
    this.#notes += this.#line(message, this.#noteStyle);
    await this.#written(this.#notes.length);
  }

  /** Prints a failure to standard error and counts it. */
  async fail(message: Message): Promise<void> {
    this.#failures++;
    this.#notes += this.#line(message, this.#noteStyle);
    await this.#written(this.#notes.length);
  }

  /** Writes bytes of an object to standard output. */
  async bytes(chunk: Uint8Array): Promise<void> {
    await this.flush();
    if (this.#closed) throw new ClosedOutputError();
    try {
      await writeAll(this.#config.terminal.stdout, chunk, this.#config.signal);
    } catch (error) {
      this.#onWriteError(error);
      this.#throwIfUnwritable();
      throw error instanceof system.errors.BrokenPipe ? new ClosedOutputError() : error;
    }
  }

  /** Shows a line at the bottom of the terminal on standard error, in place of the one before; `""` removes it. */
  status(line: string): void {
    this.#status = printableShown(line);
    this.#schedule();
  }

  /** Waits until everything printed is written, and fails if it could not be. */
  async flush(): Promise<void> {
    await this.#drain();
    this.#throwIfUnwritable();
  }

  /** Removes the status line and writes the rest, as far as it can be written. */
  async close(): Promise<void> {
    this.#status = "";
    await this.#drain();
  }

  #line(message: Message, style: Style): string {
    return (this.#config.json ? printableJson(message.toJson()) : printableShown(message.toText(style))) +
      "\n";
  }

  async #written(waiting: number): Promise<void> {
    if (waiting >= ENOUGH) await this.#drain();
    else this.#schedule();
  }

  /** Drains when this turn of the event loop is over. (The first `setTimeout` of a process takes 5 ms of CPU.) */
  #schedule(): void {
    if (this.#scheduled || !this.#pending) return;
    this.#scheduled = true;
    AbortSignal.timeout(0).addEventListener("abort", () => {
      this.#scheduled = false;
      void this.#drain();
    });
  }

  /** Writes what is pending; what an earlier call has taken to be written is waited for too. */
  async #drain(): Promise<void> {
    while (this.#draining || this.#pending) {
      await (this.#draining ??= this.#writePending().finally(() => this.#draining = undefined));
    }
  }

  get #pending(): boolean {
    return this.#results !== "" || this.#notes !== "" || this.#status !== this.#shownStatus;
  }

  async #writePending(): Promise<void> {
    while (this.#pending) {
      // Taken together: a note that comes while results are written follows those that came before it.
      const notes = this.#notes;
      this.#notes = "";
      await this.#writeResults();
      if (notes === "" && this.#status === this.#shownStatus) continue;
      const erase = this.#shownStatus === "" ? "" : ERASE_LINE;
      const text = erase + notes + this.#status;
      this.#shownStatus = this.#status;
      await this.#writeNotes(text);
    }
  }

  async #writeResults(): Promise<void> {
    const results = this.#results;
    this.#results = "";
    if (this.#closed || results === "") return;
    const { stdout } = this.#config.terminal;
    if (this.#shownStatus !== "" && stdout.isTerminal()) {
      this.#shownStatus = "";
      await this.#writeNotes(ERASE_LINE);
    }
    try {
      await writeAll(stdout, encoder.encode(results), this.#config.signal);
    } catch (error) {
      this.#onWriteError(error);
    }
  }

  async #writeNotes(text: string): Promise<void> {
    try {
      await writeAll(this.#config.terminal.stderr, encoder.encode(text));
    } catch {
      // There is nowhere left to report that standard error cannot be written.
    }
  }

  #onWriteError(error: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    if (error instanceof system.errors.BrokenPipe) this.#config.onClosed();
    else if (!this.#config.signal.aborted) {
      this.#writeFailure = new OutputError(errorWords(error), error);
    }
  }

  #throwIfUnwritable(): void {
    if (this.#writeFailure) throw this.#writeFailure;
  }
}
