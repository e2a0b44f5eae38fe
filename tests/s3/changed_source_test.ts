import { assertEquals, assertRejects } from "@std/assert";
import { AlreadyExistsError, MemoryStore, moveObject, PreconditionFailedError } from "@lade/core";
import { openFake } from "./open_fake.ts";

const QUICK = { context: { random: () => 0 } } as const;

for (const inParts of [false, true]) {
  Deno.test(`copy() ${inParts ? "in parts " : ""}says that the source changed when it is written to meanwhile`, async () => {
    await using opened = await openFake({ ...QUICK, server: inParts ? { maxCopySize: 3 } : {} });
    const { fake, store } = opened;
    fake.putObject("bucket", "from", "content");
    fake.faults.add({
      match: { operation: inParts ? "UploadPartCopy" : "CopyObject" },
      action: { kind: "before", run: () => void fake.putObject("bucket", "from", "another") },
    });
    const copy = () => store.copy("from", "to");
    await assertRejects(copy, PreconditionFailedError, "the source changed while it was copied");
    assertEquals([fake.object("bucket", "to"), fake.uploads("bucket")], [undefined, []]);
  });
}

Deno.test("copy() blames the condition that its caller set", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  for (const key of ["from", "to"]) fake.putObject("bucket", key, "content");
  const condition = { sourceIfMatch: "other" };
  await assertRejects(
    () => store.copy("from", "new", condition),
    PreconditionFailedError,
    "the condition names",
  );
  await assertRejects(() => store.copy("from", "to", { ifNoneMatch: "*" }), AlreadyExistsError);
});

Deno.test("moveObject() says that the source changed when it is written to after it was read, and keeps it", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  fake.putObject("bucket", "from", "content");
  const to = new MemoryStore();
  const put = to.put.bind(to);
  to.put = (...args) => {
    fake.putObject("bucket", "from", "another");
    return put(...args);
  };
  await assertRejects(
    () => moveObject(store, "from", to, "to"),
    PreconditionFailedError,
    "the object has changed since it was read",
  );
  assertEquals(new TextDecoder().decode(fake.bytes("bucket", "from")), "another");
});
