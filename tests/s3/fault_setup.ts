import type { S3Credentials, S3Surroundings } from "@lade/s3";
import type { ServiceSetup, StartOptions } from "@lade/testing/service";
import { type FakeCredential, startFakeS3 } from "../fakes/s3/mod.ts";
import { bare, openBucket } from "./open_fake.ts";

/** Starts a fake with the bucket `bucket`, whose store signs in with sessions that the fake knows. */
export async function startFaulty(
  { context, transport, partSize }: StartOptions,
  over?: S3Surroundings["transport"],
) {
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

/** What the fault suite is told of S3. */
export const FAULT_SETUP: ServiceSetup = {
  start: startFaulty,
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
