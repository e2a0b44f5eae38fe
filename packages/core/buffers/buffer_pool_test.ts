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

Deno.test("BufferPool lends shared memory apart from its own, and keeps both within what it may", () => {
  const pool = new BufferPool({ maxIdleBytes: 2 ** 17 });
  const [shared, own] = [pool.leaseShared(70_000), pool.lease(70_000)];
  assertEquals(shared.bytes.buffer instanceof SharedArrayBuffer, true);
  assertEquals([shared.bytes.length, shared.bytes.byteOffset % 4096], [2 ** 17, 0]);
  shared.bytes.set(new TextEncoder().encode("123456789"));
  assertEquals(crc32c(shared.bytes.subarray(0, 9)), 0xe3069283);
  shared.release();
  own.release();
  assertEquals(pool.idleBytes, 2 ** 17);
  assertNotStrictEquals(pool.lease(70_000).bytes.buffer as unknown, shared.bytes.buffer as unknown);
  assertStrictEquals(pool.leaseShared(70_000).bytes.buffer, shared.bytes.buffer);
  assertEquals(pool.idleBytes, 0);
});
