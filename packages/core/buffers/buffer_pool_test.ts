import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { crc32c } from "@lade/codec/checksum";
import { BufferPool } from "./buffer_pool.ts";

Deno.test("BufferPool lends buffers of at least the size asked for and takes them back", () => {
  const pool = new BufferPool({ maxIdleBytes: 2 ** 20 });
  const slab = pool.lease(100_000);
  assertEquals(slab.bytes.length, 2 ** 17);
  assertEquals(slab.bytes.byteOffset % 4096, 0);
  slab.release();
  slab.release();
  assertEquals(pool.idleBytes, 2 ** 17);
  const again = pool.lease(70_000);
  assertStrictEquals(again.bytes.buffer, slab.bytes.buffer);
  assertEquals(pool.idleBytes, 0);
});

Deno.test("BufferPool never lends one buffer twice at a time", () => {
  const pool = new BufferPool({ maxIdleBytes: 2 ** 20 });
  const a = pool.lease(1);
  const b = pool.lease(1);
  assertNotStrictEquals(a.bytes.buffer, b.bytes.buffer);
  a.release();
  b.release();
  assertNotStrictEquals(pool.lease(1).bytes.buffer, pool.lease(1).bytes.buffer);
});

Deno.test("BufferPool keeps no more idle bytes than it may", () => {
  const pool = new BufferPool({ maxIdleBytes: 2 ** 17 });
  const slabs = [pool.lease(2 ** 16), pool.lease(2 ** 16), pool.lease(2 ** 16)];
  for (const slab of slabs) slab.release();
  assertEquals(pool.idleBytes, 2 ** 17);
});

Deno.test("BufferPool's buffers serve checksums", () => {
  using slab = new BufferPool({ maxIdleBytes: 0 }).lease(2 ** 16);
  slab.bytes.fill(0);
  slab.bytes.set(new TextEncoder().encode("123456789"));
  assertEquals(crc32c(slab.bytes.subarray(0, 9)), 0xe3069283);
  assertEquals(crc32c(slab.bytes.subarray(9, 41)), 0x8a9136aa);
});
