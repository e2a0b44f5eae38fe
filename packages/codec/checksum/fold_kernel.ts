import { INPUT, slicingFunction, STATE, tableBytes } from "./slicing_kernel.ts";
import { assembleModule, type ValueType, type WasmFunction } from "../wasm/assemble_module.ts";
import { call, clear, type Code, i32, i64, local, v128, when, whileLoop } from "../wasm/instructions.ts";

const { get, set } = local;

/** Bytes of a line of the processor's cache. */
const LINE = 64;
/** Bytes that are folded at a time; the code is written out for each vector of 16 of them. */
const ROUND = LINE;

/** What a kernel computes, and how it shortens a message without changing its CRC. */
export interface FoldKernelConfig {
  /** Bits of the CRC, which is reflected, starts as all ones and is inverted at the end. */
  readonly width: 32 | 64;
  /** The exponents, rising from 0, of the terms of a multiple of the CRC's polynomial; the fewer, the faster. */
  readonly exponents: readonly number[];
  /**
   * Where the polynomial is `(x + 1) * F` and `exponents` are of a multiple of `F` alone, with an odd number of terms:
   * `F`, reflected, its highest term first. What such folding does not keep is the parity of the message, which is counted.
   */
  readonly oddFactor?: number;
  /**
   * Bytes that stand for one power of x: 1, 2, 4 or 8. Over GF(2) `Q(x)^8 = Q(x^8)`: spread to whole bytes, a
   * multiple of the polynomial is still one. The highest two terms must come to lie at least 16 bytes apart, a vector,
   * and the lowest two at least 8, the widest state.
   */
  readonly stride: number;
  /**
   * A multiple of the CRC's polynomial that spans fewer bytes, from whose higher number of terms only the tail suffers:
   * it is folded once more, and slicing has less to do.
   */
  readonly tail?: Pick<FoldKernelConfig, "exponents" | "stride">;
  /** Messages shorter than this many bytes are not folded; at least 128 more than the terms span. */
  readonly minLength: number;
}

/** Bytes from a byte of a message to those into which it may be XORed, and so removed; rising. */
export function foldDistances(
  { exponents, stride }: Pick<FoldKernelConfig, "exponents" | "stride">,
): number[] {
  const degree = Math.max(...exponents);
  return exponents.map((exponent) => stride * (degree - exponent)).reverse().slice(1);
}

/** A kernel, not yet compiled. */
export interface FoldKernel {
  /**
   * A module that imports `memories.state` and `memories.input` and exports `update(crc, at, length)`, which continues
   * `crc` (an i32 or i64) over bytes of `input`. The two may be one memory.
   */
  readonly module: Uint8Array<ArrayBuffer>;
  /** Bytes at the start of `state` that are the kernel's: sixteen tables, put there by the caller, then scratch space. */
  readonly stateBytes: number;
}

/**
 * Writes a CRC kernel in WebAssembly SIMD.
 *
 * It folds whole vectors with loads and XORs alone, and needs no carry-less multiplication, which WebAssembly lacks: a
 * message becomes as many zeros, which a CRC of state 0 skips, and a tail as long as the largest distance, which slicing
 * tables finish. A kernel for `shared` memories takes no others as `input`.
 */
export function assembleFoldKernel(config: FoldKernelConfig, shared = false): FoldKernel {
  const { width } = config;
  const plan = planFold(config);
  const functions = [
    slicingFunction(width, STATE),
    slicingFunction(width, INPUT),
    someFunction(plan),
    ringsFunction(plan),
    tailFunction(plan),
    foldFunction(plan, config),
    updateFunction(width),
  ];
  return {
    module: assembleModule([{ name: "input", shared }, { name: "state" }], functions),
    stateBytes: plan.end,
  };
}

/** Where functions stand in the module. */
const [SLICE_TAIL, SLICE_INPUT, SOME, RINGS, TAIL, FOLD] = [0, 1, 2, 3, 4, 5];

/** Where in `STATE` is what, behind the tables: zeros, the ring of what was folded last, zeros, the tail. */
interface Plan {
  readonly distances: readonly number[];
  /** Bytes of each: the largest distance, rounded up to whole rounds. */
  readonly length: number;
  readonly start: number;
  readonly ring: number;
  readonly ringEnd: number;
  readonly tail: number;
  readonly end: number;
  /** Distances by which the tail is folded once more; none where it is not. */
  readonly tailDistances: readonly number[];
  /** Bytes of the tail that then are left, whole vectors. */
  readonly rest: number;
}

function planFold(config: FoldKernelConfig): Plan {
  const distances = foldDistances(config);
  const length = Math.ceil(Math.max(...distances) / ROUND) * ROUND;
  const start = tableBytes(config.width);
  const [ring, ringEnd, tail] = [start + length, start + 2 * length, start + 3 * length];
  const tailDistances = config.tail ? foldDistances(config.tail) : [];
  const rest = config.tail ? Math.ceil(Math.max(...tailDistances) / 16) * 16 : length;
  return { distances, length, start, ring, ringEnd, tail, end: tail + length, tailDistances, rest };
}

/**
 * `(from, to, before, length) => sum`: to `to` goes what is at `from`, XORed with what lies at the distances before
 * `before`. The sum is that of all vectors that went there.
 */
function someFunction({ distances, length }: Plan): WasmFunction {
  const [from, to, before, end, folded, sum] = [0, 1, 2, 3, 4, 5];
  const vector = (offset: number): Code =>
    distances.reduce(
      (sum, distance) => v128.xor(sum, v128.load(get(before), length - distance + offset, STATE)),
      v128.load(get(from), offset, INPUT),
    );
  return {
    parameters: ["i32", "i32", "i32", "i32"],
    result: "v128",
    locals: ["v128", "v128"],
    body: set(before, i32.sub(get(before), i32.const(length))) +
      set(end, i32.add(get(end), get(from))) +
      whileLoop(
        // Not "less than": the end of a memory of 4 GiB is 0.
        i32.ne(get(from), get(end)),
        ...each(16, ROUND).map((offset) =>
          set(folded, vector(offset)) + v128.store(get(to), get(folded), offset, STATE) +
          set(sum, v128.xor(get(sum), get(folded)))
        ),
        ...[from, to, before].map((pointer) => set(pointer, i32.add(get(pointer), i32.const(ROUND)))),
      ) +
      get(sum),
  };
}

/**
 * `(from, length) => sum`: folds what is at `from`, a multiple of the ring, into the ring, which is full. Every address
 * there is a constant, so that the engine knows it to be within the memory; to check that takes as long as the access.
 */
function ringsFunction({ distances, length, ring, ringEnd, tail }: Plan): WasmFunction {
  const [from, end, folded, sum, seen] = [0, 1, 2, 3, 4];
  const none = i32.const(0);
  const vector = (offset: number): Code =>
    distances.reduce(
      (sum, distance) => v128.xor(sum, v128.load(none, ring + (offset + length - distance) % length, STATE)),
      v128.load(get(from), offset, INPUT),
    );
  const store = (offset: number): Code =>
    set(folded, vector(offset)) + v128.store(none, get(folded), ring + offset, STATE) +
    set(sum, v128.xor(get(sum), get(folded)));
  return {
    parameters: ["i32", "i32"],
    result: "v128",
    locals: ["v128", "v128", "i64"],
    body: set(end, i32.add(get(end), get(from))) +
      whileLoop(
        i32.ne(get(from), get(end)),
        // Lines of memory come side by side where all are asked for first, and nearly one by one amid the folding.
        ...each(LINE, length).map((line) => set(seen, i64.xor(get(seen), i64.load(get(from), line, INPUT)))),
        v128.store(none, v128.fromI64(get(seen)), tail, STATE),
        store(0),
        // What is loaded across the end of the ring goes on at its start.
        v128.store(none, v128.load(none, ring, STATE), ringEnd, STATE),
        ...each(16, length).slice(1).map(store),
        set(from, i32.add(get(from), i32.const(length))),
      ) +
      get(sum),
  };
}

/** `()`: folds the tail into its last bytes, as many as `rest`. */
function tailFunction({ length, start, tail, tailDistances, rest }: Plan): WasmFunction {
  const none = i32.const(0);
  const zeros = v128.fromI64(i64.const(0));
  const count = length - rest;
  const folded = start + 16;
  // Only what was folded gives something on: vectors that are loaded across its ends find zeros there.
  const vector = (offset: number): Code =>
    tailDistances.map((distance) => offset - distance).filter((at) => at > -16 && at < count).reduce(
      (sum, at) => v128.xor(sum, v128.load(none, folded + at, STATE)),
      v128.load(none, tail + offset, STATE),
    );
  return {
    parameters: [],
    body: v128.store(none, zeros, folded - 16, STATE) +
      each(16, count).map((offset) => v128.store(none, vector(offset), folded + offset, STATE)).join("") +
      v128.store(none, zeros, folded + count, STATE) +
      each(16, rest).map((offset) => v128.store(none, vector(count + offset), tail + count + offset, STATE))
        .join(""),
  };
}

/** The multiples of `step` from 0 to less than `length`. */
function each(step: number, length: number): number[] {
  return Array.from({ length: length / step }, (_, index) => step * index);
}

/** `(state, at, length) => state`: folds if that pays, and runs over the tail and what remains. */
function foldFunction(plan: Plan, { minLength, oddFactor }: FoldKernelConfig): WasmFunction {
  const { distances, length, start, ringEnd, tail, rest } = plan;
  const [state, at, left, folding, some, place, sum, tailSum] = [0, 1, 2, 3, 4, 5, 6, 7];
  // A multiple with an odd number of terms changes the parity with each bit that is folded: `F` is 0 modulo itself, and
  // 1 modulo x + 1.
  const parity = i64.and(i64.popcnt(i64.xor(v128.toI64(get(sum), 0), v128.toI64(get(sum), 1))), i64.const(1));
  const pass = (count: Code): Code => set(at, i32.add(get(at), count));
  return {
    parameters: ["i64", "i32", "i32"],
    result: "i64",
    locals: ["i32", "i32", "i32", "v128", "v128"],
    body: when(
      i32.geU(get(left), i32.const(minLength)),
      set(folding, i32.and(i32.sub(get(left), i32.const(length)), i32.const(-ROUND))),
      set(left, i32.sub(i32.sub(get(left), get(folding)), i32.const(length))),
      // So much first, to the end of the ring, that the rest is a multiple of it.
      set(some, i32.remU(get(folding), i32.const(length))),
      set(place, i32.sub(i32.const(ringEnd), get(some))),
      clear(i32.const(start), i32.const(3 * length), STATE),
      // The word at the largest distance reaches only the first of the message, where the state belongs.
      v128.store(i32.sub(get(place), i32.const(Math.max(...distances))), v128.fromI64(get(state)), 0, STATE),
      set(sum, call(SOME, get(at), get(place), get(place), get(some))),
      pass(get(some)),
      set(folding, i32.sub(get(folding), get(some))),
      set(sum, v128.xor(get(sum), call(RINGS, get(at), get(folding)))),
      pass(get(folding)),
      // The tail takes what was folded before it, and gives nothing on: zeros stand where it would.
      v128.store(i32.const(ringEnd), v128.fromI64(i64.const(0)), 0, STATE),
      set(tailSum, call(SOME, get(at), i32.const(tail), i32.const(ringEnd), i32.const(length))),
      pass(i32.const(length)),
      rest < length ? call(TAIL) : "",
      set(state, call(SLICE_TAIL, i64.const(0), i32.const(tail + length - rest), i32.const(rest))),
      oddFactor === undefined ? "" : set(state, i64.xor(get(state), i64.mul(parity, i64.const(oddFactor)))),
    ) + call(SLICE_INPUT, get(state), get(at), get(left)),
  };
}

/** `update(crc, at, length)`: the CRC before and after is inverted. */
function updateFunction(width: 32 | 64): WasmFunction {
  const type: ValueType = width === 32 ? "i32" : "i64";
  const invert = (value: Code): Code => i64.xor(value, i64.const(width === 32 ? 0xffff_ffff : -1));
  const before = invert(width === 32 ? i64.extendU(get(0)) : get(0));
  const after = invert(call(FOLD, before, get(1), get(2)));
  return {
    name: "update",
    parameters: [type, "i32", "i32"],
    result: type,
    body: width === 32 ? i32.wrap(after) : after,
  };
}
