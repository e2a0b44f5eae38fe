import type { Provider } from "@lade/core/backend";
import { EndpointHealths } from "@lade/service/http";
import { serviceProvider } from "@lade/service/store";
import { SharedTokens } from "@lade/service/tokens";
import type { GcsTarget } from "./client/gcs_target.ts";
import { checkOptions } from "./config/gcs_config.ts";
import type { GcsOptions } from "./config/gcs_options.ts";
import { GCS_SETTINGS } from "./config/gcs_settings.ts";
import { gcsTargetOf } from "./store/gcs_target_of.ts";
import { type GcsSurroundings, openBucket, openService, setupOf } from "./store/open_gcs_store.ts";
import { checkBucket, formatGcsUri, parseGcsUri } from "./uris/gcs_location.ts";
import { gcsUrls } from "./uris/gcs_urls.ts";

/**
 * Makes the provider of `gs://bucket/key` and of the other forms of it. It remembers which endpoints have answered, and what
 * searches for credentials have found; two providers share nothing.
 */
export function gcsProvider(given: GcsSurroundings = {}): Provider {
  const surroundings: GcsSurroundings = {
    health: new EndpointHealths(),
    searches: new SharedTokens(),
    ...given,
  };
  return serviceProvider<GcsTarget, GcsOptions, GcsSurroundings>({
    schemes: ["gs", "gcs"],
    settingTable: GCS_SETTINGS,
    urls: gcsUrls(surroundings),
    surroundings,
    check: checkOptions,
    parse: parseGcsUri,
    format: formatGcsUri,
    spellings: ({ container, key }) => ["gs", "gcs"].map((scheme) => `${scheme}://${container}/${key}`),
    open: openBucket,
    async connect(operation, bucket = "", options) {
      if (bucket) checkBucket(operation, bucket);
      const { config, ...opened } = await openService(operation, bucket, options);
      return { target: gcsTargetOf(bucket, { ...opened, config: setupOf(config) }), close: opened.close };
    },
    async containers() {
      const { createBucket, deleteBucket, listBuckets } = await import("./buckets/buckets.ts");
      return { create: createBucket, delete: deleteBucket, list: listBuckets };
    },
    diagnosis: async () => (await import("./doctor/diagnose.ts")).diagnose,
  });
}
