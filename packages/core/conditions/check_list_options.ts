import type { ListOptions } from "../contract/types.ts";

/** Throws a `TypeError` for an order that is no word of the contract, and for a start that needs another one. */
export function checkListOptions(uri: string, { order = "key", startAfter = "" }: ListOptions): void {
  const fault = order !== "key" && order !== "any"
    ? `order is ${JSON.stringify(order)}, only "key" and "any" are possible`
    : order === "any" && startAfter !== ""
    ? 'startAfter needs the order "key"'
    : undefined;
  if (fault !== undefined) throw new TypeError(`Cannot list ${JSON.stringify(uri)}: ${fault}`);
}
