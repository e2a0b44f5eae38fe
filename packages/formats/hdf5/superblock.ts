const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** What the superblock of an HDF5 file says. See "Format Signature and Superblock" of the format's description. */
export interface Superblock {
  /** Bytes of a length in the file. */
  readonly lengthWidth: number;
  /** Where the file ends. */
  readonly end: number;
}

/** Finds the superblock, behind what the user put before it; nothing where it is none that can be. */
export function superblockOf(file: Uint8Array): Superblock | undefined {
  for (let at = 0; at + SIGNATURE.length < file.length; at = at === 0 ? 512 : at * 2) {
    if (!SIGNATURE.every((byte, index) => file[at + index] === byte)) continue;
    const version = file[at + 8] ?? 0;
    const [widthsAt, basesAt] = version < 2 ? [at + 13, at + 24 + 4 * version] : [at + 9, at + 12];
    const [width = 0, lengthWidth = 0] = file.subarray(widthsAt);
    const endAt = basesAt + 2 * width;
    if (![width, lengthWidth].every(isWidth) || endAt + width > file.length) return undefined;
    const view = new DataView(file.buffer, file.byteOffset, file.length);
    // Addresses count from the base, which moves with what is put before the superblock later.
    const end = at - lengthAt(view, basesAt, width) + lengthAt(view, endAt, width);
    return { lengthWidth, end };
  }
  return undefined;
}

/** A length or an address of the file, of 2, 4 or 8 bytes. */
export function lengthAt(view: DataView, at: number, width: number): number {
  if (width === 2) return view.getUint16(at, true);
  return width === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}

function isWidth(width: number): boolean {
  return width === 2 || width === 4 || width === 8;
}
