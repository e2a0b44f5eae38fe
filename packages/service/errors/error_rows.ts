import type { ErrorRow, FaultSign } from "./error_table.ts";

/**
 * Failures of one class: detail and advice, with a semicolon between them, by what they are known by: codes and statuses
 * (`NoSuchKey 404`), the last of them perhaps by what the service says of it (`ServerBusy: ingress`, or `*: ingress` with
 * any code); and whether the same call can succeed when it is made again, where that does not follow from the class.
 */
export type Failures = readonly [
  error: ErrorRow["error"],
  words: Readonly<Record<string, string>>,
  retryable?: boolean,
];

/** The rows of failures that are written class by class. */
export function errorRows(failures: readonly Failures[]): readonly ErrorRow[] {
  return failures.flatMap(([error, rows, retryable]) =>
    Object.entries(rows).map(([signs, words]): ErrorRow => {
      const [detail = "", ...advice] = words.split("; ");
      return {
        when: readSigns(signs),
        error,
        detail,
        ...(advice.length > 0 && { advice: advice.join("; ") }),
        ...(retryable !== undefined && { retryable }),
      };
    })
  );
}

function readSigns(text: string): readonly FaultSign[] {
  const [names = "", says] = text.split(": ");
  const signs = names.split(" ").map((name) => /^\d{3}$/.test(name) ? Number(name) : name);
  const last = says === undefined ? undefined : signs.pop();
  return last === undefined ? signs : [...signs, { code: String(last), says: new RegExp(says ?? "", "i") }];
}
