const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const COLLECTION = [0x47, 0x43, 0x4f, 0x4c, 1];
const SIZE_AT = 8;

/**
 * What is wrong with the collections in which an HDF5 file keeps values of variable length, or nothing. The library goes on
 * for ever where the objects of one do not follow one another to its end. See "Global Heap" of the format's description.
 */
export function globalHeapFault(file: Uint8Array): string | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const width = lengthWidth(file);
  if (width === undefined) return "the size of its lengths is not told";
  const header = align(SIZE_AT + width);
  for (let at = file.indexOf(0x47); at >= 0; at = file.indexOf(0x47, at + 1)) {
    if (!COLLECTION.every((byte, index) => file[at + index] === byte)) continue;
    if (at + header > file.length) return `the collection at byte ${at} is cut`;
    const end = at + lengthAt(view, at + SIZE_AT, width);
    if (end > file.length) return `the collection at byte ${at} passes the end of the file`;
    for (let object = at + header; object + header <= end;) {
      const size = lengthAt(view, object + SIZE_AT, width);
      // What is free comes last, and takes the rest.
      const isFree = view.getUint16(object, true) === 0;
      const next = isFree ? object + size : object + header + align(size);
      if (isFree ? next !== end : next > end) {
        return `the object at byte ${object} does not fit the collection at byte ${at}`;
      }
      object = next;
    }
  }
  return undefined;
}

/** Bytes of a length in this file, as its superblock says. */
function lengthWidth(file: Uint8Array): number | undefined {
  for (let at = 0; at + SIGNATURE.length < file.length; at = at === 0 ? 512 : at * 2) {
    if (!SIGNATURE.every((byte, index) => file[at + index] === byte)) continue;
    const width = file[at + ((file[at + 8] ?? 0) < 2 ? 14 : 10)];
    return width === 2 || width === 4 || width === 8 ? width : undefined;
  }
  return undefined;
}

function lengthAt(view: DataView, at: number, width: number): number {
  if (width === 2) return view.getUint16(at, true);
  return width === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}

function align(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
