import { boundMemory } from "./bind_checksums.ts";
import { checksumWindow } from "./checksum_window.ts";
import { assembleFoldKernel, type FoldKernelConfig } from "./fold_kernel.ts";

const PAGE = 65_536;
/** Bytes that plain code checks in the time that assembling and compiling a kernel takes: a few milliseconds. */
const WORTH_LOADING = 2 ** 20;

type Update<Value> = (crc: Value, at: number, length: number) => Value;

/** A kernel in a form that another thread can be sent. */
export interface PostedKernel {
  /** Compiled; it imports memories `state` and `input`. */
  readonly module: WebAssembly.Module;
  /** What `state` begins with. */
  readonly tables: Uint32Array;
  /** Pages of 64 KiB that `state` has. */
  readonly statePages: number;
}

interface Loaded<Value> {
  readonly module: WebAssembly.Module;
  /** The same for memories that other threads see; compiled with the first of them. */
  shared: WebAssembly.Module | undefined;
  /** Tables, then scratch space. All instances share it: a call leaves nothing in it for the next. */
  readonly state: WebAssembly.Memory;
  readonly window: Uint8Array;
  readonly overWindow: Update<Value>;
}

/**
 * A checksum by a WebAssembly kernel, which is assembled and compiled once that pays: after the first MiB.
 *
 * It holds one memory of 64 KiB, and one instance for every memory that {@linkcode bindChecksums} named and whose bytes it
 * has seen; bytes elsewhere are copied to a window that all checksums share.
 */
export class WasmChecksum<Value extends number | bigint> {
  /** What the kernel computes, and how. */
  readonly config: FoldKernelConfig;
  readonly #tables: () => Uint32Array;
  readonly #bound = new WeakMap<ArrayBufferLike, Update<Value>>();
  #loaded: Loaded<Value> | "unavailable" | undefined;
  #asked = 0;

  /** `tables` gives the sixteen slicing tables in little-endian order. */
  constructor(config: FoldKernelConfig, tables: () => Uint32Array) {
    this.config = config;
    this.#tables = tables;
  }

  /** Loads the kernel and returns whether the runtime can run it: WebAssembly with SIMD, bulk memory and multi-memory. */
  load(): boolean {
    return this.#load() !== "unavailable";
  }

  /** The kernel, loaded, for another thread; nothing where the runtime cannot run it. */
  toPost(): PostedKernel | undefined {
    const loaded = this.#load();
    if (loaded === "unavailable") return undefined;
    const { module, state } = loaded;
    return { module, tables: this.#tables(), statePages: state.buffer.byteLength / PAGE };
  }

  /** Continues `crc` over `bytes`. A 32-bit result is signed. `undefined` while the kernel is not loaded. */
  update(bytes: Uint8Array, crc: Value): Value | undefined {
    this.#asked += bytes.length;
    const loaded = this.#asked < WORTH_LOADING ? this.#loaded : this.#load();
    if (!loaded || loaded === "unavailable") return undefined;
    const inPlace = this.#bound.get(bytes.buffer) ?? this.#bind(loaded, bytes.buffer);
    if (inPlace) return inPlace(crc, bytes.byteOffset, bytes.length);
    const { window, overWindow } = loaded;
    let value = crc;
    for (let at = 0; at < bytes.length; at += window.length) {
      const step = bytes.length > window.length ? bytes.subarray(at, at + window.length) : bytes;
      window.set(step);
      value = overWindow(value, 0, step.length);
    }
    return value;
  }

  #bind(loaded: Loaded<Value>, buffer: ArrayBufferLike): Update<Value> | undefined {
    const memory = boundMemory(buffer);
    if (!memory) return undefined;
    const module = buffer instanceof SharedArrayBuffer
      ? loaded.shared ??= new WebAssembly.Module(assembleFoldKernel(this.config, true).module)
      : loaded.module;
    const update = instantiate<Value>(module, loaded.state, memory);
    this.#bound.set(buffer, update);
    return update;
  }

  #load(): Loaded<Value> | "unavailable" {
    return this.#loaded ??= load<Value>(this.config, this.#tables) ?? "unavailable";
  }
}

function load<Value>(config: FoldKernelConfig, tables: () => Uint32Array): Loaded<Value> | undefined {
  const kernel = assembleFoldKernel(config);
  if (typeof WebAssembly === "undefined" || !WebAssembly.validate(kernel.module)) return undefined;
  const module = new WebAssembly.Module(kernel.module);
  const state = new WebAssembly.Memory({ initial: Math.ceil(kernel.stateBytes / PAGE) });
  new Uint32Array(state.buffer).set(tables());
  const { memory, bytes: window } = checksumWindow();
  return { module, shared: undefined, state, window, overWindow: instantiate<Value>(module, state, memory) };
}

function instantiate<Value>(
  module: WebAssembly.Module,
  state: WebAssembly.Memory,
  input: WebAssembly.Memory,
): Update<Value> {
  const { exports } = new WebAssembly.Instance(module, { memories: { state, input } });
  return exports["update"] as Update<Value>;
}
