import { assertEquals, assertRejects } from "@std/assert";
import { AlreadyExistsError } from "@lade/core/errors";
import { Lade } from "@lade/lade";
import { madeDirectory } from "./made_directory.ts";

Deno.test("madeDirectory() takes a directory that another command makes at the same time, and leaves it to that one", async () => {
  const above = await Deno.makeTempDir();
  await using lade = new Lade();
  try {
    const uri = `file://${above}/new/`;
    const late = {
      createContainer: async (uri: string) => {
        await lade.createContainer(uri);
        await lade.createContainer(uri);
      },
      deleteContainer: (uri: string) => lade.deleteContainer(uri),
    };
    await (await madeDirectory(late, { uri }))();
    assertEquals((await Deno.stat(`${above}/new`)).isDirectory, true);
    await (await madeDirectory(lade, { uri: `file://${above}/own/` }))();
    assertEquals(Array.from(Deno.readDirSync(above), ({ name }) => name), ["new"]);
    await Deno.writeTextFile(`${above}/file`, "");
    await assertRejects(() => madeDirectory(lade, { uri: `file://${above}/file/` }), AlreadyExistsError);
  } finally {
    await Deno.remove(above, { recursive: true });
  }
});
