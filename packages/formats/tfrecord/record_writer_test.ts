import { assertEquals, assertRejects } from "@std/assert";
import { getBytes, MemoryStore } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { injectFaults } from "@lade/testing";
import { fromHex, gatherRecords, putRecords } from "../testing/gather_records.ts";
import { createRecordWriter } from "./record_writer.ts";

Deno.test("createRecordWriter: writes the pinned bytes", async () => {
  await using store = new MemoryStore();
  await putRecords(store, "k", [new Uint8Array(0), new TextEncoder().encode("123456789")]);
  assertEquals(
    (await getBytes(store, "k")).bytes,
    fromHex("0000000000000000 29039807 d8ea82a2 0900000000000000 37f97139 313233343536373839 e5b08ac7"),
  );
});

for (const compression of ["none", "gzip"] as const) {
  Deno.test(`createRecordWriter: small and large records come back, ${compression}`, async () => {
    await using store = new MemoryStore();
    const sizes = [0, 1, 100_000, 2 ** 20 - 16, 2 ** 20 - 15, 3 * 2 ** 20 + 1, 7, 2 ** 20];
    const records = sizes.map((size, index) =>
      Uint8Array.from({ length: size }, (_, at) => at * (index + 3) >> 2)
    );
    await using writer = await createRecordWriter(store, "k", { compression });
    const reused = new Uint8Array(4 * 2 ** 20);
    for (const record of records) {
      const place = reused.subarray(0, record.length);
      place.set(record);
      await writer.write(place);
      reused.fill(0);
    }
    assertEquals(writer.records, records.length);
    const { index, size } = await writer.close();
    assertEquals(await gatherRecords(store, "k"), records);
    assertEquals(index?.length, compression === "none" ? records.length : undefined);
    if (index) {
      assertEquals(index.size, size);
      assertEquals(sizes.map((_, record) => index.lengthOf(record)), sizes);
    }
  });

  Deno.test(`createRecordWriter: what is not closed, or fails, leaves nothing, ${compression}`, async () => {
    await using store = new MemoryStore();
    {
      await using writer = await createRecordWriter(store, "k", { compression });
      await writer.write(new Uint8Array(3 * 2 ** 20));
      await assertRejects(() => writer.write("text" as unknown as Uint8Array), TypeError);
    }
    await assertRejects(() => store.head("k"), NotFoundError);
    await using faulty = injectFaults(new MemoryStore(), [
      { operation: "writePart", nth: 2, fault: { kind: "throw", error: new Error("no room") } },
      { operation: "write" as never, nth: 2, fault: { kind: "throw", error: new Error("no room") } },
    ]);
    await assertRejects(
      async () => {
        await using writer = await createRecordWriter(faulty, "k", { compression });
        for (let record = 0; record < 40; record++) {
          await writer.write(crypto.getRandomValues(new Uint8Array(65_536)));
        }
        await writer.close();
      },
      Error,
      "no room",
    );
    await assertRejects(() => faulty.head("k"), NotFoundError);
  });
}
