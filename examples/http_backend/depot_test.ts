import { conformance } from "@lade/testing/conformance";
import { serviceFaults } from "@lade/testing/service";
import { startDepot } from "./start_depot.ts";

conformance("a depot", () => startDepot({ context: {}, transport: {}, partSize: 1024 }), Deno.test);

serviceFaults("a depot", {
  start: startDepot,
  operations: {
    read: "GET objects",
    head: "HEAD objects",
    write: "PUT objects",
    begin: "POST uploads",
    writePart: "PUT parts",
    commit: "POST commits",
    drop: "DELETE uploads",
    list: "GET list",
    delete: "DELETE objects",
    deleteBatch: "POST deletions",
    copy: "PUT copies",
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
    "put() of three parts": { begin: 1, writePart: 3, commit: 1 },
    "createWriter()": { write: 1 },
    "createWriter() of three parts": { begin: 1, writePart: 3, commit: 1 },
    "createPartWriter() of three parts": { begin: 1, writePart: 3, commit: 1 },
    "list()": { list: 1 },
    "listWithDelimiter()": { list: 1 },
    "delete()": { delete: 1 },
    "deleteMany() of three objects": { deleteBatch: 1 },
    "copy()": { copy: 1 },
    "rename()": { copy: 1 },
  },
}, Deno.test);
