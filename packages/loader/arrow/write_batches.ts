import { ArrowEncoder } from "@lade/formats/arrow";
import type { Batch, DataLoader } from "../loader/data_loader.ts";
import type { BatchColumns } from "./batch_columns.ts";
import { MessageSender, type WriteBytes } from "./message_sender.ts";

/** What the metadata of a batch say of it, as JSON, by {@linkcode BATCH_METADATA}. */
export interface BatchNote {
  /** Which time through the data set. */
  readonly epoch: number;
  /** Which step of the epoch, from 0; after a resume within an epoch from 0 again. */
  readonly step: number;
  /** How many of the last rows only fill the batch up. */
  readonly padding: number;
  /** Samples that it lacks. */
  readonly skipped: number;
}

/** By what name the metadata of a batch have the loader's state behind it, a `LoaderState` as JSON. */
export const STATE_METADATA = "lade.state";

/** By what name they have a {@linkcode BatchNote}. */
export const BATCH_METADATA = "lade.batch";

/**
 * Goes through what is left of a loader's epochs, and writes it as a stream in Arrow's IPC format: a record batch for each
 * batch, with the loader's state behind it in its metadata. Bodies are written from the batch's memory, which is given back
 * once `write` is done with it. What fails, and what `write` fails with, ends the loop and is thrown; the stream then lacks
 * its end, and a reader fails too.
 */
export async function writeBatches<B>(
  loader: DataLoader<B>,
  columns: BatchColumns<B>,
  write: WriteBytes,
): Promise<void> {
  const { schema, fieldMetadata } = columns;
  const encoder = new ArrowEncoder(schema, { fieldMetadata });
  const sender = new MessageSender(write);
  await sender.send([encoder.schemaMessage()]);
  const { epochs } = loader.config.loader;
  // Epochs without a step would go on for ever.
  while (loader.epoch < epochs && loader.stepsPerEpoch > 0) {
    for await (const batch of loader) {
      const { pieces } = encoder.batch({ schema, ...columns.tableOf(batch.data) }, {
        [STATE_METADATA]: JSON.stringify(loader.state()),
        [BATCH_METADATA]: JSON.stringify(noteOf(batch)),
      });
      await sender.send(pieces);
    }
  }
  await sender.send([encoder.endMessage()], true);
}

function noteOf({ epoch, step, padding, skipped }: Batch<unknown>): BatchNote {
  return { epoch, step, padding, skipped: skipped.length };
}
