import { InvalidNameError } from "@lade/core/errors";
import { PlaceJudge } from "@lade/core/operations";
import { Lade } from "@lade/lade";
import { assertEquals, assertRejects } from "@std/assert";
import { locate } from "../places/place.ts";
import { Backup } from "./backup.ts";

Deno.test("a backup of which a directory is the source keeps nothing from then on", async () => {
  const root = await Deno.makeTempDir();
  try {
    await using lade = new Lade();
    for (const name of ["in/x", "out/x", "out/sub/x", "out/sub/y"]) {
      await lade.put(`file://${root}/${name}`, name);
    }
    const at = async (name: string) => await locate(lade, `file://${root}/${name}`);
    // A path with a link above it stands for a directory that is mounted twice.
    await Deno.mkdir(`${root}/real/sub`, { recursive: true });
    await Deno.symlink("real/sub", `${root}/seen`);
    const backup = new Backup({
      ...{ lade, directory: await at("real/"), keeps: await at("out/"), source: await at("seen/") },
      ...{ judge: new PlaceJudge(), signal: AbortSignal.timeout(60_000) },
    });
    const copy = async (name: string) => {
      const from = await at(`out/${name}`);
      await backup.copy(from, await from.store.head(from.key), name);
    };
    await copy("x");
    const refused = await Promise.allSettled([copy("sub/x"), copy("sub/y")]);
    assertEquals(refused.map(({ status }) => status), ["rejected", "rejected"]);
    await assertRejects(() => copy("sub/y"), InvalidNameError, "is the source or the destination");
    assertEquals(Array.from(Deno.readDirSync(`${root}/real/sub`)), []);
    assertEquals(await Deno.readTextFile(`${root}/real/x`), "out/x");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
