import { conformance } from "@lade/testing/conformance";
import { serviceFaults, type StartedService, type StartOptions } from "@lade/testing/service";
import { createStoreContext } from "@lade/core";
import { openDepot } from "./depot_store.ts";
import { FakeDepot } from "./fake_depot.ts";

/** Starts a depot and opens it. */
async function start({ context, transport, partSize }: StartOptions): Promise<StartedService> {
  const server = await new FakeDepot().listen();
  const { objects, tokens, uploads } = server;
  const store = openDepot(server.url, "open sesame", {
    context: createStoreContext(context),
    transport,
    partSize,
  });
  return {
    store,
    server,
    container: {
      put: (key, bytes) => void server.put(key, bytes),
      bytes: (key) => objects.get(key)?.bytes,
      remove: (key) => void objects.delete(key),
      keys: () => [...objects.keys()],
      unfinished: () => [...uploads.values()].filter(({ made }) => !made).length,
    },
    credentials: {
      get issued(): number {
        return tokens.size;
      },
      expire: () => tokens.forEach((_, token) => tokens.set(token, 0)),
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

conformance("a depot", () => start({ context: {}, transport: {}, partSize: 1024 }), Deno.test);

serviceFaults("a depot", {
  start,
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
