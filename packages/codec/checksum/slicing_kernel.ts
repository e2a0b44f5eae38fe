import type { WasmFunction } from "../wasm/assemble_module.ts";
import { type Code, i32, i64, local, whileLoop } from "../wasm/instructions.ts";

/** The memory that a checksum is taken of. */
export const INPUT = 0;
/** The memory of tables and scratch space. */
export const STATE = 1;

const { get, set } = local;

/** Bytes of the sixteen tables that {@linkcode slicingFunction} reads at the start of `STATE`. */
export function tableBytes(width: 32 | 64): number {
  return 16 * 256 * width / 8;
}

/**
 * A function `(state: i64, at: i32, length: i32) => i64` that runs a reflected CRC of `width` bits over bytes of
 * `memory`, sixteen at a time. Entry `b` of table `k` is what the byte `b` becomes when `k` more bytes have passed.
 */
export function slicingFunction(width: 32 | 64, memory: number): WasmFunction {
  const [state, at, left, first, second] = [0, 1, 2, 3, 4];
  const entryBytes = width / 8;
  const entryAt = (index: Code, table: number): Code =>
    (width === 32 ? i64.load32U : i64.load)(
      i32.shl(index, i32.const(Math.log2(entryBytes))),
      table * 256 * entryBytes,
      STATE,
    );
  const lookUp = (word: number, byte: number, table: number): Code => {
    const shifted = byte === 0 ? get(word) : i64.shrU(get(word), i64.const(8 * byte));
    return entryAt(i32.and(i32.wrap(shifted), i32.const(0xff)), table);
  };
  const lookUpAll = (word: number, table: number): Code =>
    [1, 2, 3, 4, 5, 6, 7].reduce(
      (sum, byte) => i64.xor(sum, lookUp(word, byte, table - byte)),
      lookUp(word, 0, table),
    );
  const advance = (bytes: number): Code =>
    set(at, i32.add(get(at), i32.const(bytes))) + set(left, i32.sub(get(left), i32.const(bytes)));
  return {
    parameters: ["i64", "i32", "i32"],
    result: "i64",
    locals: ["i64", "i64"],
    body: whileLoop(
      i32.geU(get(left), i32.const(16)),
      set(first, i64.xor(get(state), i64.load(get(at), 0, memory))),
      set(second, i64.load(get(at), 8, memory)),
      set(state, i64.xor(lookUpAll(first, 15), lookUpAll(second, 7))),
      advance(16),
    ) + whileLoop(
      get(left),
      set(first, i64.xor(get(state), i64.load8U(get(at), 0, memory))),
      set(state, i64.xor(i64.shrU(get(state), i64.const(8)), lookUp(first, 0, 0))),
      advance(1),
    ) + get(state),
  };
}
