import { InvalidNameError } from "@lade/core/errors";
import { Lade } from "@lade/lade";
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
