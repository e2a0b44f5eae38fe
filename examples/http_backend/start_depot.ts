import { createStoreContext } from "@lade/core";
import type { StartedService, StartOptions } from "@lade/testing/service";
import { openDepot } from "./depot_store.ts";
import { FakeDepot } from "./fake_depot.ts";

/** Starts a depot and opens it, for the suites. */
export async function startDepot({ context, transport, partSize }: StartOptions): Promise<StartedService> {
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
