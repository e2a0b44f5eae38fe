import { assertEquals, assertRejects } from "@std/assert";
import {
  listUploads,
  type ObjectStore,
  PermissionDeniedError,
  resumePartWriter,
  ServiceError,
} from "@lade/core";
import type { Operation } from "../fakes/gcs/mod.ts";
import { foreignPage, operations } from "./open_fake.ts";
import { DATA, MIB, openParts, PART, partOf, SUM, writeParts } from "./open_parts.ts";

Deno.test("an endpoint without parts is found out once, and gets the bytes by a session", async () => {
  for (const server of [{ refusesParts: true }, { refusesXml: true }]) {
    await using bench = await openParts({ server, traits: {} });
    const { fake, store } = bench;
    assertEquals((await store.put("object", DATA)).checksums?.crc32c, SUM);
    assertEquals(operations(fake)["xml.startMultipart"], 1);
    assertEquals((await writeParts(store, DATA, [2, 1, 0])).checksums?.crc32c, SUM);
    await using writer = await store.createPartWriter("object", DATA.length, { resumable: true });
    await writer.writePart(0, partOf(0));
    await writer.abort();
    assertEquals(await Array.fromAsync(listUploads(store)), []);
    assertEquals(Object.keys(operations(fake)).filter((name) => name.startsWith("xml.")), []);
    assertEquals(fake.unfinished("bucket"), 0);
  }
});

Deno.test("the first write to an endpoint without parts goes by a session in whatever way it is written", async () => {
  const ways: Readonly<Record<string, (store: ObjectStore) => Promise<unknown>>> = {
    "part writer": (store) => writeParts(store, DATA, [2, 0, 1]),
    async "resumable writer"(store) {
      let token = "";
      {
        await using writer = await store.createPartWriter("object", DATA.length, { resumable: true });
        token = writer.token ?? "";
        await writer.writePart(0, partOf(0));
      }
      await using writer = await resumePartWriter(store, "object", DATA.length, token);
      assertEquals([0, 1, 2].map((index) => writer.isWritten(index)), [true, false, false]);
      await Promise.all([2, 1].map((index) => writer.writePart(index, partOf(index))));
      await writer.close();
    },
    async "stream"(store) {
      await using writer = await store.createWriter("object");
      for (let at = 0; at < DATA.length; at += MIB) await writer.write(DATA.subarray(at, at + MIB));
      await writer.close();
    },
  };
  for (const [name, write] of Object.entries(ways)) {
    await using bench = await openParts({ server: { refusesParts: true }, traits: {} });
    await write(bench.store);
    assertEquals(bench.fake.bytes("bucket", "object"), DATA, name);
    assertEquals(bench.fake.unfinished("bucket"), 0, name);
  }
});

Deno.test("an endpoint that fails once is not taken for one without parts", async () => {
  await using bench = await openParts({ traits: {} });
  const { fake, store } = bench;
  fake.faults.add({
    match: { operation: "xml.startMultipart" },
    action: { kind: "status", status: 403, code: "AccessDenied" },
  });
  await assertRejects(() => store.put("object", DATA), PermissionDeniedError);
  await store.put("object", DATA);
  assertEquals(operations(fake)["xml.completeMultipart"], 1);
});

Deno.test("only what is no answer of the service tells that an endpoint has no parts, and nothing does once it took some", async () => {
  const operation = "xml.startMultipart";
  for (const status of [200, 400, 404, 405, 501]) {
    await using bench = await openParts({ traits: {} });
    bench.fake.faults.add({ match: { operation, times: Infinity }, action: foreignPage(status) });
    await bench.store.put("object", DATA);
    assertEquals(bench.store.target.traits.takesParts, false, `${status}`);
  }
  await using bench = await openParts({ traits: {} });
  const { fake, store } = bench;
  const refuse = (operation: Operation, status: number, code: string) =>
    fake.faults.add({ match: { operation }, action: { kind: "status", status, code } });
  refuse(operation, 400, "InvalidArgument");
  await assertRejects(() => store.put("object", DATA), ServiceError);
  refuse("xml.listMultiparts", 403, "AccessDenied");
  await assertRejects(() => Array.fromAsync(listUploads(store)), PermissionDeniedError);
  await store.put("object", DATA);
  fake.faults.add({ match: { operation, times: Infinity }, action: foreignPage(404) });
  await assertRejects(() => store.put("object", DATA), ServiceError, "not the service's");
});

Deno.test("parts have the sizes that the service takes, whole chunks of a session too", async () => {
  await using bench = await openParts({ traits: {} });
  const { store } = bench;
  await using writer = await store.createPartWriter("object", DATA.length, { partSize: PART + 1 });
  assertEquals(writer.partSize % 2 ** 18, 0);
});
