/**
 * Azure Blob Storage for tests, in process: it speaks the wire protocol as the REST reference has it, checks signatures,
 * tokens and checksums strictly, keeps blobs in memory, and misbehaves on command. Independent of the packages under
 * test.
 *
 * ```ts
 * await using fake = await startFakeAzure({ containers: ["container"] });
 * fake.putBlob("container", "key", "value");
 * fake.faults.add({ match: { operation: "GetBlob", nth: 2 }, action: { kind: "cut", afterBytes: 3, how: "rst" } });
 * // A client of fake.endpoint() with fake.account's name and key; then:
 * fake.requests.map(({ operation, status, bytesSent }) => ({ operation, status, bytesSent }));
 * ```
 *
 * @module
 */
import { FakeAzure } from "./fake_azure.ts";
import type { FakeAzureOptions } from "./fake_azure_options.ts";

export type { IssuedToken, Principal, Role } from "./auth/tokens.ts";
export type { AzureRequest } from "./azure_request.ts";
export { FakeAzure } from "./fake_azure.ts";
export type { FakeAzureOptions } from "./fake_azure_options.ts";
export type { ServerSettings } from "./operations/call.ts";
export { codeOf, type RawRequest, rawRequest } from "./raw_client.ts";
export type { Operation } from "./operations/route.ts";
export type { Account, AccountSettings } from "./store/account.ts";
export type { Container, ContainerSettings } from "./store/container.ts";
export type { BlobAttributes, StoredBlob } from "./store/stored_blob.ts";

/** Starts a server on 127.0.0.1, on a port the system chooses; dispose it to stop it. */
export function startFakeAzure(options: FakeAzureOptions = {}): Promise<FakeAzure> {
  return FakeAzure.start(options);
}
