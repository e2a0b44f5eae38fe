import {
  type ClaimedUrl,
  type ConfigOf,
  decodeUrlPath,
  refuseUrlQuery,
  type ServiceUrl,
  type UrlClaims,
  urlFault,
} from "@lade/core/backend";
import type { BackendConfig } from "@lade/core/settings";
import {
  type Environment,
  type ReadTextFile,
  readTextFile,
  systemEnvironment,
} from "@lade/service/environment";
import { resolveConfig, type S3Config } from "../config/s3_config.ts";
import { S3_SETTINGS } from "../config/s3_settings.ts";
import { type AmazonHost, amazonHost } from "./amazon_host.ts";
import { resolveEndpoint } from "./resolve_endpoint.ts";

/** The source of what a URL says, among the settings. */
export const URL_SOURCE = "the URL";

/** Segments of a path that may be the bucket: those before it are of the endpoint's own path. */
const MOST_SEGMENTS = 5;

/** What may be a bucket. */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]+$/;

/** Where endpoints that are configured are read from. */
export interface UrlSources {
  /** The environment; the process's by default. */
  readonly env?: Environment | undefined;
  /** Reads the shared AWS files; from the disk by default. */
  readonly readFile?: ReadTextFile | undefined;
}

/**
 * The URLs of Amazon S3, and of an endpoint that is configured. One of Amazon's stands for `s3://bucket/key` where that
 * leads to Amazon in one of its regions, and else for `s3://bucket@host/key`, by which the host is asked that it names.
 */
export function s3Urls({ env = systemEnvironment, readFile = readTextFile }: UrlSources = {}): UrlClaims {
  const resolve = (config: BackendConfig = {}) => resolveConfig(config, { env, read: readFile });
  return {
    forms: [
      "https://BUCKET.s3.REGION.amazonaws.com/KEY",
      "https://s3.REGION.amazonaws.com/BUCKET/KEY",
      "the URL of an endpoint that is configured for s3://",
    ],
    async claim(url, configOf) {
      const amazon = amazonHost(url.host);
      const claimed = amazon
        ? await ofAmazon(url, amazon, configOf, resolve)
        : await ofEndpoint(url, configOf, resolve);
      if (claimed) refuseUrlQuery(url, claimed.uri, { signature: /^(?:x-amz-signature|signature)$/i });
      return claimed;
    },
  };
}

type Resolve = (config?: BackendConfig) => Promise<S3Config>;

async function ofAmazon(
  url: ServiceUrl,
  host: AmazonHost,
  configOf: ConfigOf,
  resolve: Resolve,
): Promise<ClaimedUrl> {
  const { bucket, rest } = host.bucket === undefined
    ? cutBucket(url.path)
    : { bucket: host.bucket, rest: url.path };
  if (bucket === "") throw urlFault(url, "the URL names no bucket");
  // Behind an "@" of a URI stands a host, to which a URL must not lead in disguise.
  if (!BUCKET.test(bucket)) throw urlFault(url, `${JSON.stringify(bucket)} is not a valid bucket name`);
  const key = decodeUrlPath(url, rest);
  const { dualstack, fips, accelerate, region, service } = host;
  const isPlain = !dualstack && !fips && !accelerate &&
    !(await resolve(configOf(`s3://${bucket}${key}`, S3_SETTINGS))).endpoint;
  if (!isPlain) return { uri: `s3://${bucket}@${service}${key}` };
  return { uri: `s3://${bucket}${key}`, ...(region === undefined ? {} : { config: { region } }) };
}

/** A URL at an endpoint that is configured for the very bucket that it names there. */
async function ofEndpoint(
  url: ServiceUrl,
  configOf: ConfigOf,
  resolve: Resolve,
): Promise<ClaimedUrl | undefined> {
  const known = new Map<BackendConfig | undefined, S3Config>();
  for (const bucket of bucketsIn(url)) {
    const given = configOf(`s3://${bucket}/`, S3_SETTINGS);
    const config = known.get(given) ?? await resolve(given);
    known.set(given, config);
    if (!config.endpoint) continue;
    for (const forcePathStyle of [true, false]) {
      const { secure, host, pathPrefix } = resolveEndpoint({
        ...config,
        region: config.region.value,
        endpoint: config.endpoint.value,
        bucket,
        forcePathStyle,
      });
      const isThere = secure === url.secure && host.toLowerCase() === url.host &&
        `${url.path}/`.startsWith(`${pathPrefix}/`);
      if (isThere) return { uri: `s3://${bucket}${decodeUrlPath(url, url.path.slice(pathPrefix.length))}` };
    }
  }
  return undefined;
}

/** What of a URL may be the bucket: the first label of its host, and each of the first segments of its path. */
function bucketsIn({ host, path }: ServiceUrl): string[] {
  const labels = host.split(".");
  const segments = path.split("/").slice(1, MOST_SEGMENTS + 1);
  const candidates = [...segments, ...labels.slice(1).map((_, at) => labels.slice(0, at + 1).join("."))];
  return candidates.filter((name) => BUCKET.test(name));
}

function cutBucket(path: string): { readonly bucket: string; readonly rest: string } {
  const [, bucket = "", rest = ""] = /^\/?([^/]*)(.*)$/s.exec(path) ?? [];
  return { bucket, rest };
}
