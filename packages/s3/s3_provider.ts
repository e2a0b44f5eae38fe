import {
  InvalidNameError,
  keyFault,
  type Location,
  parseUri,
  type Provider,
  splitLocation,
} from "@lade/core/backend";
import { EndpointHealths } from "@lade/service/http";
import { serviceProvider } from "@lade/service/store";
import { SharedTokens } from "@lade/service/tokens";
import { checkOptions } from "./config/check_options.ts";
import type { S3Options } from "./config/s3_options.ts";
import { S3_SETTINGS } from "./config/s3_settings.ts";
import { checkBucket, checkNewBucket } from "./endpoint/check_bucket.ts";
import { s3Urls } from "./endpoint/s3_urls.ts";
import { BucketStore } from "./store/bucket_store.ts";
import { openConnection } from "./store/open_s3_store.ts";
import type { S3Surroundings } from "./store/s3_surroundings.ts";
import { type S3Target, s3Target } from "./store/s3_target.ts";

/**
 * Makes the provider of `s3://bucket/key` and `s3://bucket@host:port/key`. It remembers the regions of buckets and the
 * traits of services that it has found out, and which endpoints have answered; two providers share nothing.
 */
export function s3Provider(given: S3Surroundings = {}): Provider {
  const surroundings: S3Surroundings = {
    regions: new Map(),
    traits: new Map(),
    searches: new SharedTokens(),
    health: new EndpointHealths(),
    ...given,
  };
  return serviceProvider<S3Target, S3Options, S3Surroundings>({
    schemes: ["s3"],
    settingTable: S3_SETTINGS,
    urls: s3Urls(surroundings),
    surroundings,
    check: checkOptions,
    parse,
    format({ container, key }) {
      checkBucket("format", container);
      return key === "" ? `s3://${container}` : `s3://${container}/${key}`;
    },
    async open(container, options) {
      const opened = await openConnection("open", container, checkBucket("open", container), options);
      return new BucketStore({ container, ...opened });
    },
    async connect(operation, container, options) {
      const check = operation === "create" ? checkNewBucket : checkBucket;
      const name = container === undefined ? undefined : check(operation, container);
      const { connection, context, close } = await openConnection(operation, container ?? "", name, options);
      return { target: s3Target(container ?? "", connection, context), close };
    },
    async containers() {
      const { createBucket, deleteBucket, listBuckets } = await import("./buckets/buckets.ts");
      return { create: createBucket, delete: deleteBucket, list: listBuckets };
    },
    diagnosis: async () => (await import("./doctor/diagnose.ts")).diagnose,
  });
}

function parse(uri: string): Location {
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
