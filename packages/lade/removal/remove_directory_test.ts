import { assertEquals, assertRejects } from "@std/assert";
import { NotEmptyError, PermissionDeniedError } from "@lade/core";
import { Lade } from "../lade.ts";
import { removeDirectory } from "@lade/transfer/places";

async function inDirectory(test: (path: string, lade: Lade) => Promise<void>): Promise<void> {
  await using lade = new Lade();
  const path = await Deno.makeTempDir();
  try {
    await test(path, lade);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

Deno.test("removeDirectory() removes directories that hold nothing, and takes what is gone for removed", () =>
  inDirectory(async (path, lade) => {
    await Deno.mkdir(`${path}/d/e`, { recursive: true });
    await removeDirectory(lade, `file://${path}/d/`, {});
    assertEquals([...Deno.readDirSync(path)], []);
    await removeDirectory(lade, `file://${path}/d/`, {});
  }));

Deno.test("removeDirectory() names the first thing that keeps a directory, and what it is of", () =>
  inDirectory(async (path, lade) => {
    const unfinished = ".lade-0123456789abcdef-1~tmp";
    for (const name of ["z", "c/x", "c/w"]) {
      await Deno.mkdir(`${path}/d/${name.replace(/[^/]*$/, "")}`, { recursive: true });
      await Deno.writeTextFile(`${path}/d/${name}`, "1");
    }
    const removing = () => removeDirectory(lade, `file://${path}/d/`, {});
    const error = await assertRejects(removing, NotEmptyError);
    assertEquals(error.detail, `the directory holds ${JSON.stringify(`${path}/d/c/w`)}`);
    await Deno.writeTextFile(`${path}/d/${unfinished}`, "1");
    await assertRejects(removing, NotEmptyError, `${unfinished}", which is of a write under way`);
  }));

Deno.test("removeDirectory() passes on what else is wrong", async () => {
  const denied = new PermissionDeniedError({ operation: "delete", uri: "file:///d/", detail: "no" });
  const lade = { deleteContainer: () => Promise.reject(denied) } as unknown as Lade;
  const error = await assertRejects(() => removeDirectory(lade, "file:///d/", {}), PermissionDeniedError);
  assertEquals(error, denied);
});
