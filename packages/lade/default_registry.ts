import type { RegistryOptions } from "@lade/core";
import { Registry } from "@lade/core/backend";

/** A registry of every backend; each is loaded when one of its schemes is first used. */
export function createDefaultRegistry(options: RegistryOptions = {}): Registry {
  return new Registry(options)
    .register({
      schemes: ["file"],
      load: async () => (await import("@lade/fs/provider")).fileProvider,
    })
    .register({
      schemes: ["direct"],
      load: async () => (await import("@lade/fs/provider")).directProvider,
    })
    .register({
      schemes: ["s3"],
      load: async () => (await import("@lade/s3/provider")).s3Provider(),
      loadUrls: async () => (await import("@lade/s3/urls")).s3Urls(),
    })
    .register({
      schemes: ["az", "abfs", "abfss"],
      load: async () => (await import("@lade/azure/provider")).azureProvider(),
      loadUrls: async () => (await import("@lade/azure/urls")).azureUrls(),
    })
    .register({
      schemes: ["gs", "gcs"],
      load: async () => (await import("@lade/gcs/provider")).gcsProvider(),
      loadUrls: async () => (await import("@lade/gcs/urls")).gcsUrls(),
    })
    .register({
      schemes: ["memory"],
      load: async () => (await import("@lade/core/memory")).memoryProvider(),
    });
}
