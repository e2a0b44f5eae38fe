import { createStoreContext, type StoreContext, type StoreContextOptions } from "@lade/core";
import { createTransport, type TransportOptions } from "@lade/service/http";
import { openS3Store, type S3Options, type S3Store, type S3Surroundings } from "@lade/s3";
import { type FakeS3, type FakeS3Options, startFakeS3 } from "../fakes/s3/mod.ts";

/** A fake server and a store of its bucket `bucket`. */
export interface OpenedFake extends AsyncDisposable {
  /** The server. */
  readonly fake: FakeS3;
  /** The store. */
  readonly store: S3Store;
}

/** What {@linkcode openFake} may be given. */
export interface OpenFakeOptions {
  /** Options of the server. */
  readonly server?: FakeS3Options;
  /** Configuration of the store. */
  readonly config?: S3Options;
  /** Options of the store's context. */
  readonly context?: StoreContextOptions;
  /** Options of its transport. */
  readonly transport?: TransportOptions;
  /** What stands around the store; nothing, and a transport with those options, by default. */
  readonly surroundings?: S3Surroundings;
}

/** An environment in which nothing is set. */
export const bare: S3Surroundings = { env: () => undefined, readFile: () => Promise.resolve(undefined) };

/** The same, but that nothing is asked for a second time. */
const unhedged: S3Surroundings = { ...bare, env: (name) => name === "LADE_HEDGING" ? "false" : undefined };

/**
 * The configuration by which the fake is reached. Nothing is asked for a second time: requests count, and a fault of the nth
 * one is that of an answer that is used, however busy the machine is.
 */
export function fakeConfig(fake: FakeS3): S3Options {
  return { ...reached(fake), hedging: false };
}

function reached(fake: FakeS3): S3Options {
  return {
    endpoint: fake.url,
    credentials: { accessKeyId: fake.accessKeyId, secretAccessKey: fake.secretAccessKey },
  };
}

/** Opens a store of a bucket of a server that runs. */
export function openBucket(
  fake: FakeS3,
  options: Omit<OpenFakeOptions, "server"> & { readonly bucket?: string } = {},
): Promise<S3Store> {
  const context: StoreContext = createStoreContext(options.context);
  return openS3Store(options.bucket ?? "bucket", {
    config: { ...reached(fake), ...options.config },
    context,
    surroundings: {
      ...unhedged,
      transport: (given) => createTransport({ ...given, ...options.transport }, {}),
      ...options.surroundings,
    },
  });
}

/** Starts a server with the bucket `bucket` and opens a store of it. */
export async function openFake(options: OpenFakeOptions = {}): Promise<OpenedFake> {
  const fake = await startFakeS3({ buckets: ["bucket"], minPartSize: 1, ...options.server });
  const store = await openBucket(fake, options);
  return {
    fake,
    store,
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}
