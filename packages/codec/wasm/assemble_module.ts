import { type Code, unsigned } from "./instructions.ts";

/** A type of value in WebAssembly. */
export type ValueType = "i32" | "i64" | "v128";

/** A function of a module. Parameters and locals share one numbering, parameters first. */
export interface WasmFunction {
  /** The name it is exported by; none keeps it inside. */
  readonly name?: string;
  /** Types of the parameters. */
  readonly parameters: readonly ValueType[];
  /** Type of the result, if there is one. */
  readonly result?: ValueType;
  /** Types of the local variables, which start as zero. */
  readonly locals?: readonly ValueType[];
  /** What it does; the value left on the stack is the result. */
  readonly body: Code;
}

/** A memory that a module imports. */
export interface ImportedMemory {
  /** The name it is imported by. */
  readonly name: string;
  /** Whether it is one that other threads see. */
  readonly shared?: boolean;
}

/** Pages of the largest memory there can be. */
const MOST_PAGES = 65_536;

const typeCodes: Record<ValueType, Code> = { i32: "\x7f", i64: "\x7e", v128: "\x7b" };

/**
 * The bytes of a WebAssembly module, in the binary format of the core specification.
 *
 * The module imports its memories, each of at least one page, from `memories` under the names given; the first is
 * memory 0. Functions are numbered in the order given. Names are ASCII.
 */
export function assembleModule(
  memories: readonly ImportedMemory[],
  functions: readonly WasmFunction[],
): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, result }) =>
    "\x60" + vector(parameters.map((type) => typeCodes[type])) + vector(result ? [typeCodes[result]] : [])
  );
  const imports = memories.map(({ name, shared }) =>
    sized("memories") + sized(name) + (shared ? "\x02\x03\x01" + unsigned(MOST_PAGES) : "\x02\x00\x01")
  );
  const exports = functions.flatMap(({ name }, index) =>
    name === undefined ? [] : [sized(name) + "\x00" + unsigned(index)]
  );
  const bodies = functions.map(({ locals = [], body }) =>
    sized(vector(locals.map((type) => "\x01" + typeCodes[type])) + body + "\x0b")
  );
  return toBytes(
    "\x00asm\x01\x00\x00\x00" +
      section(1, types) +
      section(2, imports) +
      section(3, functions.map((_, index) => unsigned(index))) +
      section(7, exports) +
      section(10, bodies),
  );
}

function section(id: number, items: readonly Code[]): Code {
  return String.fromCharCode(id) + sized(vector(items));
}

function vector(items: readonly Code[]): Code {
  return unsigned(items.length) + items.join("");
}

function sized(code: Code): Code {
  return unsigned(code.length) + code;
}

function toBytes(code: Code): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(code.length);
  for (let index = 0; index < code.length; index++) bytes[index] = code.charCodeAt(index);
  return bytes;
}
