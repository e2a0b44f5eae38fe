import { assembleModule, type Code, i32, local, v128, type WasmFunction, whileLoop } from "@lade/codec/wasm";

/** Bytes that are made at a time. Each unit has a key of its own, and its compressible rest. */
export const UNIT = 4096;
/** Units that are made, or compared, between two copies: what lies in them stays in a core's own cache. */
export const WINDOW_UNITS = 16;
const POOL_BYTES = 2 ** 19;

/** Where in the memory of a kernel is what; in bytes. */
export const AT = (() => {
  const pool = 64;
  // A unit may begin with any vector of the pool.
  const made = pool + POOL_BYTES + UNIT;
  const found = made + WINDOW_UNITS * UNIT;
  return { key: 0, mask: 16, pool, made, found, end: found + WINDOW_UNITS * UNIT };
})();

/** How many places of the pool a unit can begin with, 16 bytes apart. */
export const POOL_PLACES = POOL_BYTES / 16;

/**
 * Makes and compares units. Their first bytes are those of the pool at a place, XORed with the key, which repeats after 16
 * bytes; the rest is zeros.
 */
export interface UnitKernel {
  /** What units are made of, and where they are made: see `AT`. */
  readonly buffer: ArrayBufferLike;
  /** Writes the first bytes of a unit at `to`, from those at `from` on; zeros that are there are left. */
  make(to: number, from: number): void;
  /** Whether the unit at `at` differs from what `make` would give and zeros; not 0 where it does. */
  differs(at: number, from: number): number;
}

/** A kernel in WebAssembly of units with `head` bytes before their zeros; nothing where the runtime can not run it. */
export function wasmKernel(head: number): UnitKernel | undefined {
  const code = assembleModule([{ name: "units" }], [makeFunction(head), differsFunction(head)]);
  if (typeof WebAssembly === "undefined" || !WebAssembly.validate(code)) return undefined;
  const units = new WebAssembly.Memory({ initial: Math.ceil(AT.end / 65_536) });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { memories: { units } });
  new Uint8Array(units.buffer, AT.mask, 16).fill(0xff, 0, head % 16);
  return {
    buffer: units.buffer,
    make: exports["make"] as UnitKernel["make"],
    differs: exports["differs"] as UnitKernel["differs"],
  };
}

/** The same in plain code. */
export function plainKernel(head: number): UnitKernel {
  const buffer = new ArrayBuffer(AT.end);
  const [bytes, words] = [new Uint8Array(buffer), new Int32Array(buffer)];
  const wholes = head >>> 2;
  const wordOf = (from: number, index: number) => (words[from + index] ?? 0) ^ (words[index & 3] ?? 0);
  const byteOf = (from: number, index: number) => (bytes[from + index] ?? 0) ^ (bytes[index & 15] ?? 0);
  return {
    buffer,
    make(to, from) {
      const [at, source] = [to >>> 2, from >>> 2];
      for (let index = 0; index < wholes; index++) words[at + index] = wordOf(source, index);
      for (let index = 4 * wholes; index < head; index++) bytes[to + index] = byteOf(from, index);
    },
    differs(place, from) {
      const [at, source] = [place >>> 2, from >>> 2];
      let seen = 0;
      for (let index = 0; index < wholes; index++) seen |= (words[at + index] ?? 0) ^ wordOf(source, index);
      for (let index = 4 * wholes; index < UNIT; index++) {
        seen |= (bytes[place + index] ?? 0) ^ (index < head ? byteOf(from, index) : 0);
      }
      return seen;
    },
  };
}

const { get, set } = local;
const VECTOR = 16;
/** Vectors that a loop goes over in one turn. */
const TURN = 4;

function makeFunction(head: number): WasmFunction {
  const [to, from, key, end] = [0, 1, 2, 3];
  const wholes = Math.floor(head / VECTOR);
  const made = (offset: number) => v128.xor(v128.load(get(from), offset), get(key));
  return {
    name: "make",
    parameters: ["i32", "i32"],
    locals: ["v128", "i32"],
    body: set(key, v128.load(i32.const(AT.key))) +
      eachVector(wholes, [to, from], end, (offset) => v128.store(get(to), made(offset), offset)) +
      (head % VECTOR === 0 ? "" : v128.store(get(to), v128.and(made(0), v128.load(i32.const(AT.mask))))),
  };
}

function differsFunction(head: number): WasmFunction {
  const [at, from, key, end, seen] = [0, 1, 2, 3, 4];
  const wholes = Math.floor(head / VECTOR);
  const made = (offset: number) => v128.xor(v128.load(get(from), offset), get(key));
  const see = (value: Code) => set(seen, v128.or(get(seen), value));
  const masked = v128.and(made(0), v128.load(i32.const(AT.mask)));
  const isWhole = head % VECTOR === 0;
  return {
    name: "differs",
    parameters: ["i32", "i32"],
    result: "i32",
    locals: ["v128", "i32", "v128"],
    body: set(key, v128.load(i32.const(AT.key))) +
      eachVector(
        wholes,
        [at, from],
        end,
        (offset) => see(v128.xor(made(offset), v128.load(get(at), offset))),
      ) +
      (isWhole ? "" : see(v128.xor(masked, v128.load(get(at)))) + advance(at, VECTOR)) +
      eachVector(
        UNIT / VECTOR - wholes - (isWhole ? 0 : 1),
        [at],
        end,
        (offset) => see(v128.load(get(at), offset)),
      ) +
      v128.anyTrue(get(seen)),
  };
}

/** Does `one` for so many vectors, whose offsets are from the pointers, and moves these behind them. `end` is a local. */
function eachVector(
  count: number,
  pointers: readonly [number, ...number[]],
  end: number,
  one: (offset: number) => Code,
): Code {
  const some = (vectors: number) =>
    Array.from({ length: vectors }, (_, index) => one(index * VECTOR)).join("") +
    pointers.map((pointer) => advance(pointer, vectors * VECTOR)).join("");
  const rest = count % TURN;
  return set(end, i32.add(get(pointers[0]), i32.const((count - rest) * VECTOR))) +
    whileLoop(i32.ne(get(pointers[0]), get(end)), some(TURN)) +
    some(rest);
}

function advance(pointer: number, bytes: number): Code {
  return set(pointer, i32.add(get(pointer), i32.const(bytes)));
}
