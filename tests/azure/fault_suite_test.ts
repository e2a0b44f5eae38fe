import type { BearerToken } from "@lade/service/call";
import { createStoreContext } from "@lade/core";
import { serviceFaults, type ServiceSetup, type StartOptions } from "@lade/testing/service";
import { TokenCache } from "@lade/service/tokens";
import { startFakeAzure } from "../fakes/azure/mod.ts";
import { BLOB_OPERATIONS, BLOB_REQUESTS } from "./blob_requests.ts";
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
  // Whether there are directories is asked once for all renames.
  const traits = { hasDirectories: false };
  const store = openContainer(fake, {
    credential: { kind: "bearer", tokens },
    context,
    transport,
    config,
    traits,
  });
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

const setup: ServiceSetup = {
  start,
  operations: BLOB_OPERATIONS,
  requests: BLOB_REQUESTS,
};

serviceFaults("AzureStore", setup, Deno.test);
