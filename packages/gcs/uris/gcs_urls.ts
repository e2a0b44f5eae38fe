import { decodeUrlPath, refuseUrlQuery, type ServiceUrl, type UrlClaims, urlFault } from "@lade/core/backend";
import type { BackendConfig } from "@lade/core/settings";
import { type Environment, systemEnvironment } from "@lade/service/environment";
import { resolveGcsConfig } from "../config/gcs_config.ts";
import { GCS_SETTINGS, GOOGLE } from "../config/gcs_settings.ts";

const API = "storage.googleapis.com";
/** Hosts of Google's at which a bucket stands in the path. */
const HOSTS = [API, "storage.cloud.google.com"];
/** Where the JSON API answered before. */
const OLD_API = "www.googleapis.com";
/** Paths of the JSON API, behind which the name of an object is encoded whole. */
const JSON_PATH = /^\/(?:(?:download|upload)\/)?storage\/v1\/b\/([^/]+)(?:\/o(?:\/(.*))?)?\/?$/s;

const QUERY = {
  signature: /^(?:x-(?:goog|amz)-signature|signature)$/i,
  // The number of a login in a browser is none of the object's.
  idle: ["alt", "authuser"],
  instead: { generation: "name a version by --version" },
};

interface Named {
  /** The bucket, encoded. */
  readonly bucket: string;
  /** The key, encoded. */
  readonly key: string;
}

/**
 * The URLs of Google Cloud Storage, of its XML and of its JSON API, and those of an endpoint that is configured. A URL of
 * Google's leads to Google, whatever endpoint is configured.
 */
export function gcsUrls(
  { env = systemEnvironment }: { readonly env?: Environment | undefined } = {},
): UrlClaims {
  const endpointOf = (config: BackendConfig = {}) => resolveGcsConfig(config, env).endpoint;
  return {
    forms: [
      "https://storage.googleapis.com/BUCKET/KEY",
      "https://BUCKET.storage.googleapis.com/KEY",
      "the URL of an endpoint that is configured for gs://",
    ],
    // deno-lint-ignore require-await
    async claim(url, configOf) {
      const google = atGoogle(url);
      const { bucket, key } = google ?? inPath(url);
      const endpoint = endpointOf(configOf(`gs://${bucket}/`, GCS_SETTINGS));
      if (!google && endpoint.url !== `${url.secure ? "https" : "http"}://${url.host}`) return undefined;
      if (bucket === "") throw urlFault(url, "the URL names no bucket");
      const uri = `gs://${decodeUrlPath(url, bucket)}/${decodeUrlPath(url, key)}`;
      refuseUrlQuery(url, uri, QUERY);
      return { uri, ...(google && !endpoint.isGoogle && { config: { endpoint: GOOGLE } }) };
    },
  };
}

function atGoogle(url: ServiceUrl): Named | undefined {
  if (HOSTS.includes(url.host) || (url.host === OLD_API && JSON_PATH.test(url.path))) return inPath(url);
  const isBucket = url.host.endsWith(`.${API}`);
  return isBucket ? { bucket: url.host.slice(0, -API.length - 1), key: url.path.slice(1) } : undefined;
}

function inPath({ path }: ServiceUrl): Named {
  const [, bucket = "", key = ""] = JSON_PATH.exec(path) ?? /^\/?([^/]*)\/?(.*)$/s.exec(path) ?? [];
  return { bucket, key };
}
