import { resumePartWriter } from "@lade/core";
import { assertEquals } from "@std/assert";
import { makeRoot } from "../testing/make_root.ts";
import { openFileStore } from "../mod.ts";

const PART = 4096;
const SIZE = 3 * PART;
const partOf = (index: number) => new Uint8Array(PART).fill(index + 1);

Deno.test("without a wait for the disk a part counts while the file has the bytes that it was written with", async () => {
  await using root = await makeRoot();
  const store = await openFileStore(root.path);
  let token = "";
  {
    await using writer = await store.createPartWriter("object", SIZE, { partSize: PART, resumable: true });
    token = writer.token ?? "";
    for (const index of [0, 1]) await writer.writePart(index, partOf(index));
  }
  const writtenNow = async () => {
    await using writer = await resumePartWriter(store, "object", SIZE, token);
    return [0, 1, 2].filter((index) => writer.isWritten(index));
  };
  assertEquals(await writtenNow(), [0, 1]);
  const path = root.file(root.everything().find((name) => name.endsWith("~upload")) ?? "");
  // As a machine that ended before all was on the disk leaves it: zeros, or a file that ends before.
  const file = await Deno.open(path, { write: true });
  await file.seek(PART + 3, Deno.SeekMode.Start);
  await file.write(new Uint8Array(5));
  assertEquals(await writtenNow(), [0]);
  await file.truncate(PART - 1);
  file.close();
  assertEquals(await writtenNow(), []);
  const writer = await resumePartWriter(store, "object", SIZE, token);
  for (const index of [0, 1, 2]) await writer.writePart(index, partOf(index));
  await writer.close();
  const bytes = await Deno.readFile(root.file("object"));
  assertEquals([bytes.length, bytes.every((byte, at) => byte === Math.floor(at / PART) + 1)], [SIZE, true]);
});
