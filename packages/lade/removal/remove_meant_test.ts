import { InvalidNameError } from "@lade/core/errors";
import { Lade } from "@lade/lade";
import { createFilter } from "@lade/transfer/filter";
import { assertEquals, assertRejects } from "@std/assert";

async function namesIn(path: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(path), ({ name }) => name)).sort();
}

Deno.test("a filter never stands beside a name that it would not choose by: nothing is removed", async () => {
  await using lade = new Lade();
  await lade.put("memory://m/a", "1");
  const filter = () => false;
  for (const options of [{}, { recursive: true, versions: true }, { version: "1" }]) {
    await assertRejects(() => lade.remove("memory://m/a", { ...options, filter }), TypeError);
  }
  await assertRejects(() => lade.remove("memory://m/a", { recursive: true, filter }), InvalidNameError);
  assertEquals((await lade.get("memory://m/a")).length, 1);
});

Deno.test("with a filter only files and links go, each by its own size, and what is named itself stays", async () => {
  await using lade = new Lade();
  const path = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${path}/d/empty`, { recursive: true });
    await Deno.writeFile(`${path}/large`, new Uint8Array(5000));
    await Deno.writeFile(`${path}/d/large`, new Uint8Array(5000));
    await Deno.writeFile(`${path}/d/small`, new Uint8Array(5));
    await Deno.symlink(`${path}/large`, `${path}/d/link`);
    await new Deno.Command("mkfifo", { args: [`${path}/d/pipe`] }).output();
    const uri = `file://${path}/d/`;
    const large = ({ size }: { readonly size: number }) => !(size < 1000);
    assertEquals(await lade.remove(uri, { recursive: true, filter: large }), 1);
    assertEquals(await namesIn(`${path}/d`), ["empty", "link", "pipe", "small"]);
    for (const name of ["link", "pipe", "small"]) {
      const removing = () => lade.remove(uri + name, { recursive: true, filter: () => true });
      await assertRejects(removing, InvalidNameError, "it is one thing", name);
    }
    assertEquals(await lade.remove(uri, { recursive: true, filter: () => true }), 2);
    assertEquals(await namesIn(`${path}/d`), ["empty", "pipe"]);
    assertEquals(await namesIn(path), ["d", "large"]);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("a listed name that the filter leaves out is not missed, in a directory or below a prefix", async () => {
  await using lade = new Lade();
  const path = await Deno.makeTempDir();
  try {
    const filter = createFilter({ names: ["a", "gone", "gone.tmp"], exclude: ["*.tmp"] });
    if (!filter) throw new TypeError("it filters nothing");
    for (const root of [`file://${path}/`, "memory://m/"]) {
      for (const name of ["a", "b"]) await lade.put(root + name, "1");
      const removal = await lade.settleRemoval({ uri: root, recursive: true, all: true, filter });
      const told = await Array.fromAsync(removal.run());
      assertEquals(told.map(({ uri, error }) => [uri.slice(root.length), error?.name]), [
        ["a", undefined],
        ["gone", "NotFoundError"],
      ]);
      assertEquals(await lade.exists(`${root}b`), true);
    }
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});
