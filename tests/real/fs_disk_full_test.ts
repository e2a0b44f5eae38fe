import { QuotaExceededError } from "@lade/core";
import { openDirectStore, openFileStore } from "@lade/fs";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { mount, mountFault } from "./mount.ts";

const MIB = 2 ** 20;
const fault = await mountFault();

for (const [scheme, open] of [["file", openFileStore], ["direct", openDirectStore]] as const) {
  Deno.test({
    name: `${scheme}:// on a full disk is a QuotaExceededError that leaves the old object and nothing else` +
      (fault === undefined ? "" : ` (skipped: ${fault})`),
    ignore: fault !== undefined,
    async fn() {
      await using disk = await mount("tmpfs", ["-o", "size=8m"]);
      const store = await open(disk.path);
      const old = new Uint8Array(2 * MIB).fill(1);
      await store.put("a/object", old);
      const error = await assertRejects(
        () => store.put("a/object", new Uint8Array(7 * MIB)),
        QuotaExceededError,
      );
      assertStringIncludes(error.message, "the disk is full");

      const writer = await store.createWriter("b");
      const chunk = new Uint8Array(MIB / 2);
      const failure = await assertRejects(async () => {
        for (;;) await writer.write(chunk);
      }, QuotaExceededError);
      assertEquals(await writer.close().catch((error) => error), failure);
      const parts = await store.createPartWriter("c", 7 * MIB, { partSize: MIB });
      const indexes = Array.from({ length: 7 }, (_, index) => index);
      const full = await assertRejects(
        () => Promise.all(indexes.map((index) => parts.writePart(index, new Uint8Array(MIB)))),
        QuotaExceededError,
      );
      assertEquals(await parts.close().catch((error) => error), full);
      const copies = ["a/1", "a/2", "a/3", "a/4"];
      const copying = await assertRejects(async () => {
        for (const key of copies) await store.copy("a/object", key);
      }, QuotaExceededError);
      assertStringIncludes(copying.message, `Cannot copy to "${store.uri}/a/`);

      for (const key of copies) await store.delete(key);
      assertEquals([...Deno.readDirSync(disk.path)].map(({ name }) => name), ["a"]);
      assertEquals([...Deno.readDirSync(`${disk.path}/a`)].map(({ name }) => name), ["object"]);
      assertEquals(Deno.readFileSync(`${disk.path}/a/object`), old);
    },
  });
}
