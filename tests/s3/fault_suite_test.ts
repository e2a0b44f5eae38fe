import type { S3Credentials, S3Surroundings } from "@lade/s3";
import { serviceFaults, type ServiceSetup, type StartOptions } from "@lade/testing/service";
import { type FakeCredential, startFakeS3 } from "../fakes/s3/mod.ts";
import { bare, openBucket } from "./open_fake.ts";
import { overLanes } from "./over_lanes.ts";

/** Starts a fake with the bucket `bucket`, whose store signs in with sessions that the fake knows. */
async function start({ context, transport, partSize }: StartOptions, over?: S3Surroundings["transport"]) {
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
    ...(over && { surroundings: { ...bare, transport: (given) => over({ ...given, ...transport }) } }),
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

// What is read piece by piece goes by no lane but here, where bytes show once all that were asked for are there.
const SHOWS_EACH_BYTE = /far slower than the others/;

serviceFaults(
  "S3Store over lanes",
  { ...setup, start: (options) => start(options, overLanes) },
  (name, run) => {
    if (!SHOWS_EACH_BYTE.test(name)) Deno.test(name, run);
  },
);
