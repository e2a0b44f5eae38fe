import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { QuotaExceededError } from "@lade/core";
import { noise } from "./noise.ts";
import { openFake, type OpenFakeOptions } from "./open_fake.ts";
import { WRITE_PART as PART, WRITE_WAYS } from "./write_ways.ts";

const QUICK: OpenFakeOptions = { context: { random: () => 0 }, config: { multipart: { partSize: PART } } };
const { "createPartWriter()": write } = WRITE_WAYS;

Deno.test("createPartWriter() is one request up to the threshold and multipart beyond, unless that is off", async () => {
  for (const disabled of [false, true]) {
    await using opened = await openFake({ config: { multipart: { partSize: PART, disabled } } });
    const { fake, store } = opened;
    for (const size of [0, PART, PART + 1]) {
      fake.requests.length = 0;
      await write(store, noise(size));
      const multipart = size > PART && !disabled;
      assertEquals(fake.requests[0]?.operation, multipart ? "CreateMultipartUpload" : "PutObject");
      assertEquals(fake.requests.length, multipart ? 4 : 1);
      assertEquals(fake.bytes("bucket", "object"), noise(size));
      assertEquals(store.context.budget.held, 0);
    }
  }
});

Deno.test("createPartWriter() gathers the parts of one request, each at its place", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  await using writer = await store.createPartWriter("object", PART, { partSize: 700 });
  for (const index of [2, 0, 1]) {
    await writer.writePart(index, noise(PART).subarray(index * 700, (index + 1) * 700));
  }
  await writer.close();
  assertEquals(fake.bytes("bucket", "object"), noise(PART));
  assertEquals(fake.requests.map(({ operation }) => operation), ["PutObject"]);
});

Deno.test("createPartWriter() with multipart off refuses what does not fit one request", async () => {
  await using opened = await openFake({ config: { multipart: { disabled: true } } });
  const { fake, store } = opened;
  await assertRejects(
    () => store.createPartWriter("object", 2 ** 31 + 1),
    QuotaExceededError,
    "leave multipart on",
  );
  assertEquals([fake.requests.length, store.context.budget.held], [0, 0]);
});

Deno.test("createPartWriter() makes parts larger where too many would be needed", async () => {
  await using opened = await openFake(QUICK);
  await using writer = await opened.store.createPartWriter("object", 20_000_000, { partSize: 1 });
  assertEquals([writer.partSize, writer.partCount], [2 ** 20, 20]);
});

for (const [what, size] of [["PutObject", PART], ["UploadPart", 3 * PART]] as const) {
  Deno.test(`abort() of a writer of parts ends a stalled ${what}, and leaves nothing`, async () => {
    await using opened = await openFake(QUICK);
    const { fake, store } = opened;
    const stall = fake.faults.add({ match: { operation: what }, action: { kind: "stall", at: "request" } });
    const writer = await store.createPartWriter("object", size);
    const parts = Array.from({ length: writer.partCount }, (_, i) => writer.writePart(i, noise(PART)));
    const ending = Promise.allSettled([...parts, writer.close()]);
    await stall.reached;
    const reason = new Error("enough");
    await writer.abort(reason);
    const last = (await ending).at(-1);
    assert(last?.status === "rejected");
    assertStrictEquals(last.reason, reason);
    assertEquals([fake.uploads("bucket"), fake.object("bucket", "object")], [[], undefined]);
    assertEquals([store.context.budget.held, store.limits.write.inFlight], [0, 0]);
    stall.release();
  });
}

Deno.test("createPartWriter() refuses more than an upload can have, before it begins one", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  await assertRejects(() => store.createPartWriter("key", 10_000 * 5 * 2 ** 30 + 1), QuotaExceededError);
  assertEquals(fake.requests, []);
  const writer = await store.createPartWriter("key", 10_000 * 5 * 2 ** 30);
  assertEquals([writer.partSize, writer.partCount], [5 * 2 ** 30, 10_000]);
  await writer.abort();
});
