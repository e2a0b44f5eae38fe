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

/** The requests that each call makes. */
export const BLOB_REQUESTS: ServiceSetup["requests"] = {
  "get()": { read: 1 },
  "getBytes()": { read: 1 },
  "getRange()": { read: 1 },
  "readInto()": { read: 1 },
  "stream()": { read: 1 },
  "readChunks()": { read: 1 },
  "copyObject() to another store": { read: 1 },
  "readInto() of five chunks": { read: 5 },
  "getMany() of 20 objects": { read: 20 },
  "head()": { head: 1 },
  "head() of a missing object": { head: 1 },
  "head() on a condition that does not hold": { head: 1 },
  "put()": { write: 1 },
  "put() of three parts": { writePart: 3, commit: 1 },
  "createWriter()": { write: 1 },
  "createWriter() of three parts": { writePart: 3, commit: 1 },
  "createPartWriter() of three parts": { writePart: 3, commit: 1 },
  "list()": { list: 1 },
  "listWithDelimiter()": { list: 1 },
  "delete()": { delete: 1 },
  "deleteMany() of three objects": { deleteBatch: 1 },
  "copy()": { head: 1, copy: 1 },
  "rename()": { head: 2, copy: 1, delete: 1 },
};
