/** A run of WebAssembly instructions: one character per byte, because strings are joined without a copy. */
export type Code = string;

/** The unsigned LEB128 form of a number below 2^32. */
export function unsigned(value: number): Code {
  let code = "";
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) code += byte(rest & 0x7f | 0x80);
  return code + byte(rest);
}

/** The signed LEB128 form of a safe integer. */
export function signed(value: number): Code {
  let code = "";
  let rest = value;
  for (; rest < -0x40 || rest > 0x3f; rest = Math.floor(rest / 0x80)) code += byte(rest & 0x7f | 0x80);
  return code + byte(rest & 0x7f);
}

const byte = String.fromCharCode;

/** An instruction of one operand. */
export type Unary = (a: Code) => Code;
/** An instruction of two operands. */
export type Binary = (a: Code, b: Code) => Code;
/** An instruction that reads at `address + offset`. */
export type Load = (address: Code, offset?: number, memory?: number) => Code;

function unary(opcode: Code): Unary {
  return (a) => a + opcode;
}

function binary(opcode: Code): Binary {
  return (a, b) => a + b + opcode;
}

function load(opcode: Code): Load {
  return (address, offset = 0, memory = 0) => address + opcode + access(offset, memory);
}

/** The operand of a load or store. A memory other than 0 is announced by a flag beside the alignment. */
function access(offset: number, memory: number): Code {
  return (memory === 0 ? "\x00" : byte(0x40, memory)) + unsigned(offset);
}

/** Local variables. */
export const local: { get(index: number): Code; set(index: number, value: Code): Code } = {
  get: (index) => byte(0x20, index),
  set: (index, value) => value + byte(0x21, index),
};

/** Operations on 32-bit integers. */
export const i32: {
  const(value: number): Code;
  eqz: Unary;
  ne: Binary;
  gtU: Binary;
  geU: Binary;
  add: Binary;
  sub: Binary;
  remU: Binary;
  and: Binary;
  shl: Binary;
  /** The low half of a 64-bit integer. */
  wrap: Unary;
} = {
  const: (value) => "\x41" + signed(value),
  eqz: unary("\x45"),
  ne: binary("\x47"),
  gtU: binary("\x4b"),
  geU: binary("\x4f"),
  add: binary("\x6a"),
  sub: binary("\x6b"),
  remU: binary("\x70"),
  and: binary("\x71"),
  shl: binary("\x74"),
  wrap: unary("\xa7"),
};

/** Operations on 64-bit integers. */
export const i64: {
  const(value: number): Code;
  load: Load;
  load8U: Load;
  load32U: Load;
  mul: Binary;
  and: Binary;
  xor: Binary;
  shrU: Binary;
  /** The number of bits that are set. */
  popcnt: Unary;
  /** A 32-bit integer widened with zeros. */
  extendU: Unary;
} = {
  const: (value) => "\x42" + signed(value),
  load: load("\x29"),
  load8U: load("\x31"),
  load32U: load("\x35"),
  mul: binary("\x7e"),
  and: binary("\x83"),
  xor: binary("\x85"),
  shrU: binary("\x88"),
  popcnt: unary("\x7b"),
  extendU: unary("\xad"),
};

/** Operations on 128-bit vectors. */
export const v128: {
  load: Load;
  store(address: Code, value: Code, offset?: number, memory?: number): Code;
  and: Binary;
  or: Binary;
  xor: Binary;
  /** 1 where any bit is set, else 0. */
  anyTrue: Unary;
  /** A 64-bit integer, then zeros. */
  fromI64: Unary;
  /** The low 64-bit integer, 0, or the high one, 1. */
  toI64(value: Code, lane: 0 | 1): Code;
} = {
  load: load("\xfd\x00"),
  store: (address, value, offset = 0, memory = 0) => address + value + "\xfd\x0b" + access(offset, memory),
  and: binary("\xfd\x4e"),
  or: binary("\xfd\x50"),
  xor: binary("\xfd\x51"),
  anyTrue: unary("\xfd\x53"),
  fromI64: (value) => "\xfd\x0c" + "\x00".repeat(16) + value + "\xfd\x1e\x00",
  toI64: (value, lane) => value + "\xfd\x1d" + byte(lane),
};

/** Runs `body` while `condition` is not zero. */
export function whileLoop(condition: Code, ...body: Code[]): Code {
  const leave = i32.eqz(condition) + "\x0d\x01";
  const again = "\x0c\x00";
  return "\x02\x40\x03\x40" + leave + body.join("") + again + "\x0b\x0b";
}

/** Runs `body` if `condition` is not zero. */
export function when(condition: Code, ...body: Code[]): Code {
  return condition + "\x04\x40" + body.join("") + "\x0b";
}

/** Calls the function of that index. */
export function call(index: number, ...values: Code[]): Code {
  return values.join("") + "\x10" + unsigned(index);
}

/** Fills `length` bytes of a memory with zeros. */
export function clear(address: Code, length: Code, memory = 0): Code {
  return address + i32.const(0) + length + "\xfc\x0b" + byte(memory);
}
