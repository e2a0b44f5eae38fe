import type { S3Credentials } from "@lade/s3";
import { serviceFaults, type ServiceSetup, type StartOptions } from "@lade/testing/service";
import { type FakeCredential, startFakeS3 } from "../fakes/s3/mod.ts";
import { openBucket } from "./open_fake.ts";

/** Starts a fake with the bucket `bucket`, whose store signs in with sessions that the fake knows. */
async function start({ context, transport, partSize }: StartOptions) {
  const fake = await startFakeS3({ buckets: ["bucket"], minPartSize: 1 });
  const sessions: FakeCredential[] = [];
  const credentials = (): Promise<S3Credentials> => {
    const name = `SESSION${sessions.length + 1}`;
    const secretAccessKey = "secret";
    const session: FakeCredential = { secretAccessKey, sessionToken: name };
    fake.credentials.set(name, session);
    sessions.push(session);
    return Promise.resolve({ accessKeyId: name, secretAccessKey, sessionToken: name });
  };
  const store = await openBucket(fake, {
    config: { credentials, multipart: { partSize } },
    context,
    transport,
  });
  return {
    store,
    server: fake,
    container: {
      put: (key: string, bytes: Uint8Array) => void fake.putObject("bucket", key, bytes),
      bytes: (key: string) => fake.bytes("bucket", key),
      remove: (key: string) => fake.removeObject("bucket", key),
      keys: () => fake.objects("bucket").map(({ key }) => key),
      unfinished: () => fake.uploads("bucket").length,
    },
    credentials: {
      get issued(): number {
        return sessions.length;
      },
      expire: () => {
        for (const session of sessions) session.expiresAt = 0;
      },
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

const BARE = ["200 and nothing", "204", "the etag of another object"] as const;

const setup: ServiceSetup = {
  start,
  operations: {
    read: "GetObject",
    head: "HeadObject",
    write: "PutObject",
    begin: "CreateMultipartUpload",
    writePart: "UploadPart",
    commit: "CompleteMultipartUpload",
    drop: "AbortMultipartUpload",
    list: "ListObjectsV2",
    delete: "DeleteObject",
    deleteBatch: "DeleteObjects",
    copy: "CopyObject",
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
    "copy()": { head: 1, copy: 1 },
    // Whether the service holds the condition of its deletion is asked once per endpoint.
    "rename()": { head: 2, copy: 1, delete: 2 },
  },
  believed: {
    read: ["the etag of another object"],
    head: ["the etag of another object", "a page with 404"],
    write: ["the etag of another object"],
    delete: BARE,
    drop: BARE,
  },
};

serviceFaults("S3Store", setup, Deno.test);
