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
  splitLocation,
  type UrlClaims,
} from "@lade/core/backend";
import { EndpointHealths } from "@lade/service/http";
import type { SettingTable, ShownSetting } from "@lade/core/settings";
import { checkOptions } from "./config/check_options.ts";
import { S3_SETTINGS } from "./config/s3_settings.ts";
import { SharedTokens } from "@lade/service/tokens";
import { type BucketName, checkBucket, checkNewBucket } from "./endpoint/check_bucket.ts";
import { s3Urls } from "./endpoint/s3_urls.ts";
import { BucketStore } from "./store/bucket_store.ts";
import { openConnection, openS3Store, type S3StoreOptions } from "./store/open_s3_store.ts";
import type { S3Surroundings } from "./store/s3_surroundings.ts";
import { type S3Target, s3Target } from "./store/s3_target.ts";
import { showConnection } from "./store/show_connection.ts";

/**
 * Makes the provider of `s3://bucket/key` and `s3://bucket@host:port/key`. It remembers the regions of buckets and the
 * traits of services that it has found out, and which endpoints have answered; two providers share nothing.
 */
export function s3Provider(surroundings: S3Surroundings = {}): Provider {
  return new S3Provider({
    regions: new Map(),
    traits: new Map(),
    searches: new SharedTokens(),
    health: new EndpointHealths(),
    ...surroundings,
  });
}

class S3Provider implements Provider {
  readonly schemes: readonly string[] = ["s3"];
  readonly settingTable: SettingTable = S3_SETTINGS;
  readonly urls: UrlClaims;
  readonly #surroundings: S3Surroundings;

  constructor(surroundings: S3Surroundings) {
    this.#surroundings = surroundings;
    this.urls = s3Urls(surroundings);
  }

  parse(uri: string): Location {
    const { scheme, rest } = parseUri(uri);
    const { container, key } = splitLocation(rest);
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
    const name = checkNewBucket("create", container);
    const { createBucket } = await import("./buckets/buckets.ts");
    await this.#withBucket("create", container, name, options, createBucket);
  }

  async deleteContainer(container: string, options: ProviderOptions = {}): Promise<void> {
    const name = checkBucket("delete", container);
    const { deleteBucket } = await import("./buckets/buckets.ts");
    await this.#withBucket("delete", container, name, options, deleteBucket);
  }

  async *listContainers(options: ProviderOptions = {}): AsyncGenerator<string, void, void> {
    const { listBuckets } = await import("./buckets/buckets.ts");
    const { target, close } = await this.#connect("list", "", undefined, options);
    try {
      yield* listBuckets(target, options.signal);
    } finally {
      await close();
    }
  }

  async settings(store: ObjectStore): Promise<readonly ShownSetting[]> {
    return store instanceof BucketStore ? await store.settings() : [];
  }

  async *diagnose({ container, key }: Location, options: DiagnoseOptions = {}): AsyncGenerator<Check> {
    const { diagnose } = await import("./doctor/diagnose.ts");
    const { write = false } = options;
    yield* diagnose(container, { ...this.#options(options), prefix: key, write });
  }

  async #withBucket(
    operation: string,
    container: string,
    name: BucketName,
    options: ProviderOptions,
    act: (target: S3Target, signal?: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const { target, close } = await this.#connect(operation, container, name, options);
    try {
      await act(target, options.signal);
    } finally {
      await close();
    }
  }

  async #connect(
    operation: string,
    container: string,
    name: BucketName | undefined,
    options: ProviderOptions,
  ): Promise<{ readonly target: S3Target; readonly close: () => Promise<void> }> {
    const { connection, context, close } = await openConnection(
      operation,
      container,
      name,
      this.#options(options),
    );
    const target = s3Target(container, connection, context);
    options.onSettings?.(await showConnection(connection));
    return { target, close };
  }

  #options({ signal, config = {}, context, sessions }: ProviderOptions & CallOptions): S3StoreOptions {
    checkOptions(config);
    return {
      config,
      surroundings: this.#surroundings,
      ...(signal === undefined ? {} : { signal }),
      ...(context === undefined ? {} : { context }),
      ...(sessions === undefined ? {} : { sessions }),
    };
  }
}
