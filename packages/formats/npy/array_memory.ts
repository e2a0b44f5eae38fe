import { QuotaExceededError } from "@lade/core/errors";
import { layoutOf, type NumericArray } from "../array/dtype.ts";
import { isNumeric, type NpyArray, type NpyType } from "./npy_type.ts";

/** The bytes of memory for elements: those of `into`, which has to fit, or fresh ones. */
export function bytesOver(
  { type, length, into, uri }: { type: NpyType; length: number; into: NumericArray | undefined; uri: string },
): Uint8Array {
  if (!into) return allocate(length, uri);
  if (into.byteLength !== length) {
    throw new RangeError(
      `Cannot read npy ${JSON.stringify(uri)} into ${into.byteLength} bytes: it takes exactly ${length}`,
    );
  }
  const alignment = alignmentOf(type);
  if (into.byteOffset % alignment !== 0) {
    throw new RangeError(
      `Cannot read npy ${
        JSON.stringify(uri)
      } into memory from byte ${into.byteOffset} on: a multiple of ${alignment} is needed`,
    );
  }
  return new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
}

/** Where in memory elements may begin: at multiples of this. */
export function alignmentOf(type: NpyType): number {
  return viewOf(type, new ArrayBuffer(0), 0, 0).BYTES_PER_ELEMENT;
}

/** An array over memory that holds its elements; `into` itself is its data where its view is the one for them. */
export function arrayOver(
  type: NpyType,
  memory: Uint8Array,
  shape: readonly number[],
  order: "C" | "F",
  into?: NumericArray,
): NpyArray {
  const { buffer, byteOffset, byteLength } = memory;
  const view = viewOf(type, buffer, byteOffset, byteLength);
  return { ...type, shape, order, data: into && into.constructor === view.constructor ? into : view };
}

/** The view that elements of a type are seen by. */
export function viewOf(
  type: NpyType,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): NumericArray {
  if (isNumeric(type)) return layoutOf(type.dtype).view(buffer, byteOffset, length);
  return "unit" in type
    ? new BigInt64Array(buffer, byteOffset, length / 8)
    : new Uint8Array(buffer, byteOffset, length);
}

function allocate(length: number, uri: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    const detail = `its ${length} bytes are more memory than there is`;
    throw new QuotaExceededError({ operation: "read npy", uri, detail, advice: "read it by rows", cause });
  }
}
