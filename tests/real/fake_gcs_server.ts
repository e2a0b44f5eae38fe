import { createStoreContext, type ObjectStore } from "@lade/core";
import { GcsStore, type GcsStoreSetup } from "../../packages/gcs/store/gcs_store.ts";
import {
  type FakeGcsServer,
  hasFakeGcsServer,
  startFakeGcsServer,
} from "../../tools/servers/start_fake_gcs_server.ts";
import type { ForeignServer } from "./where_installed.ts";

export { type FakeGcsServer, hasFakeGcsServer, startFakeGcsServer };

/** fake-gcs-server in memory, where it is installed. */
export const FAKE_GCS_SERVER: ForeignServer<FakeGcsServer> = {
  name: "fake-gcs-server",
  has: hasFakeGcsServer,
  start: () => startFakeGcsServer(),
};

/** A store of a new bucket. */
export interface OpenedBucket extends AsyncDisposable {
  /** The store. */
  readonly store: ObjectStore;
  /** Name of the bucket. */
  readonly bucket: string;
}

let count = 0;

/** Makes a bucket and opens a store of it; `url` is where the store finds the service, the server itself by default. */
export async function openNewBucket(
  { url }: FakeGcsServer,
  options: Partial<GcsStoreSetup> = {},
): Promise<OpenedBucket> {
  const bucket = `bucket-${++count}`;
  const answer = await fetch(`${url}/storage/v1/b?project=tests`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: bucket, versioning: { enabled: true } }),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`Cannot make the bucket ${bucket}: ${answer.status}`);
  const store = new GcsStore(bucket, {
    url,
    credential: { kind: "anonymous" },
    context: createStoreContext(),
    ...options,
  });
  return { store, bucket, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}
