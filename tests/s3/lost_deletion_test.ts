import { assertEquals, assertRejects } from "@std/assert";
import { UnavailableError } from "@lade/core";
import type { FaultAction } from "../fakes/s3/mod.ts";
import { openFake, type OpenFakeOptions } from "./open_fake.ts";
import { CONDITIONS, openWithHabits } from "./open_with_habits.ts";

const ONCE: OpenFakeOptions = { context: { random: () => 0 }, transport: { retry: { maxAttempts: 1 } } };
const LOST: FaultAction = { kind: "drop-answer", how: "rst" };
const CUT: FaultAction = { kind: "cut-request", afterBytes: 1, how: "rst" };

/** Deletes an object on a condition while its deletion meets `action`, and tells whether it is still there. */
async function deleteUnder(action: FaultAction, times: number, meanwhile?: string): Promise<boolean> {
  await using opened = await openFake(ONCE);
  const { fake, store } = opened;
  const { etag = "" } = await store.put("key", new Uint8Array(3));
  fake.faults.add({ match: { operation: "DeleteObject", key: "key", times }, action });
  if (meanwhile !== undefined) {
    fake.faults.add({
      match: { operation: "HeadObject", key: "key" },
      action: { kind: "before", run: () => void fake.putObject("bucket", "key", meanwhile) },
    });
  }
  await store.delete("key", { ifMatch: etag });
  return fake.object("bucket", "key") !== undefined;
}

Deno.test("a conditional deletion whose answer is lost is looked into", async () => {
  assertEquals(await deleteUnder(LOST, 1), false);
});

Deno.test("a conditional deletion that never arrived is made again", async () => {
  assertEquals(await deleteUnder(CUT, 1), false);
  await assertRejects(() => deleteUnder(CUT, 2), UnavailableError);
});

Deno.test("a conditional deletion is not made again where the object has changed meanwhile", async () => {
  await assertRejects(() => deleteUnder(CUT, 1, "changed"), UnavailableError);
  await assertRejects(() => deleteUnder(LOST, 1, "new"), UnavailableError);
});

Deno.test("a conditional deletion whose answer is lost is not sent again unseen", async () => {
  for (const habits of [{}, { ignored: CONDITIONS.delete }]) {
    // This transport sends again what it may.
    await using opened = await openWithHabits(habits);
    const { fake, store } = opened;
    const { etag = "" } = await store.put("key", new Uint8Array(3));
    const isLost = { operation: "DeleteObject", key: "key" } as const;
    fake.faults.add({ match: isLost, action: LOST });
    const putNew = () => void fake.putObject("bucket", "key", "of somebody else");
    fake.faults.add({ match: { ...isLost, nth: 2 }, action: { kind: "before", run: putNew } });
    await store.delete("key", { ifMatch: etag, ifIgnored: "look" });
    const sent = fake.requests.filter(({ operation, key }) => operation === "DeleteObject" && key === "key");
    assertEquals([sent.length, fake.objects("bucket").length], [1, 0]);
  }
});

Deno.test("a service that is away while it is asked about conditions is asked again", async () => {
  await using opened = await openFake(ONCE);
  const { fake, store } = opened;
  const { etag = "" } = await store.put("key", new Uint8Array(3));
  fake.faults.add({ match: { operation: "DeleteObject" }, action: CUT });
  await store.delete("key", { ifMatch: etag });
  assertEquals(fake.objects("bucket"), []);
});
