import type { ContainerClient } from "@azure/storage-blob";
import { createStoreContext } from "@lade/core";
import * as fake from "@lade/testing/http";
import type { StartedService, StartOptions } from "@lade/testing/service";
import { type AzuriteServer, openNewContainer } from "./azurite.ts";

/** Stands before an Azurite and misbehaves. */
export class FaultyAzurite extends fake.FaultyProxy {
  readonly #account: string;
  /** The container that requests are of. */
  container: ContainerClient | undefined;

  constructor({ port, account }: AzuriteServer) {
    super({ targetPort: port });
    this.#account = account;
  }

  protected override describe(record: fake.UnreadRequest, head: fake.RequestHead): fake.RequestRecord {
    const [, account, container = "", ...segments] = head.rawPath.split("/");
    const query = Object.fromEntries(new URLSearchParams(head.rawQuery));
    const key = decodeURIComponent(segments.join("/"));
    if (account !== this.#account) return { ...record, query, key };
    return { ...record, query, key, operation: operationOf(record, query, container, key) };
  }

  protected override refuse(
    { status, code, message, headers, redirectTo }: fake.ServiceFault,
  ): fake.WireResponse {
    const errorCode = code ?? CODES[status] ?? "InternalError";
    const text =
      `<?xml version="1.0" encoding="utf-8"?><Error><Code>${errorCode}</Code><Message>${message}</Message></Error>`;
    return {
      status,
      headers: {
        "Content-Type": "application/xml",
        "x-ms-error-code": errorCode,
        "x-ms-request-id": crypto.randomUUID(),
        ...headers,
        ...(redirectTo !== undefined && { Location: redirectTo }),
      },
      body: new TextEncoder().encode(status === 304 ? "" : text),
      chunked: false,
      errorCode,
    };
  }

  protected override async wholeObject({ key }: fake.RequestRecord): Promise<Uint8Array> {
    return await bytesOf(this.container, key) ?? new Uint8Array(0);
  }
}

/** The codes of refusals that name none. */
const CODES: Readonly<Record<number, string>> = {
  304: "ConditionNotMet",
  403: "AuthorizationFailure",
  404: "BlobNotFound",
  412: "ConditionNotMet",
  503: "ServerBusy",
};

/** What a request asks for, in the words of the service's reference. */
function operationOf(
  { method, headers }: fake.UnreadRequest,
  { comp = "" }: Record<string, string>,
  container: string,
  key: string,
): string {
  if (comp === "batch") return "Blob Batch";
  if (container === "") return `${method} account ${comp}`;
  if (key === "") return comp === "list" ? "List Blobs" : `${method} container ${comp}`;
  const source = headers["x-ms-copy-source"] === undefined ? "" : " From URL";
  if (method === "PUT" && comp === "block") return `Put Block${source}`;
  if (method === "PUT" && comp === "blocklist") return "Put Block List";
  if (comp !== "") return `${method} ${comp}`;
  if (method === "PUT") {
    return source && headers["x-ms-blob-type"] === undefined ? "Copy Blob" : `Put Blob${source}`;
  }
  return { GET: "Get Blob", HEAD: "Get Blob Properties", DELETE: "Delete Blob" }[method] ?? method;
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
