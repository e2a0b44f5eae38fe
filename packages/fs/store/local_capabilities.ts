import type { Capabilities } from "@lade/core/backend";

/** What stores of local files can do. */
export const CAPABILITIES: Capabilities = {
  attributes: false,
  expires: false,
  setAttributes: false,
  tags: false,
  modificationTime: true,
  storageClass: false,
  createOnly: true,
  compareAndSwap: true,
  conditionalDelete: true,
  conditionalCopy: true,
  versions: false,
  atomicRename: true,
  resumableWrites: true,
  presign: false,
};
