import { serviceFaults, type ServiceSetup } from "@lade/testing/service";
import { AZURITE } from "./azurite.ts";
import { startFaultyAzurite } from "./faulty_azurite.ts";
import { because } from "./s3_case_groups.ts";
import { whereInstalled } from "./where_installed.ts";

const MISSING = "Azurite answers 412 where a condition on the etag meets no blob";

/** Cases of what the store does not do yet. */
const pending = because("the store does not do it yet", [
  "get() takes no answer of somebody else for the service's, at an endpoint not known yet",
  "getRange() takes no answer of somebody else for the service's, at an endpoint not known yet",
  "head() takes no answer of somebody else for the service's, at an endpoint not known yet",
  "copy() makes the requests that are declared, and no more",
  "rename() makes the requests that are declared, and no more",
]);

whereInstalled(AZURITE, (server) => {
  const setup: ServiceSetup = {
    start: (options) => startFaultyAzurite(server(), options),
    lastingCredentials: true,
    operations: {
      read: "Get Blob",
      head: "Get Blob Properties",
      write: "Put Blob",
      writePart: "Put Block",
      commit: "Put Block List",
      list: "List Blobs",
      delete: "Delete Blob",
    },
    requests: {
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
      "deleteMany() of three objects": { delete: 3 },
      "copy()": {},
      "rename()": {},
    },
    skip: {
      "getBytes() tells an object that vanishes while it is read": MISSING,
      ...pending,
    },
  };
  serviceFaults("AzureStore on Azurite", setup, Deno.test);
});
