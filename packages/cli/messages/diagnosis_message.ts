import { redactSecrets } from "@lade/core/text";
import type { Style } from "../output/style.ts";
import type { Json, Message } from "../output/message.ts";

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
