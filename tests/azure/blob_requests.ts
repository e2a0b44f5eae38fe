import type { ServiceSetup } from "@lade/testing/service";
import type { Operation } from "../fakes/azure/mod.ts";

/** What the requests of a store are called in the service's reference. */
export const BLOB_OPERATIONS = {
  read: "GetBlob",
  head: "GetBlobProperties",
  write: "PutBlob",
  writePart: "PutBlock",
  commit: "PutBlockList",
  list: "ListBlobs",
  delete: "DeleteBlob",
  deleteBatch: "BlobBatch",
  copy: "PutBlobFromURL",
} as const satisfies Partial<Record<keyof ServiceSetup["operations"], Operation>>;

/** Calls that make more requests than the fewest. */
export const BLOB_REQUESTS: NonNullable<ServiceSetup["requests"]> = {
  "copy()": { head: 1, copy: 1 },
  "rename()": { head: 2, copy: 1, delete: 1 },
};
