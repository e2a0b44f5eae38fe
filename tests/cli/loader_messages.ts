import { LoaderEpochMessage, LoaderRunMessage } from "../../packages/cli/messages/epoch_messages.ts";
import { LoaderManifestMessage, LoaderPlanMessage } from "../../packages/cli/messages/loader_messages.ts";
import { PackedMessage } from "../../packages/cli/messages/pack_messages.ts";
import type { Message } from "../../packages/cli/output/message.ts";
import { resolveConfig } from "../../packages/loader/config/resolve_config.ts";
import { StatsCounter } from "../../packages/loader/stats/loader_stats.ts";

/** What `lade loader` prints of a data set of that name, by kind. */
export function loaderMessages(uri: string): Readonly<Record<string, Message>> {
  const stats = new StatsCounter().snapshot({ ahead: 0 });
  const transform = { module: "file:///m.ts", export: uri };
  const options = { samplesPerEpoch: 5, transform };
  const fingerprint = "x";
  const epoch = { uri, epoch: 0, tookMs: 1, measuredMs: 1, computeMs: 1, measuredSamples: 1, stats };
  const parts = [{ name: uri, uri, length: 2, weight: 3 }, { name: `${uri}2`, uri, length: 1, weight: 2 }];
  return {
    loaderplan: new LoaderPlanMessage({
      uri,
      samples: 3,
      fingerprint,
      config: resolveConfig(options, { dataset: { uri, length: 3, parts }, budget: 1024 }),
      stepsPerEpoch: 5,
      first: [0, 2],
      parts,
      draws: [3, 2],
    }),
    loadermanifest: new LoaderManifestMessage({
      ...{ uri, kind: "files", objects: 1, bytes: 1, state: "stale" },
      difference: { added: 1, gone: 1, changed: 1, examples: { added: uri, gone: uri, changed: uri } },
    }),
    packed: new PackedMessage({
      ...{ source: uri, destination: uri, manifest: uri, format: "tar" },
      ...{ shards: 1, samples: 2, bytes: 1, skipped: 1, resumed: 1 },
    }),
    loaderepoch: new LoaderEpochMessage(epoch),
    loaderrun: new LoaderRunMessage([epoch, epoch], { width: 40, wanted: 90 }),
  };
}
