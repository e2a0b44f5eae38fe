import { memoryProvider, Registry, type RegistryOptions } from "@lade/core";

/** A registry of every backend; each is loaded when one of its schemes is first used. */
export function createDefaultRegistry(options: RegistryOptions = {}): Registry {
  return new Registry(options)
    .register({
      schemes: ["file"],
      load: async () => (await import("@lade/fs")).fileProvider,
    })
    .register({
      schemes: ["direct"],
      load: async () => (await import("@lade/fs")).directProvider,
    })
    .register({
      schemes: ["s3"],
      load: async () => (await import("@lade/s3")).s3Provider(),
    })
    .register(memoryProvider());
}
