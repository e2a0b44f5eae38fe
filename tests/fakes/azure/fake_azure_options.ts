import type { FakeServerOptions } from "@lade/testing/http";
import type { ServerSettings } from "./operations/call.ts";
import type { AccountSettings } from "./store/account.ts";

/** How a server is started. */
export interface FakeAzureOptions extends FakeServerOptions, Partial<ServerSettings> {
  /** The name of the account that is there from the start; `devstoreaccount1` by default. */
  account?: string;
  /** How that account differs from a plain one. */
  settings?: Partial<AccountSettings>;
  /** Names of containers to make in it. */
  containers?: readonly string[];
}

/** Limits and habits of the service as the REST reference has them. */
export const PLAIN_SETTINGS: ServerSettings = {
  maxPutSize: 5000 * 2 ** 20,
  maxBlockSize: 4000 * 2 ** 20,
  maxBlockCount: 50_000,
  maxUncommittedBlocks: 100_000,
  maxCopySize: 5000 * 2 ** 20,
  maxSyncCopySize: 256 * 2 ** 20,
  maxPageSize: 5000,
  maxBatchCount: 256,
  refusesPutBlobFromUrl: false,
  refusesBatches: false,
  maxPathDeletions: Infinity,
  copyMs: 0,
  copyFailure: undefined,
  rehydrationMs: 15 * 3_600_000,
  containerDeletionMs: 30_000,
  order: "utf8",
  allowsControlCharacters: false,
  emptyPages: false,
  version: "2026-02-06",
  newestVersion: "2026-12-31",
  tokenMs: 3_600_000,
};
