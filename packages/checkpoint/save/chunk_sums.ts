import { combineCrc32c, crc32c } from "@lade/core";
import type { TensorPlace } from "@lade/formats/safetensors";

/** Takes CRC-32C of each chunk of each tensor of a file, of bytes that are shown in order. */
export class ChunkSums {
  readonly #places: readonly TensorPlace[];
  readonly #chunkBytes: number;
  readonly #sums: ReadonlyMap<string, DataView<ArrayBuffer>>;
  #place = 0;
  #whole = 0;
  #position = 0;

  /** Of the tensors of a file, in its order. */
  constructor(places: readonly TensorPlace[], chunkBytes: number) {
    this.#places = places;
    this.#chunkBytes = chunkBytes;
    const viewOf = ({ length }: TensorPlace) =>
      new DataView(new ArrayBuffer(Math.ceil(length / chunkBytes) * 4));
    this.#sums = new Map(places.map((place) => [place.name, viewOf(place)]));
  }

  /** CRC-32C of all bytes that were shown. */
  get whole(): number {
    return this.#whole;
  }

  /** Bytes that were shown. */
  get position(): number {
    return this.#position;
  }

  /** Takes the next bytes of the file. */
  show(bytes: Uint8Array): void {
    for (let rest = bytes; rest.length > 0;) {
      const part = rest.subarray(0, this.#lengthAt(this.#position));
      const sum = crc32c(part);
      this.#whole = combineCrc32c(this.#whole, sum, part.length);
      this.#put(this.#position, part.length, sum);
      this.#position += part.length;
      rest = rest.subarray(part.length);
    }
  }

  /** The sums of the chunks of a tensor, big-endian. */
  of(name: string): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#sums.get(name)?.buffer ?? new ArrayBuffer(0));
  }

  /** Bytes from `at` up to the end of its chunk, or of what lies before the next tensor. */
  #lengthAt(at: number): number {
    const place = this.#placeAt(at);
    if (!place) return Infinity;
    if (at < place.offset) return place.offset - at;
    const inTensor = at - place.offset;
    return Math.min(this.#chunkBytes - inTensor % this.#chunkBytes, place.length - inTensor);
  }

  /** The tensor that has the byte at `at`, or is next behind it. */
  #placeAt(at: number): TensorPlace | undefined {
    for (let place; (place = this.#places[this.#place]); this.#place++) {
      if (at < place.offset + place.length) return place;
    }
    return undefined;
  }

  #put(at: number, length: number, sum: number): void {
    const place = this.#placeAt(at);
    if (!place || at < place.offset) return;
    const view = this.#sums.get(place.name);
    const chunk = Math.floor((at - place.offset) / this.#chunkBytes) * 4;
    if (!view) return;
    view.setUint32(chunk, combineCrc32c(view.getUint32(chunk), sum, length));
  }
}
