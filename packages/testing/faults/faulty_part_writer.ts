import type { PartFill, PartWriter, PutResult } from "@lade/core/backend";
import { ForwardingPartWriter } from "@lade/core/layers";
import { FaultyWriting, type FaultyWritingSetup } from "./faulty_writing.ts";

/** A writer of parts whose calls can be made to fail; a failed `writePart` ends it. */
export class FaultyPartWriter extends ForwardingPartWriter {
  readonly #writing: FaultyWriting;

  /** `remove` removes what a resumable writer left. */
  constructor(
    setup: Omit<FaultyWritingSetup, "resumable"> & {
      readonly inner: PartWriter;
      readonly remove: (token: string) => Promise<void>;
    },
  ) {
    const { inner, remove } = setup;
    super(inner);
    const { token } = inner;
    this.#writing = new FaultyWriting({
      ...setup,
      resumable: token === undefined
        ? undefined
        : { leave: () => inner.detach(), remove: () => remove(token) },
    });
  }

  override writePart(index: number, bytes: Uint8Array): Promise<void> {
    return this.#writing.write("writePart", () => this.inner.writePart(index, bytes));
  }

  protected override filling(index: number, fill: PartFill): Promise<void> {
    return this.#writing.write("writePart", () => super.filling(index, fill));
  }

  override close(): Promise<PutResult> {
    return this.#writing.close();
  }

  override detach(): Promise<void> {
    return this.token === undefined ? this.inner.detach() : this.#writing.detach();
  }

  override abort(reason?: unknown): Promise<void> {
    return this.#writing.abort(reason);
  }

  override [Symbol.asyncDispose](): Promise<void> {
    return this.#writing.dispose();
  }
}
