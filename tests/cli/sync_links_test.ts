import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** A tree with links of every kind, and a destination that has something of their names. */
async function withLinks(): Promise<TemporaryDirectory> {
  const directory = await TemporaryDirectory.make({
    "from/f": "1",
    "from/d/g": "2",
    "out/x": "3",
    "to/gone": "4",
    "to/aside/h": "5",
    "to/away/x": "6",
    "to/file": "7",
  });
  const { path } = directory;
  await Deno.symlink("d", `${path}/from/aside`);
  await Deno.symlink("../out", `${path}/from/away`);
  await Deno.symlink("f", `${path}/from/file`);
  await Deno.symlink("nowhere", `${path}/from/broken`);
  return directory;
}

Deno.test("lade sync --links skip leaves links out, with what lies behind them, and DEST keeps what has their names", async () => {
  await using directory = await withLinks();
  await using cli = new CliHere();
  const { path } = directory;
  const [from, to] = [`${path}/from/`, `${path}/to/`];
  assertEquals((await cli.run(["sync", "--delete", from, to])).code, 1);
  const dry = await cli.run(["sync", "--delete", "--links", "skip", "--dry-run", from, to]);
  assertStringIncludes(dry.stdout, `(dry run) rm file://${to}gone\n`);
  const { code, stderr } = await cli.run(["sync", "--delete", "--links", "skip", from, to]);
  assertEquals(code, 0, stderr);
  for (const name of ["aside", "away", "file", "broken"]) {
    assertStringIncludes(stderr, `skipped file://${from}${name}: it is a symbolic link\n`);
  }
  const kept = { "f": "1", "d/g": "2", "aside/h": "5", "away/x": "6" };
  for (const [name, text] of Object.entries(kept)) {
    assertEquals(await Deno.readTextFile(`${to}${name}`), text, name);
  }
  assertEquals([...Deno.readDirSync(to)].map(({ name }) => name).sort(), ["aside", "away", "d", "f", "file"]);
});

Deno.test("lade sync --links skip keeps to its filter", async () => {
  await using directory = await withLinks();
  await using cli = new CliHere();
  const { path } = directory;
  const { code, stderr } = await cli.run([
    "sync",
    "--links",
    "skip",
    "--exclude",
    "away",
    "--exclude",
    "f*",
    `${path}/from`,
    "memory://b/",
  ]);
  assertEquals([code, stderr.match(/skipped/g)?.length], [0, 3], stderr);
  assertEquals(await cli.contents("memory://b/"), { "memory://b/d/g": "2" });
});

for (
  const [args, told] of [
    [["sync", "--links", "preserve"], 'Expected one of "follow" or "skip"'],
    [["sync", "--map-names", "percent"], "Here it is given by cp -r --map-names"],
    [["mv", "-r", "--links", "skip"], "Here it is given by cp -r --links"],
  ] as const
) {
  Deno.test(`lade ${args.join(" ")} is refused, and said what is for it`, async () => {
    await using cli = new CliHere();
    const { code, stderr } = await cli.run([...args, "memory://a/", "memory://b/"]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, told);
  });
}
