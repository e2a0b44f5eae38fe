import { boundMemory } from "./bind_checksums.ts";
import { assembleFoldKernel, type FoldKernelConfig } from "./fold_kernel.ts";

const PAGE = 65_536;
/** Bytes copied at a time: less than a core's own cache holds. */
const WINDOW = 4 * PAGE;
/** Bytes that plain code checks in the time that assembling and compiling a kernel takes: a few milliseconds. */
const WORTH_LOADING = 2 ** 20;

type Update<Value> = (crc: Value, at: number, length: number) => Value;

interface Loaded<Value> {
  readonly module: WebAssembly.Module;
  /** Tables, scratch space, then the window. All instances share it: a call leaves nothing in it for the next. */
  readonly state: WebAssembly.Memory;
  readonly windowOffset: number;
  readonly window: Uint8Array;
  readonly overWindow: Update<Value>;
}

/**
 * A checksum by a WebAssembly kernel, which is assembled and compiled once that pays: after the first MiB.
 *
 * It holds one memory of less than 512 KiB, and one instance for every memory that {@linkcode bindChecksums} named and
 * whose bytes it has seen.
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

  /** Continues `crc` over `bytes`. A 32-bit result is signed. `undefined` while the kernel is not loaded. */
  update(bytes: Uint8Array, crc: Value): Value | undefined {
    this.#asked += bytes.length;
    const loaded = this.#asked < WORTH_LOADING ? this.#loaded : this.#load();
    if (!loaded || loaded === "unavailable") return undefined;
    const inPlace = this.#bound.get(bytes.buffer) ?? this.#bind(loaded, bytes.buffer);
    if (inPlace) return inPlace(crc, bytes.byteOffset, bytes.length);
    let value = crc;
    for (let at = 0; at < bytes.length; at += WINDOW) {
      const step = bytes.length - at > WINDOW || at > 0 ? bytes.subarray(at, at + WINDOW) : bytes;
      loaded.window.set(step);
      value = loaded.overWindow(value, loaded.windowOffset, step.length);
    }
    return value;
  }

  #bind({ module, state }: Loaded<Value>, buffer: ArrayBufferLike): Update<Value> | undefined {
    const memory = boundMemory(buffer);
    if (!memory) return undefined;
    const update = instantiate<Value>(module, state, memory);
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
  const windowOffset = Math.ceil(kernel.stateBytes / PAGE) * PAGE;
  const state = new WebAssembly.Memory({ initial: (windowOffset + WINDOW) / PAGE });
  new Uint32Array(state.buffer).set(tables());
  return {
    module,
    state,
    windowOffset,
    window: new Uint8Array(state.buffer, windowOffset, WINDOW),
    overWindow: instantiate<Value>(module, state, state),
  };
}

function instantiate<Value>(
  module: WebAssembly.Module,
  state: WebAssembly.Memory,
  input: WebAssembly.Memory,
): Update<Value> {
  const { exports } = new WebAssembly.Instance(module, { memories: { state, input } });
  return exports["update"] as Update<Value>;
}
