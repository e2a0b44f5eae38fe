import { createStoreContext } from "@lade/core";
import { serviceFaults, type ServiceSetup, type StartOptions } from "@lade/testing/service";
import { startFakeGcs } from "../fakes/gcs/mod.ts";
import { GCS_OPERATIONS, GCS_REQUESTS } from "./gcs_requests.ts";
import { bearer, openBucket } from "./open_fake.ts";

/** Starts a fake with the bucket `bucket`, whose store signs in with tokens that the fake knows. */
async function start({ context: given, transport, partSize }: StartOptions, takesParts = true) {
  const fake = await startFakeGcs({ buckets: ["bucket"], minPartSize: 1, chunkUnit: 1 });
  const config = { partSize, threshold: partSize, chunkSize: partSize };
  // What is known of Google's own endpoint.
  const traits = { givesXml: true, takesParts, takesBatches: true };
  const context = createStoreContext(given);
  const credential = bearer(() => fake.issueToken(), context);
  const store = openBucket(fake, { credential, context, transport, config, isGoogle: true, traits });
  return {
    store,
    server: fake,
    container: {
      put: (key: string, bytes: Uint8Array) => void fake.putObject("bucket", key, bytes),
      bytes: (key: string) => fake.bytes("bucket", key),
      remove: (key: string) => fake.removeObject("bucket", key),
      keys: () => fake.objects("bucket").map(({ name }) => name),
      unfinished: () => fake.unfinished("bucket"),
    },
    credentials: {
      get issued(): number {
        return fake.issued.length;
      },
      expire: () => fake.tokens.revoke(),
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

const setup: ServiceSetup = {
  start,
  operations: GCS_OPERATIONS,
  requests: GCS_REQUESTS,
  busy: { status: 429 },
};

serviceFaults("GcsStore", setup, Deno.test);

// The last chunk ends the session.
const CHUNKS = { begin: 1, writePart: 2, commit: 1 };

serviceFaults("GcsStore by sessions", {
  ...setup,
  start: (options) => start(options, false),
  requests: {
    ...GCS_REQUESTS,
    "put() of three parts": CHUNKS,
    "createWriter() of three parts": CHUNKS,
    "createPartWriter() of three parts": CHUNKS,
  },
}, (name, run) => {
  if (/put\(\)|write|part|commit/i.test(name)) Deno.test(name, run);
});
