import type { FormatError } from "../errors/format_error.ts";

const HEADER = 16;

/**
 * Decompresses a Blosc buffer by its reference implementation as WebAssembly, which is loaded when it is first needed. What
 * its header tells is compared with the bytes there are, and with the `size` that is due, before memory is taken.
 */
export async function decodeBlosc(
  bytes: Uint8Array,
  most: number,
  size: number | undefined,
  fault: (detail: string) => FormatError,
): Promise<Uint8Array> {
  if (bytes.length < HEADER) throw fault(`its ${bytes.length} bytes are no Blosc buffer`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER);
  const [makes, block, takes] = [view.getUint32(4, true), view.getUint32(8, true), view.getUint32(12, true)];
  if (takes !== bytes.length) {
    throw fault(`its Blosc buffer claims to take ${takes} bytes of ${bytes.length}`);
  }
  if (makes > most || (size !== undefined && makes !== size) || block > Math.max(makes, HEADER)) {
    throw fault(`its Blosc buffer claims ${makes} bytes in blocks of ${block}, and ${size ?? most} are due`);
  }
  if (makes === 0) return new Uint8Array(0);
  const { default: Blosc } = await import("numcodecs/blosc");
  let content: Uint8Array;
  try {
    content = await Blosc.fromConfig({ id: "blosc" }).decode(bytes);
  } catch (cause) {
    throw fault(`it cannot be decompressed by Blosc: ${cause instanceof Error ? cause.message : cause}`);
  }
  if (content.length !== makes) {
    throw fault(`its Blosc buffer comes to ${content.length} bytes, and claims ${makes}`);
  }
  return content;
}
