import { assertEquals } from "@std/assert";
import { assembleModule, type WasmFunction } from "./assemble_module.ts";
import { call, clear, i32, i64, local, v128, when, whileLoop } from "./instructions.ts";

const { get, set } = local;

function run(functions: readonly WasmFunction[]): {
  readonly memories: readonly [WebAssembly.Memory, WebAssembly.Memory];
  call(name: string, ...values: (number | bigint)[]): unknown;
} {
  const first = new WebAssembly.Memory({ initial: 1 });
  const second = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(assembleModule([{ name: "first" }, { name: "second" }], functions));
  const { exports } = new WebAssembly.Instance(module, { memories: { first, second } });
  return {
    memories: [first, second],
    call: (name, ...values) => (exports[name] as (...values: unknown[]) => unknown)(...values),
  };
}

Deno.test("assembleModule() numbers functions in order and exports the named ones", () => {
  const { call: invoke } = run([
    { parameters: ["i32"], result: "i32", body: i32.shl(get(0), i32.const(1)) },
    { name: "quadruple", parameters: ["i32"], result: "i32", body: call(0, call(0, get(0))) },
    { name: "nothing", parameters: [], body: "" },
  ]);
  assertEquals(invoke("quadruple", 11), 44);
  assertEquals(invoke("nothing"), undefined);
});

Deno.test("assembleModule() makes loops, conditions and locals", () => {
  const { call: invoke } = run([{
    name: "sumOfOddBelow",
    parameters: ["i32"],
    result: "i32",
    locals: ["i32", "i32"],
    body: whileLoop(
      i32.gtU(get(0), get(1)),
      when(i32.and(get(1), i32.const(1)), set(2, i32.add(get(2), get(1)))),
      set(1, i32.add(get(1), i32.const(1))),
    ) + get(2),
  }]);
  assertEquals(invoke("sumOfOddBelow", 10), 25);
  assertEquals(invoke("sumOfOddBelow", 0), 0);
});

Deno.test("assembleModule() reads either memory and writes the first", () => {
  const { memories: [first, second], call: invoke } = run([{
    name: "xor",
    parameters: [],
    result: "i64",
    body: v128.store(
      i32.const(64),
      v128.xor(v128.load(i32.const(0), 16, 0), v128.load(i32.const(0), 200, 1)),
      300,
    ) + i64.xor(i64.load(i32.const(364)), i64.load8U(i32.const(0), 200, 1)),
  }]);
  new Uint8Array(first.buffer).fill(0x0f, 16, 32);
  new Uint8Array(second.buffer).fill(0xff, 200, 216);
  assertEquals(invoke("xor"), 0xf0f0_f0f0_f0f0_f00fn - 2n ** 64n);
  assertEquals(new Uint8Array(first.buffer, 364, 17), new Uint8Array([...new Array(16).fill(0xf0), 0]));
});

Deno.test("assembleModule() clears and widens, in either memory", () => {
  for (const memory of [0, 1]) {
    const { memories, call: invoke } = run([{
      name: "run",
      parameters: ["i64"],
      body: v128.store(i32.const(32), v128.fromI64(get(0)), 4, memory) +
        clear(i32.const(6), i32.const(2), memory),
    }]);
    const filled = memories.map(({ buffer }) => new Uint8Array(buffer).fill(9));
    const [here, other] = [filled[memory], filled[1 - memory]];
    invoke("run", 0x0102n);
    assertEquals(here?.slice(4, 10), Uint8Array.of(9, 9, 0, 0, 9, 9));
    assertEquals(here?.slice(35, 53), Uint8Array.of(9, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9));
    assertEquals(other?.every((byte) => byte === 9), true);
  }
});

Deno.test("assembleModule() gives the remainder of numbers without a sign", () => {
  const { call: invoke } = run([{
    name: "run",
    parameters: ["i64"],
    result: "i64",
    body: i64.extendU(i32.remU(i32.wrap(get(0)), i32.const(7))),
  }]);
  assertEquals([0n, 6n, 7n, 0xffff_ffffn].map((value) => invoke("run", value)), [0n, 6n, 0n, 3n]);
});

Deno.test("assembleModule() counts bits, multiplies and takes vectors apart", () => {
  const { call: invoke } = run([{
    name: "run",
    parameters: ["i64"],
    result: "i64",
    locals: ["v128"],
    body: set(1, v128.fromI64(get(0))) +
      i64.mul(
        i64.popcnt(i64.xor(v128.toI64(get(1), 0), v128.toI64(get(1), 1))),
        i64.and(get(0), i64.const(6)),
      ),
  }]);
  assertEquals([0n, 2n, 7n, -1n, 0x8000_0000_0000_0004n - 2n ** 64n].map((value) => invoke("run", value)), [
    0n,
    2n,
    18n,
    384n,
    8n,
  ]);
});

Deno.test("assembleModule() joins vectors, and tells whether any bit is set", () => {
  const at = (offset: number) => v128.load(i32.const(0), offset, 0);
  const { memories: [memory], call: invoke } = run([
    { name: "any", parameters: [], result: "i32", body: v128.anyTrue(v128.and(at(0), at(16))) },
    { name: "join", parameters: [], body: v128.store(i32.const(32), v128.or(at(0), at(16))) },
  ]);
  const bytes = new Uint8Array(memory.buffer);
  bytes[15] = 0x81;
  bytes[31] = 0x42;
  assertEquals(invoke("any"), 0);
  invoke("join");
  assertEquals([bytes[32], bytes[47]], [0, 0xc3]);
  bytes[31] = 0xc0;
  assertEquals(invoke("any"), 1);
});
