import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext, UnavailableError } from "@lade/core";
import { FakeClock } from "@lade/testing";
import type { FaultAction } from "../fakes/s3/mod.ts";
import { openFake, type OpenFakeOptions } from "./open_fake.ts";

const LARGE = 2 ** 26;
const LOST: FaultAction = { kind: "drop-answer", how: "rst" };
const ONCE: OpenFakeOptions = { context: { random: () => 0 }, transport: { retry: { maxAttempts: 1 } } };

/** Objects of others: of another content, and of another size where the source's etag tells no content. */
const OTHERS = [
  ["of another etag", 2, LARGE, undefined, undefined],
  ["of another size", 1, LARGE - 1, "0123456789abcdef0123456789abcdef-8", undefined],
  ["in place of an old object", 2, LARGE, undefined, "old content"],
] as const;

/** Opens a fake with a large object, whose copies the clock of the test waits for; the network has its own time. */
async function openLarge() {
  const clock = new FakeClock({ now: Date.now() });
  const { clock: time } = createStoreContext();
  const opened = await openFake({
    transport: { ...ONCE.transport, clock: time },
    context: { clock, random: () => 0 },
  });
  opened.fake.putSynthetic("bucket", "from", { size: LARGE });
  return Object.assign(opened, { clock });
}

/** Moves the clock while a call sleeps. */
async function settle<T>(clock: FakeClock, running: Promise<T>): Promise<T> {
  let isSettled = false;
  running.then(() => {}, () => {}).finally(() => isSettled = true);
  while (!isSettled) {
    await new Promise((resolve) => setTimeout(resolve));
    if (clock.pending > 0) await clock.advance(1_000);
  }
  return await running;
}

Deno.test("a copy that was made though its answer was lost is found", async () => {
  for (const old of [undefined, "old content"]) {
    await using opened = await openLarge();
    const { clock, fake, store } = opened;
    if (old) fake.putObject("bucket", "to", old);
    fake.faults.add({ match: { operation: "CopyObject", times: Infinity }, action: LOST });
    const { etag, size } = await settle(clock, store.copy("from", "to"));
    assertEquals([etag, size], [fake.object("bucket", "to")?.etag, LARGE]);
  }
});

Deno.test("a copy that is still being made when its answer is lost is waited for", async () => {
  await using opened = await openLarge();
  const { clock, fake, store } = opened;
  fake.faults.add({
    match: { operation: "CopyObject", times: Infinity },
    action: { kind: "cut-request", afterBytes: 1, how: "rst" },
  });
  const before = clock.monotonicMs();
  fake.faults.add({
    match: { operation: "HeadObject", key: "to", nth: 4 },
    action: { kind: "before", run: () => void fake.putSynthetic("bucket", "to", { size: LARGE }) },
  });
  assertEquals((await settle(clock, store.copy("from", "to"))).size, LARGE);
  assertEquals(clock.monotonicMs() - before >= 5_000, true);
});

Deno.test("what was at the target before is not taken for the copy whose answer was lost", async () => {
  const refused: FaultAction = { kind: "cut-request", afterBytes: 1, how: "rst" };
  for (const size of [LARGE, LARGE - 1]) {
    await using opened = await openLarge();
    const { clock, fake, store } = opened;
    fake.putSynthetic("bucket", "to", { size });
    fake.faults.add({ match: { operation: "CopyObject", times: Infinity }, action: refused });
    await assertRejects(() => settle(clock, store.copy("from", "to")), UnavailableError);
  }
});

for (const [what, seed, size, etag, old] of OTHERS) {
  Deno.test(`what somebody else puts at the target, ${what}, is neither taken for the copy whose answer was lost nor waited for`, async () => {
    await using opened = await openLarge();
    const { clock, fake, store } = opened;
    if (old) fake.putObject("bucket", "to", old);
    const source = fake.object("bucket", "from");
    if (source && etag) source.etag = etag;
    const other = () => void fake.putSynthetic("bucket", "to", { size, seed });
    fake.faults.add({
      match: { operation: "CopyObject", times: Infinity },
      action: [{ kind: "before", run: other }, { kind: "cut-request", afterBytes: 1, how: "rst" }],
    });
    await assertRejects(() => settle(clock, store.copy("from", "to")), UnavailableError);
    const looks = fake.requests.filter(({ operation, key }) => operation === "HeadObject" && key === "to");
    assertEquals(looks.length, 2, "one look before the copy, one after it");
  });
}

Deno.test("a small copy is not looked for, and costs no request more", async () => {
  await using opened = await openFake(ONCE);
  const { fake, store } = opened;
  fake.putObject("bucket", "from", "content");
  await store.copy("from", "to");
  assertEquals(fake.requests.map(({ operation }) => operation), ["HeadObject", "CopyObject"]);
});
