import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "@lade/testing";
import { bindChecksums } from "./bind_checksums.ts";
import { crc32cKernel } from "./crc32c_kernel.ts";
import { crc32cPlain, crc32cTables } from "./crc32c_plain.ts";
import { crc64nvmeKernel } from "./crc64nvme_kernel.ts";
import { crc64nvmePlain } from "./crc64nvme_plain.ts";
import { WasmChecksum } from "./wasm_checksum.ts";

const SIZE = 10 * 65_536;

/** The same random bytes twice: in a bound memory and in an ordinary buffer. */
function randomBytes(random: () => number): [Uint8Array, Uint8Array] {
  const memory = new WebAssembly.Memory({ initial: SIZE / 65_536 });
  bindChecksums(memory);
  const bytes = new Uint8Array(memory.buffer);
  for (let at = 0; at < bytes.length; at++) bytes[at] = 256 * random();
  return [bytes, bytes.slice()];
}

interface Case<Value> {
  readonly checksum: { load(): boolean };
  kernel(bytes: Uint8Array, crc: Value): Value | undefined;
  plain(bytes: Uint8Array, crc: Value): Value;
  start(random: () => number): Value;
}

const crc32cCase: Case<number> = {
  checksum: crc32cKernel,
  kernel: (bytes, crc) => (crc32cKernel.update(bytes, crc) ?? NaN) >>> 0,
  plain: crc32cPlain,
  start: (random) => Math.floor(2 ** 32 * random()),
};

const crc64nvmeCase: Case<bigint> = {
  checksum: crc64nvmeKernel,
  kernel: (bytes, crc) => BigInt.asUintN(64, crc64nvmeKernel.update(bytes, crc) ?? -1n),
  plain: crc64nvmePlain,
  start: (random) => BigInt(Math.floor(2 ** 32 * random())) << 32n | BigInt(Math.floor(2 ** 32 * random())),
};

function compareAtRandom<Value>({ checksum, kernel, plain, start }: Case<Value>): void {
  assert(checksum.load());
  const seed = Math.floor(2 ** 32 * Math.random());
  const random = seededRandom(seed);
  const [bound, unbound] = randomBytes(random);
  for (let round = 0; round < 3_000; round++) {
    const most = round % 100 === 0 ? SIZE : [40, 2_000, 8_000, 40_000][round % 4] ?? 0;
    const length = Math.floor((most + 1) * random());
    const offset = Math.floor((SIZE - length + 1) * random());
    const crc = start(random);
    const expected = plain(bound.subarray(offset, offset + length), crc);
    const what = `seed ${seed}: ${length} bytes at ${offset} after ${crc}`;
    assertEquals(kernel(bound.subarray(offset, offset + length), crc), expected, `in place, ${what}`);
    assertEquals(kernel(unbound.subarray(offset, offset + length), crc), expected, `copied, ${what}`);
  }
}

/** Lengths where folding starts, a round of 64 bytes or a ring ends, and the copying window is full. */
function* edges(): Iterable<number> {
  const ends = [0, 209, 621, 800, 1_740, 5_000, 16_384, 262_144];
  for (const ring of [640, 1_792]) ends.push(...[1, 2, 3, 4, 9, 18].map((count) => count * ring));
  for (const end of ends) {
    for (let length = Math.max(0, end - 66); length <= end + 66; length++) yield length;
  }
}

function compareAtEdges<Value>({ checksum, kernel, plain, start }: Case<Value>): void {
  assert(checksum.load());
  const [bound, unbound] = randomBytes(seededRandom(1));
  const crc = start(seededRandom(2));
  for (const length of edges()) {
    const expected = plain(unbound.subarray(3, 3 + length), crc);
    assertEquals(kernel(bound.subarray(3, 3 + length), crc), expected, `${length} bytes in place`);
    assertEquals(kernel(unbound.subarray(3, 3 + length), crc), expected, `${length} bytes copied`);
  }
}

Deno.test("crc32cKernel agrees with plain TypeScript at random", () => compareAtRandom(crc32cCase));
Deno.test("crc32cKernel agrees with plain TypeScript at its edges", () => compareAtEdges(crc32cCase));
Deno.test("crc64nvmeKernel agrees with plain TypeScript at random", () => compareAtRandom(crc64nvmeCase));
Deno.test("crc64nvmeKernel agrees with plain TypeScript at its edges", () => compareAtEdges(crc64nvmeCase));

Deno.test("load() finds that both kernels run here", () => {
  assert(crc32cKernel.load());
  assert(crc64nvmeKernel.load());
});

Deno.test("update() leaves the first MiB to plain code and loads the kernel then", () => {
  const checksum = new WasmChecksum<number>(crc32cKernel.config, crc32cTables);
  const bytes = new Uint8Array(2 ** 18);
  assertEquals([1, 2, 3].map(() => checksum.update(bytes, 0)), [undefined, undefined, undefined]);
  assertEquals((checksum.update(bytes, 0) ?? NaN) >>> 0, crc32cPlain(bytes));
  assertEquals((checksum.update(bytes.subarray(0, 5), 0) ?? NaN) >>> 0, crc32cPlain(bytes.subarray(0, 5)));
});

Deno.test("load() fails where WebAssembly is missing or lacks what the kernel needs", () => {
  const whole = Object.getOwnPropertyDescriptor(globalThis, "WebAssembly");
  assert(whole);
  try {
    for (const value of [undefined, { ...WebAssembly, validate: () => false }]) {
      Object.defineProperty(globalThis, "WebAssembly", { ...whole, value });
      const checksum = new WasmChecksum<number>(crc32cKernel.config, crc32cTables);
      assertEquals(checksum.update(new Uint8Array(2 ** 21), 0), undefined);
      assertEquals(checksum.load(), false);
    }
  } finally {
    Object.defineProperty(globalThis, "WebAssembly", whole);
  }
});
