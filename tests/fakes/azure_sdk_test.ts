import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { azureCases } from "./azure_cases/mod.ts";
import { type FakeAzure, startFakeAzure } from "./azure/mod.ts";

/** A client of the fake by the account's key. */
function clientOf(fake: FakeAzure): BlobServiceClient {
  const { name, keys: [key = ""] } = fake.account;
  const credential = new StorageSharedKeyCredential(name, key);
  return new BlobServiceClient(fake.endpoint(), credential, { retryOptions: { maxTries: 1 } });
}

for (const { name, run } of azureCases) {
  Deno.test(`the service's own client against the fake: ${name}`, async () => {
    await using fake = await startFakeAzure({ containers: ["container"] });
    const service = clientOf(fake);
    await run({ service, container: service.getContainerClient("container") });
  });
}
