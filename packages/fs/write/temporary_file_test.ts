import { createStoreContext } from "@lade/core";
import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import type { NewFile } from "../files/medium.ts";
import { IoGate } from "../files/io_gate.ts";
import { TemporaryNames } from "../names/temporary_name.ts";
import { makeRoot } from "../testing/make_root.ts";
import { FileCalls } from "../tree/file_calls.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { Tree } from "../tree/tree.ts";
import { createTemporary } from "./temporary_file.ts";

Deno.test("createTemporary() takes another name where one is taken, a few times", async () => {
  await using root = await makeRoot();
  const { clock, random } = createStoreContext();
  const calls = new FileCalls(new IoGate(clock));
  const tree = new Tree("file", root.path, "follow-inside", calls);
  const parts = { calls, tree, temporaries: new TemporaryNames(random) } as LocalSetup;
  const taken = Object.assign(new Error("taken"), { code: "EEXIST" });
  const names: string[] = [];
  const make = (failures: number) =>
    createTemporary(parts, { operation: "put", uri: "file:///a" }, root.file("a"), async (path) => {
      names.push(path);
      if (names.length <= failures) throw taken;
      return {} as NewFile;
    });
  const { path } = await make(1);
  assertEquals([names.length, names[1]], [2, path]);
  assertNotEquals(names[0], names[1]);
  names.length = 0;
  assertEquals(await assertRejects(() => make(1000)), taken);
  assertEquals(new Set(names).size, names.length);
});
