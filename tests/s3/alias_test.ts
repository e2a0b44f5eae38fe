import { assertEquals, assertRejects } from "@std/assert";
import { InvalidNameError } from "@lade/core/errors";
import { openFake } from "./open_fake.ts";

Deno.test("rename() of an object to another name of its own is refused, and asks nothing of other keys", async () => {
  await using opened = await openFake({ server: { habits: { foldsKeys: true } } });
  const { fake, store } = opened;
  fake.putObject("bucket", "p/keep", "content");
  for (const name of ["p//keep", "/p/keep"]) {
    await assertRejects(
      () => store.rename("p/keep", name),
      InvalidNameError,
      "is the same object to this service",
    );
  }
  assertEquals(fake.objects("bucket").map(({ key }) => key), ["p/keep"]);
  const before = fake.requests.length;
  await store.rename("p/keep", "q/keep");
  const heads = fake.requests.slice(before).filter(({ operation }) => operation === "HeadObject");
  assertEquals([...new Set(heads.map(({ key }) => key))], ["p/keep"]);
});
