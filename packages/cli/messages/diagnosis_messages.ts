import type { Check, StoreError } from "@lade/core";
import { printable, redactSecrets } from "@lade/core/text";
import { wrapText } from "../output/wrap_text.ts";
import type { Style } from "../output/style.ts";
import type { Json, Message } from "../output/message.ts";

const MARKS = { ok: "ok", warning: "note", failed: "FIX", skipped: "-" } as const;
const MARK_COLUMNS = 5;
const NAME_COLUMNS = 13;

/** One check of a diagnosis. */
export class CheckMessage implements Message {
  readonly #check: Check;
  readonly #columns: number;
  readonly #verbosity: number;

  /** Shows `check` in lines of so many columns; from verbosity 1 on with what an error was caused by. */
  constructor(check: Check, format: { readonly columns: number; readonly verbosity: number }) {
    const { advice, detail } = check;
    this.#check = {
      ...check,
      detail: redactSecrets(detail),
      ...(advice !== undefined && { advice: redactSecrets(advice) }),
    };
    this.#columns = format.columns;
    this.#verbosity = format.verbosity;
  }

  /** Outcome, name and finding in columns; what to do on lines of its own. */
  toText(style: Style): string {
    const { advice, detail, name, outcome } = this.#check;
    const mark = MARKS[outcome].padEnd(MARK_COLUMNS);
    const shown = outcome === "failed" ? style.alarm(mark) : outcome === "ok" ? mark : style.dim(mark);
    const indent = MARK_COLUMNS + NAME_COLUMNS;
    const found = wrapText(printable(detail), this.#columns - indent);
    const causes = this.#verbosity > 0 ? this.#causes().map((cause) => `caused by: ${printable(cause)}`) : [];
    const more = [...advice === undefined ? [] : [`-> ${printable(advice)}`], ...causes].flatMap((text) =>
      wrapText(text, this.#columns - indent - 3).map((line, at) => at === 0 ? line : `   ${line}`)
    );
    const [first = "", ...rest] = [...found, ...more];
    const left = " ".repeat(indent);
    return [`${shown}${printable(name).padEnd(NAME_COLUMNS)}${first}`, ...rest.map((line) => left + line)]
      .join("\n");
  }

  /** All of it; the error by its code. */
  toJson(): Json {
    const { advice, detail, error, facts, name, outcome } = this.#check;
    const causes = this.#causes();
    return {
      type: "check",
      name,
      outcome,
      detail,
      advice,
      ...(facts && { facts: { ...facts } }),
      ...(error && { code: isStoreError(error) ? error.code : error.name }),
      ...(causes.length > 0 && { causes }),
    };
  }

  #causes(): string[] {
    const causes: string[] = [];
    for (
      let error = this.#check.error?.cause;
      error instanceof Error && causes.length < 8;
      error = error.cause
    ) {
      causes.push(redactSecrets(error.message));
    }
    return causes;
  }
}

function isStoreError(error: Error): error is StoreError {
  return "code" in error && "operation" in error;
}

/** What the checks of a diagnosis come to. */
export interface DiagnosisSummary {
  /** What was examined. */
  readonly uri: string;
  /** Checks that came out well. */
  readonly ok: number;
  /** Checks that work and are worth a change. */
  readonly warning: number;
  /** Checks that failed. */
  readonly failed: number;
  /** Checks that were not made. */
  readonly skipped: number;
}

/** The last line of a diagnosis. */
export class DiagnosisMessage implements Message {
  readonly #summary: DiagnosisSummary;

  /** Shows `summary`. */
  constructor(summary: DiagnosisSummary) {
    this.#summary = { ...summary, uri: redactSecrets(summary.uri) };
  }

  /** Whether there is anything to do. */
  toText(style: Style): string {
    const { failed, warning } = this.#summary;
    const noted = warning === 0 ? "" : `, ${warning} worth a look`;
    if (failed === 0) return `lade: all is well${noted}`;
    return `${style.alarm("lade:")} ${failed} to fix${noted}`;
  }

  /** The counts. */
  toJson(): Json {
    return { type: "diagnosis", healthy: this.#summary.failed === 0, ...this.#summary };
  }
}
