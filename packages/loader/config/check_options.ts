import { optionWords } from "@lade/core/backend";

/** Where a value comes from. */
export type ValueSource = "option" | "default" | "data set" | "state";

/** Takes what was given, or what there is otherwise, and notes down where it comes from. */
export type Take = <V>(path: string, given: V | undefined, otherwise: V, source?: ValueSource) => V;

/** Throws a `TypeError` unless `value` is a whole number from `least` up. */
export function whole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  const from = least === Number.MIN_SAFE_INTEGER ? "" : ` from ${least} up`;
  throw new TypeError(`Cannot load with ${name} ${optionWords(value)}: a whole number${from} is needed`);
}
