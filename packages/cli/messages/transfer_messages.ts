import { formatSize, printable, redactSecrets } from "@lade/core/text";
import type { Style } from "../output/style.ts";
import type { Json, Message } from "../output/message.ts";
import { formatDuration } from "../output/format_duration.ts";
import { conversionJson, conversionText, type ConversionTotal } from "./conversion_message.ts";
import { quoteWord } from "../syntax/split_words.ts";
import type { Verification } from "@lade/transfer";
import type { TransferLimit } from "@lade/transfer/limits";
import { limitJson } from "./limit_message.ts";

/** Something that a command did, or with `--dry-run` would do. */
export interface Operation {
  /** The command. */
  readonly operation: string;
  /** What it was done from, if anything; `-` is standard input. */
  readonly source?: string;
  /** What it was done to; `-` is standard output. */
  readonly destination: string;
  /** The one version that was taken or removed. */
  readonly version?: string;
  /** Bytes of the object, where they are known. */
  readonly size?: number;
  /** What compressing or decompressing made of its bytes. */
  readonly conversion?: Json;
  /** Nothing was done. */
  readonly dryRun: boolean;
}

/** One thing done to one object or container, in the form of the command that does it. */
export class OperationMessage implements Message {
  readonly #operation: Operation;

  /** Shows `operation`. */
  constructor(operation: Operation) {
    this.#operation = operation;
  }

  /** The command and its arguments, without what is secret in them; a command line of its own. */
  toText(style: Style): string {
    const { operation, source, destination, version, dryRun } = this.#operation;
    const words = [operation, ...(source === undefined ? [] : [source]), destination];
    return (dryRun ? style.dim("(dry run) ") : "") +
      words.map((word) => quoteWord(redactSecrets(word))).join(" ") +
      (version === undefined ? "" : ` (version ${printable(version)})`);
  }

  /** The same, with the size; names are exact, so that programs can use them. */
  toJson(): Json {
    return { type: "operation", ...this.#operation };
  }
}

/** Something that a command left as it was, on purpose. */
export class SkipMessage implements Message {
  readonly #uri: string;
  readonly #reason: string;

  /** Says why what is at `uri` was left alone. */
  constructor(uri: string, reason: string) {
    this.#uri = redactSecrets(uri);
    this.#reason = redactSecrets(reason);
  }

  /** The URI and why. */
  toText(style: Style): string {
    return style.dim(`skipped ${printable(this.#uri)}: ${printable(this.#reason)}`);
  }

  /** The same. */
  toJson(): Json {
    return { type: "skipped", uri: this.#uri, reason: this.#reason };
  }
}

/** Something that copies of objects lack. */
export interface DroppedKind {
  /** The command. */
  readonly operation: string;
  /** What they lack: the name of an attribute. */
  readonly name: string;
  /** Why. */
  readonly reason: string;
  /** How many objects. */
  readonly objects: number;
  /** The first of them. */
  readonly example: string;
}

/** Reports once what the copies of some objects lack. */
export class DroppedMessage implements Message {
  readonly #kind: DroppedKind;

  /** Reports `kind`. */
  constructor(kind: DroppedKind) {
    this.#kind = { ...kind, example: redactSecrets(kind.example), reason: redactSecrets(kind.reason) };
  }

  /** What is missing, of how many objects, and why. */
  toText(): string {
    const { operation, name, reason, objects, example } = this.#kind;
    const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    const whose = objects === 1
      ? printable(example)
      : `${objects} objects, the first of them ${printable(example)}`;
    return `lade: ${operation} did not keep the ${words} of ${whose}: ${printable(reason)}`;
  }

  /** The same. */
  toJson(): Json {
    const { name, ...rest } = this.#kind;
    return { type: "dropped", attribute: name, ...rest };
  }
}

/** What a command did to many objects. */
export interface Summary {
  /** The command. */
  readonly operation: string;
  /** Objects done. */
  readonly objects: number;
  /** Objects that failed. */
  readonly failed: number;
  /** Objects left alone on purpose. */
  readonly skipped: number;
  /** Objects that an earlier run of the same command has done; absent where there are none. */
  readonly before?: number | undefined;
  /** Objects that were the same already; absent where nothing is compared. */
  readonly unchanged?: number;
  /** Objects deleted; absent where nothing may be. */
  readonly deleted?: number;
  /** Objects that were planned and are not done, because the first failure ended the command; else absent. */
  readonly notDone?: number;
  /** Whether nothing else was to be planned; absent where everything was done. */
  readonly isPlanned?: boolean;
  /** Bytes of the objects done; absent where the command moves none. */
  readonly bytes?: number;
  /** What compressing or decompressing made of those of them for which it was done. */
  readonly conversion?: ConversionTotal;
  /** How long it took, in milliseconds. */
  readonly elapsedMs: number;
  /** Nothing was done. */
  readonly dryRun: boolean;
  /** The share that this process did, where that was not all. */
  readonly shard?: { readonly number: number; readonly count: number };
  /** What limited it; absent where nobody watched. */
  readonly limit?: TransferLimit | undefined;
}

/** The last line of a command on many objects. */
export class SummaryMessage implements Message {
  readonly #summary: Summary;

  /** Shows `summary`. */
  constructor(summary: Summary) {
    this.#summary = summary;
  }

  /** Counts, time and rate in one sentence. */
  toText(): string {
    const {
      operation,
      objects,
      failed,
      skipped,
      notDone,
      isPlanned = true,
      bytes,
      elapsedMs,
      dryRun,
      shard,
    } = this.#summary;
    const { unchanged, deleted = 0, before, conversion } = this.#summary;
    const movesBytes = bytes !== undefined && bytes > 0;
    const parts = [
      `${objects} ${objects === 1 ? "object" : "objects"}`,
      ...(before === undefined ? [] : [`${before} done before`]),
      ...(unchanged === undefined ? [] : [`${unchanged} unchanged`]),
      ...(deleted > 0 ? [`${deleted} deleted`] : []),
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
      ...(notDone === undefined ? [] : [`${isPlanned ? "" : "at least "}${notDone} not begun or given up`]),
      ...(movesBytes ? [formatSize(bytes)] : []),
      ...(conversion ? [conversionText(conversion)] : []),
    ];
    const where = shard ? ` of shard ${shard.number} of ${shard.count}` : "";
    if (dryRun) return `lade: ${operation} would do ${parts.join(", ")}${where}`;
    const rate = movesBytes && elapsedMs > 0 ? `, ${formatSize(bytes / (elapsedMs / 1000))}/s` : "";
    return `lade: ${operation} did ${parts.join(", ")}${where} in ${formatDuration(elapsedMs)}${rate}`;
  }

  /** The same. */
  toJson(): Json {
    const { conversion, elapsedMs, limit, ...rest } = this.#summary;
    return {
      type: "summary",
      ...rest,
      ...(conversion && { conversion: conversionJson(conversion) }),
      elapsedMs: Math.round(elapsedMs),
      ...(limit && { limit: limitJson(limit) }),
    };
  }
}

/** How far the bytes of one object were checked. */
export class VerificationMessage implements Message {
  readonly #verification: Verification;

  /** Shows `verification`. */
  constructor(verification: Verification) {
    this.#verification = { ...verification, uri: redactSecrets(verification.uri) };
  }

  /** The object and its checksum, in a sentence. */
  toText(): string {
    const { action, checksum, uri, reason } = this.#verification;
    const found = action === "copied"
      ? "by the store itself"
      : !checksum
      ? action === "read"
        ? `no checksum compared${reason === undefined ? "" : `: ${printable(reason)}`}`
        : "no checksum confirmed"
      : `${printable(checksum.name)} ${printable(checksum.value)} ${
        action === "read" ? "compared" : "confirmed"
      }`;
    return `lade: ${action} ${printable(uri)}, ${found}`;
  }

  /** The same. */
  toJson(): Json {
    const { action, checksum, uri, reason } = this.#verification;
    return {
      type: "verification",
      action,
      uri,
      verified: checksum !== undefined,
      checksum: checksum?.name,
      value: checksum?.value,
      reason,
    };
  }
}
