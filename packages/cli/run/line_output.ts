import { type CommandPlace, LineMessage } from "../messages/run_messages.ts";
import type { Message } from "../output/message.ts";
import { Output, type OutputConfig } from "../output/output.ts";

/** The output of one of many commands that print through one output, in whole lines. */
export class LineOutput extends Output {
  readonly #shared: Output;
  readonly #place: CommandPlace;
  #lineFailures = 0;

  /** Prints through `shared`, of which `config` is; failures and notes say where the command stands. */
  constructor(shared: Output, config: OutputConfig, place: CommandPlace) {
    super(config);
    this.#shared = shared;
    this.#place = place;
  }

  /** Failures of this command. */
  override get failures(): number {
    return this.#lineFailures;
  }

  /** Prints what the user asked for. */
  override result(message: Message): Promise<void> {
    return this.#shared.result(new LineMessage(message, this.#place, false));
  }

  /** Prints a note with the line it is about. */
  override note(message: Message): Promise<void> {
    return this.#shared.note(new LineMessage(message, this.#place, true));
  }

  /** Prints how to go on with the line it is about. */
  override advice(message: Message): Promise<void> {
    return this.#shared.advice(new LineMessage(message, this.#place, true));
  }

  /** Prints a failure with the line it is about. */
  override fail(message: Message): Promise<void> {
    this.#lineFailures++;
    return this.#shared.fail(new LineMessage(message, this.#place, true));
  }

  /** What prints bytes is refused before. */
  override bytes(): Promise<void> {
    return Promise.reject(new TypeError("Cannot print bytes: lines of other commands would mix with them"));
  }

  /** Many commands share the line at the bottom: none has it. */
  override status(): void {}
}
