import { seededRandom } from "@lade/testing";
import { assert, assertEquals } from "@std/assert";
import { AT, plainKernel, UNIT, type UnitKernel, wasmKernel } from "./unit_kernel.ts";

/** Both kernels, with the same pool and key. */
function kernelsOf(head: number, random: () => number): [UnitKernel, UnitKernel] {
  const wasm = wasmKernel(head);
  assert(wasm, "this runtime can run it");
  const kernels: [UnitKernel, UnitKernel] = [wasm, plainKernel(head)];
  const pool = Uint8Array.from({ length: AT.made - AT.pool }, () => 256 * random());
  const key = Uint8Array.from({ length: 16 }, () => 256 * random());
  for (const { buffer } of kernels) {
    new Uint8Array(buffer).set(pool, AT.pool);
    new Uint8Array(buffer).set(key, AT.key);
  }
  return kernels;
}

function unitOf({ buffer }: UnitKernel, at: number): Uint8Array {
  return new Uint8Array(buffer).slice(at, at + UNIT);
}

Deno.test("the kernel in WebAssembly makes and finds what plain code does, whatever the head", () => {
  const seed = Math.floor(2 ** 32 * Math.random());
  const random = seededRandom(seed);
  const edges = [16, 17, 31, 32, 33, 63, 64, 65, 79, 80, 81, 4079, 4080, 4081, 4084, 4095, UNIT];
  const heads = [...edges, ...Array.from({ length: 20 }, () => 16 + Math.floor(4081 * random()))];
  for (const head of heads) {
    const what = `seed ${seed}, head ${head}`;
    const kernels = kernelsOf(head, random);
    const from = AT.pool + 16 * Math.floor(2 ** 15 * random());
    const at = AT.made + UNIT;
    for (const kernel of kernels) kernel.make(at, from);
    const [wasm, plain] = kernels.map((kernel) => unitOf(kernel, at));
    assertEquals(wasm, plain, what);
    assertEquals([wasm?.subarray(head).every((byte) => byte === 0)], [true], what);
    for (const kernel of kernels) {
      // Nothing is written beside it.
      assertEquals([unitOf(kernel, AT.made), unitOf(kernel, at + UNIT)], [
        new Uint8Array(UNIT),
        new Uint8Array(UNIT),
      ]);
      assertEquals(kernel.differs(at, from), 0, what);
      const unit = new Uint8Array(kernel.buffer, at, UNIT);
      for (const wrong of [0, head - 1, head, UNIT - 1, Math.floor(UNIT * random())]) {
        if (wrong >= UNIT) continue;
        unit[wrong] = (unit[wrong] ?? 0) ^ 1 << Math.floor(8 * random());
        assert(kernel.differs(at, from) !== 0, `${what}: byte ${wrong}`);
        kernel.make(at, from);
        unit.fill(0, head);
      }
    }
  }
});

Deno.test("a kernel takes less than a mebibyte", () => {
  for (const kernel of [wasmKernel(UNIT), plainKernel(UNIT)]) {
    assert((kernel?.buffer.byteLength ?? NaN) < 2 ** 20);
  }
});

Deno.test("a runtime without what the kernel needs has none", () => {
  const whole = Object.getOwnPropertyDescriptor(globalThis, "WebAssembly");
  assert(whole);
  try {
    for (const value of [undefined, { ...WebAssembly, validate: () => false }]) {
      Object.defineProperty(globalThis, "WebAssembly", { ...whole, value });
      assertEquals(wasmKernel(UNIT), undefined);
    }
  } finally {
    Object.defineProperty(globalThis, "WebAssembly", whole);
  }
});
