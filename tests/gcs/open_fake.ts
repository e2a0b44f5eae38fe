import { createSign } from "node:crypto";
import { createStoreContext, type StoreContext } from "@lade/core";
import type { GcsCredential, GcsToken } from "@lade/gcs";
import { TokenCache } from "@lade/service/tokens";
import type { FaultAction } from "@lade/testing/http";
import { GcsStore, type GcsStoreSetup } from "../../packages/gcs/store/gcs_store.ts";
import { type FakeGcs, type FakeGcsOptions, startFakeGcs } from "../fakes/gcs/mod.ts";

/** A store of the bucket `bucket` of a fake of its own. */
export interface OpenedFake extends AsyncDisposable {
  /** The service. */
  readonly fake: FakeGcs;
  /** The store. */
  readonly store: GcsStore;
}

/** What a fake and its store are opened with. */
export interface OpenFakeOptions extends Partial<GcsStoreSetup> {
  /** How the service is. */
  readonly server?: FakeGcsOptions;
}

/** Starts a fake and opens a store of its bucket, by a token of its own unless said otherwise. */
export async function openFake({ server, ...options }: OpenFakeOptions = {}): Promise<OpenedFake> {
  const fake = await startFakeGcs({ buckets: ["bucket"], ...server });
  const store = openBucket(fake, options);
  return {
    fake,
    store,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

/** Opens a store of a bucket of a fake. */
export function openBucket(fake: FakeGcs, options: Partial<GcsStoreSetup> = {}, name = "bucket"): GcsStore {
  return new GcsStore(name, {
    url: fake.url,
    credential: bearer(() => fake.issueToken(), undefined, signerOf(fake)),
    context: createStoreContext({ random: () => 0 }),
    ...options,
  });
}

/** A credential whose tokens `issue` gives, of somebody who signs as `signer` does. */
export function bearer(
  issue: () => string,
  { clock }: Pick<StoreContext, "clock"> = createStoreContext(),
  signer: Pick<GcsToken, "email" | "sign"> = {},
): GcsCredential {
  const load = () =>
    Promise.resolve({
      value: { token: issue(), expiration: new Date(8.64e15), ...signer },
      source: "the fake",
    });
  const isSame = (one: GcsToken, other: GcsToken) => one.token === other.token;
  return {
    kind: "bearer",
    tokens: new TokenCache<GcsToken>({ load, renewable: true }, clock, isSame),
  };
}

/** Signs by a key of a fake's own account, which is made when it is first needed. */
export function signerOf(fake: FakeGcs): Required<Pick<GcsToken, "email" | "sign">> {
  let key: string | undefined;
  return {
    email: fake.principal.email,
    sign: async (bytes) => createSign("RSA-SHA256").update(bytes).sign(key ??= fake.addSigner()),
  };
}

/** The page of somebody who stands between, such as a proxy. */
export function foreignPage(status: number): FaultAction {
  return { kind: "answer", status, headers: { "content-type": "text/html" }, body: "<html></html>" };
}

/** How often a fake was asked for each operation since it was last looked at. */
export function operations({ requests }: FakeGcs): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operation = "" } of requests.splice(0)) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

/** Options of a store that does not wait: the network's time goes on as it is. */
export function withoutWaits(): Pick<OpenFakeOptions, "context" | "transport"> {
  const { clock } = createStoreContext();
  const sleep = (_: number, signal?: AbortSignal) => Promise.resolve(signal?.throwIfAborted());
  return { context: createStoreContext({ clock: { ...clock, sleep } }), transport: { clock } };
}
