import { getBytes, type GetOptions, type GetResult, type ObjectStore, objectUri } from "@lade/core";
import { createGetResult } from "@lade/core/backend";
import { ForwardingStore } from "@lade/core/layers";

/** A store whose bodies come so many bytes at a time, however many are asked for. */
export class ChunkedStore extends ForwardingStore {
  readonly #size: number;

  /** The objects of another one. */
  constructor(store: ObjectStore, size: number) {
    super(store);
    this.#size = size;
  }

  override async get(key: string, options: GetOptions = {}): Promise<GetResult> {
    const result = await super.get(key, options);
    const { info, range } = result;
    const { bytes } = await getBytes(this.below, key, options);
    let at = 0;
    const read = (target: Uint8Array) => {
      const piece = bytes.subarray(at, at + Math.min(this.#size, target.length));
      target.set(piece);
      at += piece.length;
      return piece.length;
    };
    await result.cancel();
    const source = { read, close: () => {} };
    return createGetResult({ info, range, source, uri: objectUri(this.uri, key), signal: options.signal });
  }
}
