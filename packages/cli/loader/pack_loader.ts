import {
  packDataset,
  packDestination,
  type PackedDataset,
  packObjects,
  type PackObjectsOptions,
} from "@lade/loader/pack";
import { isLocalDirectory, locate, locatePrefix, type Place, placeOf } from "@lade/transfer/places";
import type { Lade } from "@lade/lade";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { PackedMessage } from "../messages/pack_messages.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import { counted } from "../output/counted.ts";
import { madeDirectory } from "../places/made_directory.ts";
import { showCommandProgress } from "../progress/show_progress.ts";
import { TransferProgress } from "../progress/transfer_progress.ts";
import { datasetOptionsOf } from "./dataset_options_of.ts";
import { isPiped, openPiped } from "./open_piped.ts";
import type { LoaderCommandValues } from "./loader_command_options.ts";
import { notingLeftOut } from "./noting_left_out.ts";

/** `lade loader pack`: samples into shards. */
export async function packLoader(
  context: CommandContext,
  given: LoaderCommandValues,
  { shuffle, seed, onError, maxSkipped, pool }: Pick<
    PackObjectsOptions,
    "shuffle" | "seed" | "onError" | "maxSkipped" | "pool"
  >,
): Promise<void> {
  const { output, signal } = context;
  const { uri, more: [destination = ""], format, shardSize, records, replacePack } = given;
  const lade = await context.lade();
  const from = isPiped(given) ? undefined : await sourceOf(lade, uri);
  const to = await sourceOf(lade, destination);
  const chosen = chosenDestination(to, given);
  if (records !== undefined && chosen.format !== "tfrecord") {
    throw new UsageError(`--records is of --format tfrecord, and ${chosen.format} is written.`);
  }
  const progress = new TransferProgress(lade.context.clock);
  const removeIfUnused = await madeDirectory(lade, placeOf(to, chosen.prefix));
  let [bytes, shards] = [0, 0];
  try {
    await using _display = showCommandProgress(context, progress, lade.context.clock);
    const packing = {
      signal,
      replacePack,
      ...(format && { format }),
      ...(onError && { onError }),
      ...(maxSkipped !== undefined && { maxSkipped }),
      ...(pool && { pool }),
      ...(shuffle !== undefined && { shuffle }),
      ...(seed !== undefined && { seed }),
      ...(shardSize !== undefined && { shardSize }),
      ...(records && { records }),
      onShard: () => shards++,
      onProgress: (_samples: number, now: number) => {
        progress.add({ type: "bytes", key: to.uri, bytes: now - bytes });
        bytes = now;
      },
    };
    let packed: PackedDataset;
    if (from) {
      packed = await packObjects(from, to, {
        ...packing,
        ...datasetOptionsOf(given),
        ...notingLeftOut(context),
      });
    } else {
      await using piped = await openPiped(context, given);
      packed = await packDataset(piped, to.store, to.key, packing);
    }
    const manifest = to.uriOf(packed.manifestKey);
    await output.done(
      new PackedMessage({ ...packed, source: from?.uri ?? "-", destination: to.uri, manifest }),
    );
  } catch (error) {
    await removeIfUnused();
    if (shards > 0) {
      const told = from
        ? `${counted(shards, "shard")} more lie there; the same command goes on behind them`
        : `${
          counted(shards, "shard")
        } lie there; --replace-pack begins anew, since standard input comes once`;
      await output.advice(new NoteMessage(told));
    }
    throw error;
  }
}

function chosenDestination({ key }: Place, { more: [destination = ""], format }: LoaderCommandValues) {
  try {
    return packDestination(key, format);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`${error.message.replace(JSON.stringify(key), JSON.stringify(destination))}.`);
  }
}

async function sourceOf(lade: Lade, argument: string): Promise<Place> {
  const place = await locate(lade, argument);
  return await isLocalDirectory(place.uri) ? await locatePrefix(lade, place) : place;
}
