import type { CommandContext } from "../command/command_context.ts";
import type { Message } from "../output/message.ts";

const ENOUGH = 2 ** 14;
const encoder = new TextEncoder();

/**
 * Prints lines that programs read: exactly as they are, where no person reads them on a terminal, and as messages else.
 */
export class LineWriter {
  readonly #context: CommandContext;
  readonly #end: string;
  readonly #isRaw: boolean;
  #waiting = "";

  /** Ends lines in a NUL with `zero`, else in a line feed. */
  constructor(context: CommandContext, zero: boolean) {
    this.#context = context;
    this.#end = zero ? "\0" : "\n";
    this.#isRaw = !context.settings.json && !context.terminal.stdout.isTerminal();
  }

  /** Prints a line, or `message` in its place. */
  async write(line: string, message: Message): Promise<void> {
    if (!this.#isRaw) return await this.#context.output.result(message);
    this.#waiting += line + this.#end;
    if (this.#waiting.length >= ENOUGH) await this.end();
  }

  /** Prints what waits. */
  async end(): Promise<void> {
    if (this.#waiting === "") return;
    const bytes = encoder.encode(this.#waiting);
    this.#waiting = "";
    await this.#context.output.bytes(bytes);
  }
}
