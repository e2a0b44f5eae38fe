import { isUtf8 } from "node:buffer";
import type { TextValues } from "./leaf_sink.ts";

/** Whether all are UTF-8, and each begins with a letter's first byte. */
export function isText({ bytes, offsets }: TextValues): boolean {
  if (!isUtf8(bytes)) return false;
  for (let row = 1; row < offsets.length; row++) {
    if (((bytes[offsets[row] ?? 0] ?? 0) & 0xc0) === 0x80) return false;
  }
  return true;
}
