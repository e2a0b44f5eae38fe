import type {
  BudgetLease,
  ObjectPart,
  PartSink,
  PutOptions,
  PutResult,
  Slab,
  StoreContext,
} from "@lade/core";
import type { MultipartParts } from "./multipart_upload.ts";
import { putObject } from "./put_object.ts";

/** Gathers the parts of an object that goes out in one request. */
export class SinglePutSink implements PartSink {
  readonly concurrency: number = 1;
  readonly #target: MultipartParts;
  readonly #options: PutOptions;
  readonly #size: number;
  readonly #lease: BudgetLease;
  readonly #slab: Slab;

  /** Takes the memory at once, budget or not: every writer needs it to go on. */
  constructor(target: MultipartParts, size: number, context: StoreContext, options: PutOptions) {
    this.#target = target;
    this.#options = options;
    this.#size = size;
    this.#lease = context.budget.overdraw(size);
    this.#slab = context.buffers.lease(size);
  }

  async write({ offset }: ObjectPart, bytes: Uint8Array): Promise<void> {
    this.#slab.bytes.set(bytes, offset);
  }

  async finish(signal: AbortSignal): Promise<PutResult> {
    const { connection, operation, uri, key } = this.#target;
    signal.throwIfAborted();
    const bytes = this.#slab.bytes.subarray(0, this.#size);
    const result = await putObject(connection, operation, uri, key, bytes, { ...this.#options, signal });
    await this.drop();
    return result;
  }

  async drop(): Promise<void> {
    this.#slab.release();
    this.#lease.release();
  }
}
