/**
 * Small WebAssembly modules written in TypeScript: functions over vectors and memories, assembled when they are needed.
 *
 * @module
 */
export { assembleModule, type ImportedMemory, type ValueType, type WasmFunction } from "./assemble_module.ts";
export {
  type Binary,
  call,
  clear,
  type Code,
  i32,
  i64,
  type Load,
  local,
  type Unary,
  v128,
  when,
  whileLoop,
} from "./instructions.ts";
