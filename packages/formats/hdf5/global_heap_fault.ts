import { lengthAt, superblockOf } from "./superblock.ts";

const COLLECTION = [0x47, 0x43, 0x4f, 0x4c, 1];
const SIZE_AT = 8;

/**
 * What is wrong with the collections in which an HDF5 file keeps values of variable length, or nothing. The library goes on
 * for ever where the objects of one do not follow one another to its end. See "Global Heap" of the format's description.
 */
export function globalHeapFault(file: Uint8Array): string | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const width = superblockOf(file)?.lengthWidth;
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

function align(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
