import { bindChecksums } from "./bind_checksums.ts";

/** Bytes that checksums go over at a time where they copy them or take turns: less than a core's own cache holds. */
export const WINDOW = 2 ** 18;

/** Memory through which the bytes of others pass. */
export interface ChecksumWindow {
  readonly memory: WebAssembly.Memory;
  /** All of it; what a call leaves there means nothing to the next. */
  readonly bytes: Uint8Array;
}

let made: ChecksumWindow | undefined;

/** The memory to which all checksums copy what lies in none that is bound. */
export function checksumWindow(): ChecksumWindow {
  if (made) return made;
  const memory = new WebAssembly.Memory({ initial: WINDOW / 65_536 });
  bindChecksums(memory);
  return made = { memory, bytes: new Uint8Array(memory.buffer) };
}
