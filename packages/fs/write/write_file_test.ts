import { AlreadyExistsError, PreconditionFailedError, ServiceError } from "@lade/core";
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { testBoth } from "../testing/both_stores.ts";
import { makeRoot } from "../testing/make_root.ts";
import { openFileStore } from "../mod.ts";
import type { WritableFile } from "../files/medium.ts";
import { append } from "./write_file.ts";

const STEP = 2 ** 26;

Deno.test("append() looks at its signal after every 64 MiB", async () => {
  const reason = new Error("enough");
  for (const stopAfter of [0, 1, 2, 3]) {
    const stop = new AbortController();
    const lengths: number[] = [];
    if (stopAfter === 0) stop.abort(reason);
    const file = {
      async append(chunk: Uint8Array) {
        lengths.push(chunk.length);
        if (lengths.length === stopAfter) stop.abort(reason);
      },
    } as WritableFile;
    const data = new Uint8Array(2 * STEP + 5);
    const error = await append(file, data, stop.signal).then(() => undefined, (error) => error);
    assertStrictEquals(error, stopAfter < 3 ? reason : undefined);
    assertEquals(lengths, [STEP, STEP, 5].slice(0, stopAfter));
  }
});

testBoth(
  "what is to replace a file is closed to whom that one is closed, while it is written",
  async ({ root, store }) => {
    for (const mode of [0o600, 0o640, 0o400]) {
      root.write("secret", "old");
      Deno.chmodSync(root.file("secret"), mode);
      const writer = await store.createWriter("secret");
      await writer.write(new Uint8Array(10));
      const temporary = Array.from(Deno.readDirSync(root.path), ({ name }) => name).find((name) =>
        name !== "secret"
      );
      assertEquals((Deno.statSync(root.file(temporary ?? "")).mode ?? 0) & 0o777, mode | 0o600);
      await writer.close();
      assertEquals((Deno.statSync(root.file("secret")).mode ?? 0) & 0o777, mode);
      Deno.removeSync(root.file("secret"));
    }
  },
);

Deno.test("a file that somebody else made shorter becomes no object", async () => {
  await using root = await makeRoot();
  const store = await openFileStore(root.path);
  await using writer = await store.createPartWriter("object", 10_000, { partSize: 4096 });
  for (let index = 0; index < writer.partCount; index++) {
    await writer.writePart(
      index,
      new Uint8Array(Math.min(writer.partSize, 10_000 - index * writer.partSize)),
    );
  }
  const [temporary = ""] = root.everything();
  Deno.truncateSync(root.file(temporary), 5000);
  await assertRejects(() => writer.close(), ServiceError, "5000 bytes, 10000 were written");
  assertEquals(root.everything(), []);
});

testBoth("a write whose condition fails already is not begun", async ({ root, store }) => {
  root.write("object", "old");
  await assertRejects(() => store.createWriter("object", { ifNoneMatch: "*" }), AlreadyExistsError);
  await assertRejects(() => store.createWriter("object", { ifMatch: "other" }), PreconditionFailedError);
  assertEquals(root.everything(), ["object"]);
});
