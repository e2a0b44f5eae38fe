import { assert, assertEquals, assertThrows } from "@std/assert";
import { valuePacker } from "./pack_value.ts";

Deno.test("a packer moves what a value covers, copies together what stays, and keeps its shape", () => {
  const packer = valuePacker();
  const memory = new Uint8Array(8192).map((_, i) => i);
  const own = new Float32Array(2048).fill(3);
  const shared = memory.subarray(8, 16);
  const value = {
    a: shared,
    b: [new Uint16Array(memory.buffer, 32, 4), own],
    m: new Map([["k", shared]]),
    n: null,
  };
  const packed = packer.pack(value, { stays: memory.buffer }) as typeof value;
  assertEquals(packed, value);
  const { a, m, b } = packed;
  assert(a === m.get("k") && b[1] === own && b[0]?.buffer === a.buffer);
  assert(packer.moves && a.buffer !== memory.buffer);
  const { moved, copied, bytes } = packer.take();
  assertEquals(new Set(moved), new Set([own.buffer, a.buffer]));
  assertEquals([copied, bytes], [8 + 8, 8192 + 32]);
  assert(!packer.moves && packer.bytes === 0);
  const round = { self: undefined as unknown };
  round.self = round;
  assertEquals(packer.pack(round), round);
});

Deno.test("memory of 4 KiB and more is moved where more than half of it is wanted, all other is copied", () => {
  const cases: [memory: number, view: number, copied: number][] = [
    [8192, 4096, 4096],
    [8192, 4097, 0],
    [4096, 4096, 0],
    [4095, 4095, 4095],
    [8192, 0, 0],
  ];
  for (const [memory, view, copied] of cases) {
    const packer = valuePacker();
    const whole = new Uint8Array(memory).fill(7);
    const packed = packer.pack({ view: whole.subarray(0, view) }) as { view: Uint8Array };
    assertEquals(packed.view, whole.subarray(0, view));
    assertEquals(packer.take().copied, copied);
    packer.pack(whole, { copies: true });
    assertEquals(packer.take().copied, memory);
    assert(!whole.buffer.detached);
  }
});

Deno.test("small values lie side by side, in memory that is all used or nearly so", () => {
  const packer = valuePacker();
  for (let time = 0; time < 3; time++) {
    const packed = Array.from(
      { length: 100 },
      (_, i) => packer.pack(new Uint8Array(50).fill(i)) as Uint8Array,
    );
    assertEquals(packed.map((bytes) => bytes[49]), Array.from({ length: 100 }, (_, i) => i));
    const { moved, bytes, copied } = packer.take();
    assertEquals(copied, 5000);
    assert(moved.length <= (time === 0 ? 12 : 1), `${moved.length}`);
    assert(bytes <= 2 * 6400, `${bytes}`);
    assertEquals(new Set(packed.map(({ buffer }) => buffer)), new Set(moved));
  }
});

Deno.test("no two values of a message share anything but what threads share", () => {
  const packer = valuePacker();
  const tags = { names: ["a"], at: new Date(0), bytes: new Uint8Array(8192) };
  const both = new SharedArrayBuffer(8);
  const [a, b] = [1, 2].map((id) => packer.pack({ id, tags: { ...tags, bytes: tags.names }, both })) as {
    tags: { names: string[]; at: Date };
    both: SharedArrayBuffer;
  }[];
  const { value } = structuredClone({ value: [a, b] });
  assertEquals(value[0]?.tags, value[1]?.tags);
  assert(value[0]?.tags.names !== value[1]?.tags.names);
  assert(value[0]?.tags.at !== value[1]?.tags.at);
  assert(a?.both === both && b?.both === both);
  packer.take();
  packer.pack({ tags });
  const again = assertThrows(() => packer.pack({ tags }), TypeError);
  assertEquals(
    again.message,
    "tags.bytes is memory that was moved or given back before: give a copy of it, or new memory",
  );
  packer.take();
  const { names } = packer.pack(tags, { apart: true, copies: true }) as typeof tags;
  assert(names !== tags.names);
});

Deno.test("of a value that cannot be sent nothing goes", () => {
  const packer = valuePacker();
  const bytes = new Uint8Array(8192);
  assertThrows(() => packer.pack({ bytes, f() {} }), TypeError, "f is a function");
  assertThrows(() => packer.pack([bytes, Symbol("s")]), TypeError, "[1] is a symbol");
  assertEquals(packer.take(), { moved: [], bytes: 0, copied: 0, shared: [] });
  assertEquals(packer.pack({ bytes }), { bytes });
});
