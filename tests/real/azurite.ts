import { BlobServiceClient, type ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { AzureStore, type AzureStoreSetup } from "../../packages/azure/store/azure_store.ts";
import { createStoreContext, type ObjectStore } from "@lade/core";
import { type AzuriteServer, hasAzurite, startAzurite } from "../../tools/servers/start_azurite.ts";
import type { ForeignServer } from "./where_installed.ts";

export {
  type AzuriteOptions,
  type AzuriteServer,
  hasAzurite,
  startAzurite,
} from "../../tools/servers/start_azurite.ts";

/** Azurite in memory, where it is installed. */
export const AZURITE: ForeignServer<AzuriteServer> = {
  name: "Azurite",
  has: hasAzurite,
  start: () => startAzurite(),
};

/** A store of a new container. */
export interface OpenedContainer extends AsyncDisposable {
  /** The store. */
  readonly store: ObjectStore;
  /** The container by the service's own client, which goes past any proxy. */
  readonly container: ContainerClient;
}

/** What {@linkcode openNewContainer} may be given. */
export interface OpenContainerOptions extends Partial<AzureStoreSetup> {
  /** Where the store finds the service; Azurite itself by default. */
  readonly url?: string;
}

let count = 0;

/** Makes a container and opens a store of it. */
export async function openNewContainer(
  server: AzuriteServer,
  { url = server.url, ...options }: OpenContainerOptions = {},
): Promise<OpenedContainer> {
  const container = clientOf(server).getContainerClient(`container-${++count}`);
  await container.create();
  const store = new AzureStore(container.containerName, {
    endpoint: { url, account: server.account, path: `/${server.account}` },
    credential: { kind: "sharedKey", account: server.account, key: server.key },
    context: createStoreContext(),
    ...options,
  });
  return { store, container, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

/** The service's own client. */
export function clientOf({ url, account, key }: AzuriteServer): BlobServiceClient {
  return new BlobServiceClient(`${url}/${account}`, new StorageSharedKeyCredential(account, key));
}
