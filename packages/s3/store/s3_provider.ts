import {
  type CallOptions,
  type Check,
  type DiagnoseOptions,
  InvalidNameError,
  keyFault,
  type Location,
  type ObjectStore,
  parseUri,
  type Provider,
  type ProviderOptions,
} from "@lade/core";
import { createBucket, deleteBucket, listBuckets } from "../buckets/buckets.ts";
import { checkOptions } from "../config/check_options.ts";
import { ControlPlane } from "../control/control_plane.ts";
import { type BucketName, checkBucket, checkNewBucket } from "../endpoint/check_bucket.ts";
import { openConnection, openS3Store, type S3StoreOptions, type S3Surroundings } from "./open_s3_store.ts";

/**
 * Makes the provider of `s3://bucket/key` and `s3://bucket@host:port/key`. It remembers the regions of buckets that it
 * has found out; two providers share nothing.
 */
export function s3Provider(surroundings: S3Surroundings = {}): Provider {
  return new S3Provider({ regions: new Map(), ...surroundings });
}

class S3Provider implements Provider {
  readonly schemes: readonly string[] = ["s3"];
  readonly #surroundings: S3Surroundings;

  constructor(surroundings: S3Surroundings) {
    this.#surroundings = surroundings;
  }

  parse(uri: string): Location {
    const { scheme, rest } = parseUri(uri);
    const slash = rest.indexOf("/");
    const container = slash < 0 ? rest : rest.slice(0, slash);
    const key = slash < 0 ? "" : rest.slice(slash + 1);
    const detail = scheme !== "s3"
      ? `the scheme is ${JSON.stringify(scheme)}, not "s3"`
      : container === ""
      ? "the URI names no bucket"
      : key && keyFault(key);
    if (detail) throw new InvalidNameError({ operation: "parse", uri, detail });
    checkBucket("parse", container);
    return { container, key };
  }

  format({ container, key }: Location): string {
    checkBucket("format", container);
    return key === "" ? `s3://${container}` : `s3://${container}/${key}`;
  }

  async open(container: string, options: ProviderOptions = {}): Promise<ObjectStore> {
    return await openS3Store(container, this.#options(options));
  }

  async createContainer(container: string, options: ProviderOptions = {}): Promise<void> {
    await this.#withBucket("create", container, checkNewBucket("create", container), options, createBucket);
  }

  async deleteContainer(container: string, options: ProviderOptions = {}): Promise<void> {
    await this.#withBucket("delete", container, checkBucket("delete", container), options, deleteBucket);
  }

  async *listContainers(options: ProviderOptions = {}): AsyncGenerator<string, void, void> {
    const { connection, close } = await openConnection("list", "", undefined, this.#options(options));
    try {
      yield* listBuckets({ connection, control: new ControlPlane(connection), uri: "s3://" }, options.signal);
    } finally {
      await close();
    }
  }

  async *diagnose({ container, key }: Location, options: DiagnoseOptions = {}): AsyncGenerator<Check> {
    const { diagnose } = await import("../doctor/diagnose.ts");
    const { write = false } = options;
    yield* diagnose(container, { ...this.#options(options), prefix: key, write });
  }

  async #withBucket(
    operation: string,
    container: string,
    name: BucketName,
    options: ProviderOptions,
    act: typeof createBucket,
  ): Promise<void> {
    const { connection, close } = await openConnection(operation, container, name, this.#options(options));
    try {
      await act(
        { connection, control: new ControlPlane(connection), uri: `s3://${container}` },
        options.signal,
      );
    } finally {
      await close();
    }
  }

  #options({ signal, config = {}, context }: ProviderOptions & CallOptions): S3StoreOptions {
    return {
      config: checkOptions(config),
      surroundings: this.#surroundings,
      ...(signal === undefined ? {} : { signal }),
      ...(context === undefined ? {} : { context }),
    };
  }
}
