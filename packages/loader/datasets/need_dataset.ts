import { optionWords } from "@lade/core/backend";

/** Throws a `TypeError` for what is no data set; the operation completes "Cannot …". */
export function needDataset(operation: string, given: unknown): void {
  if (typeof given === "object" && given !== null && "fingerprint" in given) return;
  throw new TypeError(`Cannot ${operation} ${optionWords(given)}: a data set is needed`);
}
