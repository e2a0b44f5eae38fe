import type { PartWriter, PutResult } from "@lade/core/backend";
import { FaultyWriting, type FaultyWritingSetup } from "./faulty_writing.ts";

/** A writer of parts whose calls can be made to fail; a failed `writePart` ends it. */
export class FaultyPartWriter implements PartWriter {
  readonly #inner: PartWriter;
  readonly #writing: FaultyWriting;

  /** `remove` removes what a resumable writer left. */
  constructor(
    setup: Omit<FaultyWritingSetup, "resumable"> & {
      readonly inner: PartWriter;
      readonly remove: (token: string) => Promise<void>;
    },
  ) {
    const { inner, remove } = setup;
    const { token } = inner;
    this.#inner = inner;
    this.#writing = new FaultyWriting({
      ...setup,
      resumable: token === undefined
        ? undefined
        : { leave: () => inner.detach(), remove: () => remove(token) },
    });
  }

  get size(): number {
    return this.#inner.size;
  }

  get partSize(): number {
    return this.#inner.partSize;
  }

  get partCount(): number {
    return this.#inner.partCount;
  }

  get concurrency(): number {
    return this.#inner.concurrency;
  }

  get ordered(): boolean {
    return this.#inner.ordered;
  }

  get bytesWritten(): number {
    return this.#inner.bytesWritten;
  }

  get token(): string | undefined {
    return this.#inner.token;
  }

  isWritten(index: number): boolean {
    return this.#inner.isWritten(index);
  }

  writePart(index: number, bytes: Uint8Array): Promise<void> {
    return this.#writing.write("writePart", () => this.#inner.writePart(index, bytes));
  }

  close(): Promise<PutResult> {
    return this.#writing.close();
  }

  detach(): Promise<void> {
    return this.token === undefined ? this.#inner.detach() : this.#writing.detach();
  }

  abort(reason?: unknown): Promise<void> {
    return this.#writing.abort(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#writing.dispose();
  }
}
