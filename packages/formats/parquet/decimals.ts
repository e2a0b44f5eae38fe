import type { SchemaElement } from "hyparquet";
import type { PageValues, TextValues } from "./leaf_sink.ts";

/** Decimals as a table has them, 16 bytes each, little-endian, of the stored ones: 32 or 64 bits, or bytes, big-endian. */
export function decimalsOf(
  stored: PageValues,
  { type }: SchemaElement,
  fail: (detail: string) => Error,
): Uint8Array {
  const { bytes } = stored;
  if ("offsets" in stored) return fromBigEndian(bytes, (stored as TextValues).offsets, fail);
  const rows = bytes.length / stored.width;
  if (type === "FIXED_LEN_BYTE_ARRAY") {
    const offsets = Int32Array.from({ length: rows + 1 }, (_, row) => row * stored.width);
    return fromBigEndian(bytes, offsets, fail);
  }
  const out = new Uint8Array(rows * 16);
  const { width } = stored;
  for (let row = 0; row < rows; row++) {
    for (let byte = 0; byte < width; byte++) out[row * 16 + byte] = bytes[row * width + byte] ?? 0;
    if ((bytes[row * width + width - 1] ?? 0) >= 128) out.fill(255, row * 16 + width, row * 16 + 16);
  }
  return out;
}

function fromBigEndian(
  bytes: Uint8Array,
  offsets: Int32Array,
  fail: (detail: string) => Error,
): Uint8Array {
  const rows = offsets.length - 1;
  const out = new Uint8Array(rows * 16);
  for (let row = 0; row < rows; row++) {
    const from = offsets[row] ?? 0;
    const to = offsets[row + 1] ?? 0;
    const sign = to > from && (bytes[from] ?? 0) >= 128 ? 255 : 0;
    if (sign) out.fill(255, row * 16, row * 16 + 16);
    for (let at = to - 1, byte = 0; at >= from; at--, byte++) {
      const value = bytes[at] ?? 0;
      if (byte < 16) out[row * 16 + byte] = value;
      else if (value !== sign) throw fail("has a decimal of more than 16 bytes");
    }
  }
  return out;
}
