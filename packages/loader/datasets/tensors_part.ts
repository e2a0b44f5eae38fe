import { layoutOf } from "@lade/formats/array";
import type { MapDataset, ReadPlan, SampleContext, SamplePlace } from "./dataset.ts";
import { fingerprintOfTensors, type TensorFile } from "./tensor_rows_part.ts";
import type { TensorSample } from "./tensor_samples.ts";

/** The tensors of one file, each a sample. */
export class TensorsPart implements MapDataset<TensorSample> {
  readonly uri: string;
  readonly length: number;
  readonly fingerprint: string;
  readonly context;
  readonly #file: TensorFile;

  constructor(file: TensorFile) {
    this.#file = file;
    this.uri = file.source.uri;
    this.length = file.places.length;
    this.context = file.store.context;
    this.fingerprint = fingerprintOfTensors(file, "tensors");
  }

  async get(index: number, { signal }: SampleContext): Promise<TensorSample> {
    const { offset, length } = this.#placeOf(index);
    const bytes = new Uint8Array(length);
    await this.#file.source.readInto(offset, bytes, { signal });
    return this.#decode(index, bytes);
  }

  plan(indices: readonly number[]): ReadPlan<TensorSample> {
    const { store, key, source: { info: { etag } } } = this.#file;
    return {
      reads: indices.map((index, place) => {
        const { offset, length } = this.#placeOf(index);
        return { store, key, offset, length, place, ...(etag !== undefined && { etag }) };
      }),
      decode: (place, bytes) => this.#decode(indices[place] ?? 0, bytes),
    };
  }

  locate(index: number): SamplePlace {
    const { name, offset } = this.#placeOf(index);
    return { uri: this.uri, record: index, offset, group: `tensor ${JSON.stringify(name)}` };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #placeOf(index: number) {
    const place = this.#file.places[index];
    if (place) return place;
    throw new RangeError(`Cannot find sample ${index}: there are ${this.length}`);
  }

  #decode(index: number, bytes: Uint8Array<ArrayBuffer>): TensorSample {
    const { name, dtype, shape } = this.#placeOf(index);
    const data = layoutOf(dtype).view(bytes.buffer, bytes.byteOffset, bytes.length);
    return { name, dtype, shape, order: "C", data };
  }
}
