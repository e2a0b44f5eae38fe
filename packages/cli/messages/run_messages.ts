import { printable } from "@lade/core/text";
import { formatDuration } from "../output/format_duration.ts";
import type { Json, Message } from "../output/message.ts";
import type { Style } from "../output/style.ts";

/** Which line of a file of commands something is about. */
export interface CommandPlace {
  /** The file, as it was given. */
  readonly file: string;
  /** The line, from 1 on. */
  readonly line: number;
}

/** A message of a command that stands in a file. */
export class LineMessage implements Message {
  readonly #message: Message;
  readonly #place: CommandPlace;
  readonly #isNamed: boolean;

  /** Says which line `message` is of: `isNamed` for people too. */
  constructor(message: Message, place: CommandPlace, isNamed: boolean) {
    this.#message = message;
    this.#place = place;
    this.#isNamed = isNamed;
  }

  /** The message, behind the file and the line in place of the program's name. */
  toText(style: Style): string {
    const text = this.#message.toText(style);
    if (!this.#isNamed) return text;
    const { file, line } = this.#place;
    const place = `${printable(file)}:${line}:`;
    for (const name of [style.alarm("lade:"), "lade:"]) {
      if (text.startsWith(name)) return style.alarm(place) + text.slice(name.length);
    }
    return `${place} ${text}`;
  }

  /** The message with the line. */
  toJson(): Json {
    const value = this.#message.toJson();
    const { line } = this.#place;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value, line } : value;
  }
}

/** What became of the commands of a file. */
export interface RunCounts {
  /** Commands that did all they had to do. */
  readonly done: number;
  /** Commands that did not. */
  readonly failed: number;
  /** Commands that were not begun, or that were ended with the whole. */
  readonly skipped: number;
  /** How long it took, in milliseconds. */
  readonly elapsedMs: number;
}

/** The last line of `lade run`. */
export class RunSummaryMessage implements Message {
  readonly #counts: RunCounts;

  /** Shows `counts`. */
  constructor(counts: RunCounts) {
    this.#counts = counts;
  }

  /** Counts and time in one sentence. */
  toText(): string {
    const { done, failed, skipped, elapsedMs } = this.#counts;
    const parts = [
      `${done} ${done === 1 ? "command" : "commands"}`,
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(skipped > 0 ? [`${skipped} not begun or ended`] : []),
    ];
    return `lade: run did ${parts.join(", ")} in ${formatDuration(elapsedMs)}`;
  }

  /** The same. */
  toJson(): Json {
    return { type: "commands", ...this.#counts, elapsedMs: Math.round(this.#counts.elapsedMs) };
  }
}
