import type { DataLoader } from "../loader/data_loader.ts";
import type { BatchColumns } from "./batch_columns.ts";
import { BatchMessages } from "./batch_messages.ts";
import { MessageSender, type WriteBytes } from "./message_sender.ts";

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
  const messages = new BatchMessages(loader, columns);
  const sender = new MessageSender(write);
  await sender.send([messages.schema()]);
  for await (const { pieces } of messages) await sender.send(pieces);
  await sender.send([messages.end()], true);
}
