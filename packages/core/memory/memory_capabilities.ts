import type { Capabilities } from "../contract/capabilities.ts";
import type { ReadHints } from "../contract/read_hints.ts";

/** Reads up to 8 MiB are one piece. */
export const READ_HINTS: ReadHints = { firstChunkSize: 8 * 2 ** 20, chunkSize: 8 * 2 ** 20, alignment: 1 };

/** What a container can do. */
export function memoryCapabilities(versioning: boolean): Capabilities {
  return {
    attributes: true,
    expires: true,
    setAttributes: true,
    tags: true,
    modificationTime: false,
    storageClass: false,
    createOnly: true,
    compareAndSwap: true,
    conditionalDelete: true,
    conditionalCopy: true,
    versions: versioning,
    atomicRename: true,
    resumableWrites: true,
    presign: false,
  };
}
