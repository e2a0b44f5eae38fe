import type { ObjectStore } from "@lade/core";
import { createStoreContext, EndpointMemory, type EndpointRecords, systemClock } from "@lade/core/backend";
import { Lade, type OpenedContainer } from "@lade/lade";
import type { GlobalOptions } from "../command/global_options.ts";
import { UsageError } from "../command/usage_error.ts";
import { NoteMessage, SettingsMessage } from "../messages/text_messages.ts";
import type { Output } from "../output/output.ts";

const UNVERIFIED =
  "certificates are not verified: whoever is on the way can read and change all that is sent";

/**
 * Opens the stores by the configuration of the command line. With `-v` each container shows its settings. `env` gives
 * variables, by which the cache of endpoints is found. `layer` is laid over each store.
 */
export async function openLade(
  { bandwidth, config, noEndpointCache, verbosity }: GlobalOptions,
  output: Output,
  env: (name: string) => string | undefined,
  layer?: (store: ObjectStore) => ObjectStore,
): Promise<Lade> {
  const limit = bandwidth && await import("@lade/transfer/limit");
  const records = noEndpointCache ? undefined : endpointRecords(env);
  const context = createStoreContext({
    endpoints: new EndpointMemory({ clock: systemClock, records }),
    ...(limit && bandwidth && { bandwidth: new limit.BandwidthLimit(bandwidth.timetable, systemClock) }),
    onNotice: ({ uri, text }) =>
      void output.note(new NoteMessage(uri === undefined ? text : `${uri}: ${text}`)),
  });
  let warned = false;
  const onOpen = (opened: OpenedContainer) => {
    const unverified = opened.settings.find(({ name, value }) => name === "verifySsl" && value === "false");
    if (unverified && !warned) void output.note(new NoteMessage(`${UNVERIFIED} (${unverified.source})`));
    warned ||= unverified !== undefined;
    if (verbosity > 0 && opened.settings.length > 0) void output.note(new SettingsMessage(opened));
  };
  try {
    return new Lade({ config, context, onOpen, ...(layer && { layer }) });
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** The cache of endpoints, which nothing is loaded for before it is asked for. */
function endpointRecords(env: (name: string) => string | undefined): EndpointRecords {
  const open = async () => {
    const { cacheDirectory, endpointFile } = await import("@lade/transfer/endpoints");
    const directory = cacheDirectory(env);
    return directory === undefined ? undefined : endpointFile({ directory });
  };
  return {
    load: async () => await (await open())?.load() ?? [],
    save: async (learned) => await (await open())?.save(learned),
  };
}
