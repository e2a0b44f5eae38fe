import type { ObjectPart, PutResult, WriteSink } from "@lade/core";
import type { ObjectTable } from "./object_table.ts";

/** What a sink writes to. */
export interface SqliteSinkSetup {
  readonly table: ObjectTable;
  /** The object's URI. */
  readonly uri: string;
  /** Number of the unfinished object. */
  readonly id: number;
  /** Makes it visible. */
  readonly publish: (size: number) => PutResult;
}

/** Where the bytes of one object go, in parts or as a stream; `@lade/core` makes the writers. */
export class SqliteSink implements WriteSink {
  readonly uri: string;
  readonly concurrency = 1;
  readonly dropsQuickly = true;
  readonly #setup: SqliteSinkSetup;

  constructor(setup: SqliteSinkSetup) {
    this.#setup = setup;
    this.uri = setup.uri;
  }

  async writePart({ offset }: ObjectPart, bytes: Uint8Array): Promise<void> {
    this.#setup.table.write(this.#setup.id, offset, bytes);
  }

  async commit(size: number, signal: AbortSignal): Promise<PutResult> {
    signal.throwIfAborted();
    return this.#setup.publish(size);
  }

  async drop(): Promise<void> {
    this.#setup.table.remove(this.#setup.id);
  }
}
