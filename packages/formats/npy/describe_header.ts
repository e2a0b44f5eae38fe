import type { ArrayDescription } from "../registry/format.ts";
import type { NpyHeader } from "./npy_header.ts";
import { isNumeric } from "./npy_type.ts";

/** What a command says of an array by its header. */
export function describeHeader(name: string, header: NpyHeader): ArrayDescription {
  const { type, descr, shape, order, dataLength: bytes } = header;
  return { name, dtype: isNumeric(type) ? type.dtype : descr, shape, bytes, order };
}
