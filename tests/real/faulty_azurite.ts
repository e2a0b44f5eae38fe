import type { ContainerClient } from "@azure/storage-blob";
import { createStoreContext } from "@lade/core";
import * as fake from "@lade/testing/http";
import type { StartedService, StartOptions } from "@lade/testing/service";
import { decodeUri, parseQuery } from "../fakes/azure/auth/uri_encoding.ts";
import type { AzureRequest } from "../fakes/azure/mod.ts";
import { errorResponse, requestId } from "../fakes/azure/error_response.ts";
import { route } from "../fakes/azure/operations/route.ts";
import { type AzuriteServer, openNewContainer } from "./azurite.ts";

/** Stands before an Azurite and misbehaves; it speaks as the fake of the service does. */
export class FaultyAzurite extends fake.FaultyProxy<AzureRequest> {
  /** The container that requests are of. */
  container: ContainerClient | undefined;

  /** A proxy that listens once `listen()` was called. */
  constructor({ port }: AzuriteServer) {
    super({ targetPort: port });
  }

  protected override describe(record: fake.UnreadRequest, head: fake.RequestHead): AzureRequest {
    const [account = "", container = "", ...segments] = decodeUri(head.rawPath.slice(1)).split("/");
    const query = parseQuery(head.rawQuery);
    const read = { ...record, query: Object.fromEntries(query), account, container, key: segments.join("/") };
    return { ...read, operation: route({ ...read, query, headers: head.headers }) };
  }

  protected override refuse(fault: fake.ServiceFault, record?: AzureRequest): fake.WireResponse {
    const answer = errorResponse(fault, record, this.clock());
    return { ...answer, headers: { "x-ms-request-id": requestId(record), ...answer.headers } };
  }

  protected override async wholeObject({ key }: AzureRequest): Promise<Uint8Array> {
    return await bytesOf(this.container, key) ?? new Uint8Array(0);
  }
}

async function bytesOf(container: ContainerClient | undefined, key: string): Promise<Uint8Array | undefined> {
  const blob = container?.getBlobClient(key);
  return await blob?.exists() ? await blob?.downloadToBuffer() : undefined;
}

/** Starts a proxy before an Azurite, and opens a store of a new container behind it. */
export async function startFaultyAzurite(
  server: AzuriteServer,
  { context, transport, partSize }: StartOptions,
): Promise<StartedService> {
  const proxy = await new FaultyAzurite(server).listen();
  const { store, container } = await openNewContainer(server, {
    url: proxy.url,
    context: createStoreContext(context),
    transport,
    config: { blockSize: partSize },
  });
  proxy.container = container;
  return {
    store,
    server: proxy,
    container: {
      put: async (key, bytes) => void await container.getBlockBlobClient(key).uploadData(bytes),
      bytes: (key) => bytesOf(container, key),
      remove: async (key) => void await container.getBlobClient(key).delete(),
      keys: async () => (await Array.fromAsync(container.listBlobsFlat())).map(({ name }) => name),
      // Nothing begins a write, and nothing removes what the service drops by itself.
      unfinished: () => 0,
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    },
  };
}
