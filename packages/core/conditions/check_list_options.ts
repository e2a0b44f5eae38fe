import { needText } from "./need_text.ts";
import type { ListOptions } from "../contract/types.ts";

/**
 * Throws a `TypeError` for an order that is no word of the contract, and for a start that needs another one; a `RangeError`
 * for a limit that is no number of entries.
 */
export function checkListOptions(
  uri: string,
  { order = "key", startAfter = "", limit = 1 }: ListOptions,
): void {
  needText(startAfter);
  const fault = order !== "key" && order !== "any"
    ? `order is ${JSON.stringify(order)}, only "key" and "any" are possible`
    : order === "any" && startAfter !== ""
    ? 'startAfter needs the order "key"'
    : undefined;
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new RangeError(
      `Cannot list ${JSON.stringify(uri)}: limit is ${limit}, it is a whole number from 1 up`,
    );
  }
  if (fault !== undefined) throw new TypeError(`Cannot list ${JSON.stringify(uri)}: ${fault}`);
}
