import { assertEquals, assertRejects } from "@std/assert";
import { StoreError } from "@lade/core";
import { foreignPage, openFake, operations, withoutWaits } from "./open_fake.ts";

Deno.test("delete() under a condition looks what became of a request that may have been done", async () => {
  await using opened = await openFake(withoutWaits());
  const { fake, store } = opened;
  const match = { operation: "objects.delete", times: 1 } as const;
  const lost = { kind: "drop-answer", how: "rst" } as const;
  const busy = { kind: "status", status: 503 } as const;
  for (
    const [action, asked] of [
      [lost, { "objects.delete": 1, "objects.get": 1 }],
      [busy, { "objects.delete": 2 }],
    ] as const
  ) {
    const { generation: ifMatch } = fake.putObject("bucket", "a", "content");
    fake.faults.add({ match, action });
    await store.delete("a", { ifMatch });
    assertEquals(fake.objects("bucket"), []);
    assertEquals(operations(fake), asked);
  }
  const { generation: ifMatch } = fake.putObject("bucket", "a", "content");
  const run = () => void fake.putObject("bucket", "a", "other");
  fake.faults.add({ match, action: [{ kind: "before", run }, { kind: "status", status: 503 }] });
  await assertRejects(() => store.delete("a", { ifMatch }), StoreError);
  assertEquals(new TextDecoder().decode(fake.bytes("bucket", "a")), "other");
});

Deno.test("delete() without a condition is made again, and what is gone then is deleted", async () => {
  await using opened = await openFake(withoutWaits());
  const { fake, store } = opened;
  fake.putObject("bucket", "a", "content");
  const action = { kind: "drop-answer", how: "rst" } as const;
  fake.faults.add({ match: { operation: "objects.delete" }, action });
  await store.delete("a");
  assertEquals(operations(fake), { "objects.delete": 2 });
});

Deno.test("deleteMany() takes it from what is no answer of the service that an endpoint knows no batches", async () => {
  for (const status of [400, 404, 405, 501]) {
    await using opened = await openFake();
    const { fake, store } = opened;
    for (const name of ["a", "b"]) fake.putObject("bucket", name, "content");
    fake.faults.add({ match: { operation: "batch" }, action: foreignPage(status) });
    for await (const { error } of store.deleteMany(["a", "b"])) assertEquals(error, undefined, `${status}`);
    assertEquals([store.target.traits.takesBatches, fake.objects("bucket")], [false, []]);
  }
});
