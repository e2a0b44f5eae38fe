import type { BudgetLease } from "@lade/core";
import { QuotaExceededError } from "@lade/core/errors";
import { elementsOf } from "../array/dtype.ts";
import { FormatError } from "../errors/format_error.ts";
import { globalHeapFault } from "./global_heap_fault.ts";
import { liesElsewhere } from "./hdf5_type.ts";
import type { Hdf5DatasetMetadata, Libhdf5 } from "./libhdf5.ts";
import type { Selection } from "./selection.ts";

/** What errors say is done. */
export const OPERATION = "read HDF5";

/** A data set as the library knows it. */
export interface InLibrary {
  readonly path: string;
  readonly metadata: Hdf5DatasetMetadata;
}

/** A file that the library has open, in memory. */
export class OpenedMemory {
  readonly bytes: Uint8Array;
  readonly id: bigint;
  readonly maxSize: number;
  readonly #library: Libhdf5;
  readonly #uri: string;
  readonly #path = `/${crypto.randomUUID()}`;
  #lease: BudgetLease | undefined;
  #areHeapsSound = false;

  constructor(library: Libhdf5, bytes: Uint8Array, uri: string, lease: BudgetLease, maxSize: number) {
    this.#library = library;
    this.bytes = bytes;
    this.#uri = uri;
    this.maxSize = maxSize;
    library.call(uri, (module) => module.FS.writeFile(this.#path, bytes, { canOwn: true }));
    try {
      this.id = library.call(uri, (module) => module.open(this.#path, 0, false, -1, -1));
    } catch (error) {
      library.call(uri, (module) => module.FS.unlink(this.#path));
      throw error;
    }
    this.#lease = lease;
  }

  /** Reads a block, and hands its elements out while they lie in the library's memory. */
  read<T>({ path, metadata }: InLibrary, { offset, shape }: Selection, take: (elements: Uint8Array) => T): T {
    if (!this.#lease) throw new TypeError(`Cannot read ${JSON.stringify(this.#uri)}: it is closed`);
    if (liesElsewhere(metadata)) this.#checkHeaps(path);
    const size = (elementsOf(shape) ?? 0) * metadata.size;
    const count = shape.length > 0 ? shape.map(BigInt) : null;
    const strides = count && shape.map(() => 1n);
    return this.#library.call(this.#uri, (module) => {
      const pointer = module._malloc(size);
      if (pointer === 0) {
        const detail = `the library has no room for ${size} bytes`;
        throw new QuotaExceededError({ operation: OPERATION, uri: this.#uri, detail });
      }
      const place = BigInt(pointer);
      try {
        const status = module.get_dataset_data(
          this.id,
          path,
          count,
          count && offset.map(BigInt),
          strides,
          place,
        );
        if (status < 0) {
          const detail = `${JSON.stringify(path)} cannot be read`;
          throw new FormatError({ operation: OPERATION, uri: this.#uri, detail });
        }
        const result = take(module.HEAPU8.subarray(pointer, pointer + size));
        if (liesElsewhere(metadata)) {
          if (count) module.reclaim_vlen_memory_count(this.id, path, "", place, count);
          else module.reclaim_vlen_memory(this.id, path, "", place);
        }
        return result;
      } finally {
        module._free(pointer);
      }
    }, path);
  }

  /** Reads the texts of a block. */
  readTexts(dataset: InLibrary, piece: Selection): string[] {
    const { metadata: { size, vlen, strpad } } = dataset;
    const texts: string[] = [];
    this.read(dataset, piece, (elements) => {
      const view = new DataView(elements.buffer, elements.byteOffset, elements.length);
      for (let at = 0; at < elements.length; at += size) {
        const bytes = vlen
          ? this.#textAt(elements.buffer, view.getUint32(at, true))
          : elements.subarray(at, at + size);
        const end = bytes.indexOf(0);
        texts.push(this.#decode(end < 0 ? bytes : bytes.subarray(0, end), strpad === 2));
      }
    });
    return texts;
  }

  close(): void {
    if (!this.#lease) return;
    this.#lease.release();
    this.#lease = undefined;
    this.#library.call(this.#uri, (module) => {
      module.close_file(this.id);
      module.FS.unlink(this.#path);
    });
  }

  #checkHeaps(path: string): void {
    if (this.#areHeapsSound) return;
    const fault = globalHeapFault(this.bytes);
    if (fault !== undefined) {
      const detail = `${JSON.stringify(path)} cannot be read: ${fault}`;
      throw new FormatError({ operation: OPERATION, uri: this.#uri, detail });
    }
    this.#areHeapsSound = true;
  }

  #textAt(heap: ArrayBufferLike, pointer: number): Uint8Array {
    return pointer === 0 ? new Uint8Array(1) : new Uint8Array(heap, pointer);
  }

  #decode(bytes: Uint8Array, spaced: boolean): string {
    try {
      const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      return spaced ? text.replace(/ +$/, "") : text;
    } catch {
      throw new FormatError({ operation: OPERATION, uri: this.#uri, detail: "a text is not valid UTF-8" });
    }
  }
}
