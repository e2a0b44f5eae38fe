import type { BearerToken } from "@lade/service/call";
import { createStoreContext } from "@lade/core";
import { serviceFaults, type ServiceSetup, type StartOptions } from "@lade/testing/service";
import { TokenCache } from "@lade/service/tokens";
import { startFakeAzure } from "../fakes/azure/mod.ts";
import { openContainer } from "./open_fake.ts";

/** Starts a fake with the container `container`, whose store signs in with tokens that the fake knows. */
async function start({ context: given, transport, partSize }: StartOptions) {
  const fake = await startFakeAzure({ containers: ["container"] });
  const context = createStoreContext(given);
  const load = () => {
    const token = fake.issueToken();
    return Promise.resolve({ value: { token, expiration: new Date(8.64e15) }, source: "the fake" });
  };
  const isSame = (one: BearerToken, other: BearerToken) => one.token === other.token;
  const tokens = new TokenCache<BearerToken>({ load, renewable: true }, context.clock, isSame);
  const config = { blockSize: partSize };
  const store = openContainer(fake, { credential: { kind: "bearer", tokens }, context, transport, config });
  return {
    store,
    server: fake,
    container: {
      put: (key: string, bytes: Uint8Array) => void fake.putBlob("container", key, bytes),
      bytes: (key: string) => fake.bytes("container", key),
      remove: (key: string) => fake.removeBlob("container", key),
      keys: () => fake.blobs("container").map(({ key }) => key),
      // Nothing begins a write, and nothing removes what the service drops by itself.
      unfinished: () => 0,
    },
    credentials: {
      get issued(): number {
        return fake.issued.length;
      },
      expire: () => {
        for (const token of fake.issued) token.expiresAt = 0;
      },
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

const PENDING: readonly string[] = [
  "a large put() outlives a restart of a minute that begins at request 5",
  "createWriter() outlives a restart of a minute that begins at request 5",
  "a service may take two minutes to answer a commit, which is answered when all is done",
  "small calls of a silent service are given up after about a minute",
];

const setup: ServiceSetup = {
  start,
  skip: Object.fromEntries(PENDING.map((name) => [name, "the store does not do it yet"])),
  operations: {
    read: "GetBlob",
    head: "GetBlobProperties",
    write: "PutBlob",
    writePart: "PutBlock",
    commit: "PutBlockList",
    list: "ListBlobs",
    delete: "DeleteBlob",
    deleteBatch: "BlobBatch",
    copy: "PutBlobFromURL",
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
    "deleteMany() of three objects": { deleteBatch: 1 },
    "copy()": { head: 1, copy: 1 },
    "rename()": { head: 2, copy: 1, delete: 1 },
  },
};

serviceFaults("AzureStore", setup, Deno.test);
