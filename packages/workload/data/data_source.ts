import { completeOptions, type DataSourceOptions, headOf, isCount } from "./data_options.ts";
import { DataReader } from "./data_reader.ts";
import { fillPool } from "./fill_pool.ts";
import { MixedWords } from "./mixed_words.ts";
import { type ObjectId, UnitContents } from "./unit_contents.ts";
import {
  AT,
  plainKernel,
  POOL_PLACES,
  UNIT,
  type UnitKernel,
  wasmKernel,
  WINDOW_UNITS,
} from "./unit_kernel.ts";

const WINDOW = WINDOW_UNITS * UNIT;

/**
 * Generated content of objects: a byte is a function of seed, object and offset alone. So any part of an object is made, and
 * compared, without the rest, and nothing of an object is kept. It repeats, and is compressed, by factors that are chosen.
 *
 * An object of a set is named by its number, from 0 to 2^53 - 1, any other by a text, such as its key. Content of a text
 * repeats nowhere. One takes 1 MiB of memory. Wrong arguments are a `RangeError`, which changes nothing.
 */
export class DataSource {
  /** How many units have the same bytes, on average. */
  readonly dedup: number;
  /** How many times smaller compressors make it. */
  readonly compress: number;
  /** Bytes that repeat together. */
  readonly dedupUnit: number;
  /** Decides all bytes. */
  readonly seed: number;
  /** Bytes of each numbered object, where all have as many. */
  readonly objectSize: number | undefined;
  readonly #kernel: UnitKernel;
  readonly #contents: UnitContents;
  readonly #words = new MixedWords();
  readonly #key: Int32Array;
  readonly #made: Uint8Array;
  readonly #found: Uint8Array;
  /** The dedup unit whose content is known now. */
  #at = -1;

  /** Data of a seed and factors. */
  constructor(options: DataSourceOptions = {}) {
    const config = completeOptions(options);
    ({ seed: this.seed, dedup: this.dedup, compress: this.compress, dedupUnit: this.dedupUnit } = config);
    this.objectSize = config.objectSize;
    const head = headOf(config.compress);
    this.#kernel = (config.wasm ? wasmKernel(head) : undefined) ?? plainKernel(head);
    this.#contents = new UnitContents(config);
    const { buffer } = this.#kernel;
    this.#key = new Int32Array(buffer, AT.key, 4);
    this.#made = new Uint8Array(buffer, AT.made, WINDOW);
    this.#found = new Uint8Array(buffer, AT.found, WINDOW);
    fillPool(new Uint32Array(buffer, AT.pool, (AT.made - AT.pool) / 4), config.seed);
  }

  /** Fills `target` with the bytes of an object from `offset` on. */
  fill(id: ObjectId, offset: number, target: Uint8Array): void {
    this.#enter(id, offset, target.length);
    for (const { at, unit, skip, count, length } of steps(offset, target.length)) {
      for (let index = 0; index < count; index++) {
        this.#kernel.make(AT.made + index * UNIT, this.#seek(unit + index));
      }
      target.set(this.#made.subarray(skip, skip + length), at);
    }
  }

  /** The index in `bytes` of the first that is not that of the object from `offset` on; `undefined` where all are. */
  verify(id: ObjectId, offset: number, bytes: Uint8Array): number | undefined {
    this.#enter(id, offset, bytes.length);
    for (const { at, unit, skip, count, length } of steps(offset, bytes.length)) {
      // What of the units was not given is what it should be.
      if (skip > 0) this.#make(0, unit);
      if ((skip + length) % UNIT > 0) this.#make(count - 1, unit + count - 1);
      this.#found.set(bytes.subarray(at, at + length), skip);
      for (let index = 0; index < count; index++) {
        if (this.#kernel.differs(AT.found + index * UNIT, this.#seek(unit + index)) === 0) continue;
        return at + index * UNIT - skip + this.#firstWrong(index, unit + index);
      }
    }
    return undefined;
  }

  /** The bytes of an object of `size` bytes, from the first to the last. */
  reader(id: ObjectId, size: number): DataReader {
    this.#enter(id, 0, size);
    return new DataReader(size, (offset, target) => this.fill(id, offset, target));
  }

  #enter(id: ObjectId, offset: number, length: number): void {
    if (typeof id !== "string" && !isCount(id)) {
      throw new RangeError("the number of an object must be a whole number from 0 to 2^53 - 1");
    }
    if (!isCount(offset) || !isCount(length) || !isCount(offset + length)) {
      throw new RangeError("offsets in an object must be whole numbers from 0 to 2^53 - 1");
    }
    const { objectSize = Infinity, dedupUnit } = this;
    if (typeof id === "number" && objectSize < Infinity) {
      if (offset + length > objectSize) {
        throw new RangeError(`numbered objects have ${objectSize} bytes, not ${offset + length}`);
      }
      if (!isCount((id + 1) * Math.ceil(objectSize / dedupUnit))) {
        throw new RangeError("the number of an object must be so low that all units are less than 2^53");
      }
    }
    this.#at = -1;
    this.#contents.enter(id);
  }

  /** Puts the key of a unit where the kernel has it, and gives where in the pool it begins. */
  #seek(unit: number): number {
    const units = this.dedupUnit / UNIT;
    const at = Math.floor(unit / units);
    if (at !== this.#at) this.#contents.find(this.#at = at);
    const { v0, v1, v2, v3 } = this.#words.start(this.#contents.words).mix(unit % units);
    this.#key[0] = v0;
    this.#key[1] = v1;
    this.#key[2] = v2;
    this.#key[3] = v3;
    return AT.pool + 16 * (v3 & POOL_PLACES - 1);
  }

  /** Makes a unit where those that were found lie. */
  #make(index: number, unit: number): void {
    this.#found.fill(0, index * UNIT, (index + 1) * UNIT);
    this.#kernel.make(AT.found + index * UNIT, this.#seek(unit));
  }

  #firstWrong(index: number, unit: number): number {
    this.#kernel.make(AT.made, this.#seek(unit));
    const found = this.#found.subarray(index * UNIT);
    return this.#made.findIndex((byte, at) => byte !== found[at]);
  }
}

/** What is made at a time: `count` units from `unit` on, of which `length` bytes after `skip` belong at `at`. */
function* steps(offset: number, total: number) {
  for (let at = 0; at < total;) {
    const skip = (offset + at) % UNIT;
    const unit = (offset + at - skip) / UNIT;
    const length = Math.min(total - at, WINDOW - skip);
    yield { at, unit, skip, count: Math.ceil((skip + length) / UNIT), length };
    at += length;
  }
}
