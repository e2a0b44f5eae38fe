import type { AzureCredential } from "@lade/azure";
import { createStoreContext } from "@lade/core";
import { AzureStore, type AzureStoreSetup } from "../../packages/azure/store/azure_store.ts";
import { type FakeAzure, type FakeAzureOptions, startFakeAzure } from "../fakes/azure/mod.ts";

/** A store of the container `container` of a fake of its own. */
export interface OpenedFake extends AsyncDisposable {
  /** The service. */
  readonly fake: FakeAzure;
  /** The store. */
  readonly store: AzureStore;
}

/** What a fake and its store are opened with. */
export interface OpenFakeOptions extends Partial<AzureStoreSetup> {
  /** How the service is. */
  readonly server?: FakeAzureOptions;
}

/** Starts a fake and opens a store of its container, by the key of its account unless said otherwise. */
export async function openFake({ server, ...options }: OpenFakeOptions = {}): Promise<OpenedFake> {
  const fake = await startFakeAzure({ containers: ["container"], ...server });
  const store = openContainer(fake, options);
  return {
    fake,
    store,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

/** Opens a store of the container of a fake. */
export function openContainer(fake: FakeAzure, options: Partial<AzureStoreSetup> = {}): AzureStore {
  const { name: account } = fake.account;
  return new AzureStore("container", {
    endpoint: { url: fake.url, account, path: `/${account}` },
    credential: keyOf(fake),
    context: createStoreContext({ random: () => 0 }),
    ...options,
  });
}

/** The key of the account. */
export function keyOf({ account: { name: account, keys: [key = ""] } }: FakeAzure): AzureCredential {
  return { kind: "sharedKey", account, key };
}
