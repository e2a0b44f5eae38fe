import { assertEquals, assertRejects } from "@std/assert";
import { getBytes, resumePartWriter, ServiceError } from "@lade/core";
import { openContainer, openFake } from "./open_fake.ts";

const PART = 1000;
const DATA = Uint8Array.from({ length: 3 * PART + 7 }, (_, at) => at % 251);
const partOf = (index: number) => DATA.slice(index * PART, (index + 1) * PART);

Deno.test("a resumable write is made, and resumed by sending all of it, where only writing is permitted", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  for (const letters of ["c", "w"]) {
    const token = fake.accountSas(letters);
    await using writing = openContainer(fake, { credential: { kind: "sas", token } });
    const open = () => writing.createPartWriter(letters, DATA.length, { partSize: PART, resumable: true });
    const begun = async () => {
      await using first = await open();
      await first.writePart(0, partOf(0));
      return first.token ?? "";
    };
    const left = await begun();
    await using second = await resumePartWriter(writing, letters, DATA.length, left);
    assertEquals(second.isWritten(0), false);
    for (const index of [0, 1, 2, 3]) await second.writePart(index, partOf(index));
    await second.close();
    const { bytes, verified } = await getBytes(store, letters);
    assertEquals([bytes, verified], [DATA, true]);
  }
});

Deno.test("a resumable write that may not look makes no object of blocks that another write dropped", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  await using writing = openContainer(fake, { credential: { kind: "sas", token: fake.accountSas("w") } });
  await using writer = await writing.createPartWriter("a", DATA.length, { partSize: PART, resumable: true });
  for (const index of [0, 1, 2, 3]) await writer.writePart(index, partOf(index));
  await store.put("a", new Uint8Array(1));
  await assertRejects(() => writer.close(), ServiceError);
  assertEquals((await store.head("a")).size, 1);
});
