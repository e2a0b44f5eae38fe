import { slicingFunction, tableBytes } from "./slicing_kernel.ts";
import { assembleModule, type ValueType, type WasmFunction } from "./wasm_assembler.ts";
import { call, clear, type Code, i32, i64, local, move, v128, when, whileLoop } from "./wasm_instructions.ts";

const { get, set } = local;

/** Vectors of 16 bytes a round of the fold handles; its code is written out that many times. */
const UNROLL = 4;
const ROUND = 16 * UNROLL;
/** Bytes folded before the window moves back to the start of the scratch space. */
const BLOCK = 16_384;

/** A way to shorten a message without changing its CRC. */
export interface FoldLevel {
  /** The exponents, rising from 0, of the terms of a multiple of the CRC's polynomial; the fewer, the faster. */
  readonly exponents: readonly number[];
  /**
   * Bytes that stand for one power of x: 1, 2, 4 or 8. Over GF(2) `Q(x)^8 = Q(x^8)`: spread to whole bytes, a
   * multiple of the polynomial is still one. The highest two terms must come to lie at least 16 bytes apart, a vector,
   * and the lowest two at least 8, the widest state.
   */
  readonly stride: number;
  /** Messages shorter than this many bytes skip the level; at least 64 more than the terms span. */
  readonly minLength: number;
}

/** Bytes from a byte of a message to those into which it may be XORed, and so removed; rising. */
export function foldDistances({ exponents, stride }: FoldLevel): number[] {
  const degree = Math.max(...exponents);
  return exponents.map((exponent) => stride * (degree - exponent)).reverse().slice(1);
}

/** What a kernel computes. */
export interface FoldKernelConfig {
  /** Bits of the CRC, which is reflected, starts as all ones and is inverted at the end. */
  readonly width: 32 | 64;
  /** Levels from the longest messages to the shortest. */
  readonly levels: readonly FoldLevel[];
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
 * message becomes as many zeros, which a CRC of state 0 skips, and a tail as long as the largest distance. The next
 * level shortens that tail, and slicing tables finish it.
 */
export function assembleFoldKernel({ width, levels }: FoldKernelConfig): FoldKernel {
  // A function that continues a CRC comes in pairs: at an even index over memory 0, then over memory 1.
  const functions: WasmFunction[] = [slicingFunction(width, 0), slicingFunction(width, 1)];
  let stateBytes = tableBytes(width);
  for (const level of levels.toReversed()) {
    const next = functions.length - 2;
    const plan = planLevel(level, stateBytes);
    for (const memory of [0, 1]) functions.push(foldFunction(plan, memory));
    for (const memory of [0, 1]) {
      functions.push(levelFunction(plan, next + 2 + memory, next, next + memory));
    }
    stateBytes = plan.end;
  }
  functions.push(updateFunction(width, functions.length - 1));
  return { module: assembleModule(["state", "input"], functions), stateBytes };
}

/** Where a level keeps what in memory 0: the window of bytes before the block, the block, the tail. */
interface Plan extends Pick<FoldLevel, "minLength"> {
  readonly distances: readonly number[];
  /** Bytes of the window and of the tail: the largest distance, rounded up to whole rounds. */
  readonly window: number;
  readonly history: number;
  readonly block: number;
  readonly tail: number;
  readonly end: number;
}

function planLevel(level: FoldLevel, history: number): Plan {
  const distances = foldDistances(level);
  const window = Math.ceil(Math.max(...distances) / ROUND) * ROUND;
  const block = history + window;
  const tail = block + BLOCK + window;
  return { minLength: level.minLength, distances, window, history, block, tail, end: tail + window };
}

/** `(from, folded, to, length)`: to `to` goes what is at `from`, XORed with what was folded before at the distances. */
function foldFunction({ distances, window }: Plan, memory: number): WasmFunction {
  const [from, folded, to, end, before] = [0, 1, 2, 3, 4];
  const vector = (offset: number): Code =>
    distances.reduce(
      (sum, distance) => v128.xor(sum, v128.load(get(before), window - distance + offset)),
      v128.load(get(from), offset, memory),
    );
  const offsets = Array.from({ length: UNROLL }, (_, index) => 16 * index);
  return {
    parameters: ["i32", "i32", "i32", "i32"],
    locals: ["i32"],
    body: set(before, i32.sub(get(folded), i32.const(window))) +
      set(end, i32.add(get(end), get(from))) +
      whileLoop(
        // Not "less than": the end of a memory of 4 GiB is 0.
        i32.ne(get(from), get(end)),
        ...offsets.map((offset) => v128.store(get(to), vector(offset), offset)),
        ...[from, to, before].map((pointer) => set(pointer, i32.add(get(pointer), i32.const(ROUND)))),
      ),
  };
}

/** `(state, at, length) => state`: folds if that pays, hands the tail to `tailNext` and what remains to `next`. */
function levelFunction(
  plan: Plan,
  fold: number,
  tailNext: number,
  next: number,
): WasmFunction {
  const [state, at, left, folding, end] = [0, 1, 2, 3, 4];
  const { minLength, distances, window, history, block, tail } = plan;
  const oldest = window - Math.max(...distances);
  const foldBlock = (length: Code): Code =>
    call(fold, get(at), i32.const(block), i32.const(block), length) + set(at, i32.add(get(at), length));
  return {
    parameters: ["i64", "i32", "i32"],
    result: "i64",
    locals: ["i32", "i32"],
    body: when(
      i32.geU(get(left), i32.const(minLength)),
      set(folding, i32.and(i32.sub(get(left), i32.const(window)), i32.const(-ROUND))),
      set(left, i32.sub(i32.sub(get(left), get(folding)), i32.const(window))),
      // The oldest word of the window reaches only the first of the message, where the state belongs.
      clear(i32.const(history), i32.const(window)),
      v128.store(i32.const(history), v128.fromI64(get(state)), oldest),
      whileLoop(
        i32.gtU(get(folding), i32.const(BLOCK)),
        foldBlock(i32.const(BLOCK)),
        move(i32.const(history), i32.const(history + BLOCK), i32.const(window)),
        set(folding, i32.sub(get(folding), i32.const(BLOCK))),
      ),
      foldBlock(get(folding)),
      set(end, i32.add(i32.const(block), get(folding))),
      // The tail takes what was folded before it, and gives nothing on: zeros stand where it would.
      clear(get(end), i32.const(window)),
      call(fold, get(at), get(end), i32.const(tail), i32.const(window)),
      set(at, i32.add(get(at), i32.const(window))),
      set(state, call(tailNext, i64.const(0), i32.const(tail), i32.const(window))),
    ) + call(next, get(state), get(at), get(left)),
  };
}

/** `update(crc, at, length)`: the CRC before and after is inverted. */
function updateFunction(width: 32 | 64, continueInput: number): WasmFunction {
  const type: ValueType = width === 32 ? "i32" : "i64";
  const invert = (value: Code): Code => i64.xor(value, i64.const(width === 32 ? 0xffff_ffff : -1));
  const before = invert(width === 32 ? i64.extendU(get(0)) : get(0));
  const after = invert(call(continueInput, before, get(1), get(2)));
  return {
    name: "update",
    parameters: [type, "i32", "i32"],
    result: type,
    body: width === 32 ? i32.wrap(after) : after,
  };
}
