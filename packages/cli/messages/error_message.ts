import type { StoreError } from "@lade/core";
import { printable, printableLines, redactSecrets } from "@lade/core/text";
import { UsageError } from "../command/usage_error.ts";
import type { Style } from "../output/style.ts";
import type { Json, Message } from "../output/message.ts";

/** A failure. */
export class ErrorMessage implements Message {
  readonly #error: unknown;
  readonly #verbosity: number;

  /** Shows `error`; from verbosity 1 on with what caused it, from 2 on with stack traces. */
  constructor(error: unknown, verbosity: number) {
    this.#error = error;
    this.#verbosity = verbosity;
  }

  /** The program's name and the message; causes on lines of their own. */
  toText(style: Style): string {
    const chain = causes(this.#error);
    const shown = this.#verbosity > 0 ? chain : chain.slice(0, 1);
    return shown.flatMap((error, depth) => {
      const head = depth === 0 ? style.alarm("lade:") : "  caused by:";
      return [`${head} ${textOf(error)}`, ...this.#stackOf(error)];
    }).join("\n");
  }

  /** The message, what a `StoreError` knows besides, and the causes. */
  toJson(): Json {
    const [error, ...rest] = causes(this.#error);
    const known = isStoreError(error)
      ? {
        code: error.code,
        operation: error.operation,
        uri: error.uri,
        retryable: error.retryable,
        ...(error.advice !== undefined && { advice: error.advice }),
      }
      : {};
    return {
      type: "error",
      ...known,
      message: messageOf(error),
      ...(rest.length > 0 && { causes: rest.map(messageOf) }),
      ...(this.#verbosity > 1 && error instanceof Error && { stack: redactSecrets(error.stack ?? "") }),
    };
  }

  #stackOf(error: unknown): string[] {
    if (this.#verbosity < 2 || !(error instanceof Error)) return [];
    return (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line)).map((line) =>
      printable(redactSecrets(line))
    );
  }
}

/** Recognized by its properties, so that a wrong command line need not load the library. */
function isStoreError(error: unknown): error is StoreError {
  return error instanceof Error && "code" in error && "operation" in error && "uri" in error;
}

/** Only what the program says itself has several lines. */
function textOf(error: unknown): string {
  const message = messageOf(error);
  return error instanceof UsageError ? printableLines(message).replaceAll("\n", "\n  ") : printable(message);
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return redactSecrets(String(error));
  return redactSecrets(error.message === "" ? error.name : error.message);
}

/** The error and what caused it, outermost first; a chain that bites its tail ends there. */
function causes(error: unknown): unknown[] {
  const chain = [error];
  for (let last = error; last instanceof Error;) {
    last = last.cause;
    if (last === undefined || last === null || chain.includes(last)) break;
    chain.push(last);
  }
  return chain;
}
