import { ArrowEncoder } from "@lade/formats/arrow";
import type { Batch, DataLoader } from "../loader/data_loader.ts";
import type { BatchColumns } from "./batch_columns.ts";

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

/** A batch as a message of Arrow's IPC format. */
export interface BatchMessage<B> {
  readonly batch: Batch<B>;
  /** Its bytes in order, valid until the next one is made. */
  readonly pieces: readonly Uint8Array[];
}

/** The messages of a loader's batches. */
export class BatchMessages<B> {
  readonly #loader: DataLoader<B>;
  readonly #columns: BatchColumns<B>;
  readonly #encoder: ArrowEncoder;

  /** Makes none yet. */
  constructor(loader: DataLoader<B>, columns: BatchColumns<B>) {
    const { schema, fieldMetadata } = columns;
    this.#loader = loader;
    this.#columns = columns;
    this.#encoder = new ArrowEncoder(schema, { fieldMetadata });
  }

  /** The message that a stream of them begins with. */
  schema(): Uint8Array {
    return this.#encoder.schemaMessage();
  }

  /** The one that it ends with. */
  end(): Uint8Array {
    return this.#encoder.endMessage();
  }

  /** Goes through what is left of the loader's epochs. */
  async *[Symbol.asyncIterator](): AsyncGenerator<BatchMessage<B>> {
    const { epochs } = this.#loader.config.loader;
    const { schema } = this.#columns;
    // Epochs without a step would go on for ever; of a stream only the first one, which is gone on with, may have none.
    let without = 0;
    while (this.#loader.epoch < epochs && this.#loader.stepsPerEpoch !== 0 && without < 2) {
      without++;
      for await (const batch of this.#loader) {
        without = 0;
        const { pieces } = this.#encoder.batch({ schema, ...this.#columns.tableOf(batch.data) }, {
          [STATE_METADATA]: JSON.stringify(this.#loader.state()),
          [BATCH_METADATA]: JSON.stringify(noteOf(batch)),
        });
        yield { batch, pieces };
      }
    }
  }
}

function noteOf({ epoch, step, padding, skipped }: Batch<unknown>): BatchNote {
  return { epoch, step, padding, skipped: skipped.length };
}
