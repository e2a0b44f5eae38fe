import { assert, assertEquals, assertMatch } from "@std/assert";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

Deno.test("lade doctor examines a directory by its bare path, in lines of 80 columns", async () => {
  await using directory = await TemporaryDirectory.make();
  await Deno.writeFile(`${directory.path}/large`, new Uint8Array(2 ** 21));
  const permissions = ["--allow-sys=statfs"];
  const { code, stdout, stderr } = await runLade(["doctor", "."], { cwd: directory.path, permissions });
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /^lade: all is well/);
  const lines = stdout.trimEnd().split("\n");
  assert(lines.every((line) => line.length <= 80 && /^((ok {3}|note )\S+ +| {18})\S/.test(line)), stdout);
  assertMatch(stdout, /^(ok {3}|note )directory {4}\/.*; \d.* of \d.*\s+are\s+free$/m);
  assertMatch(stdout, /^ok {3}download {5}\S+ MiB\/s, by 2\.00 MiB of one object, through/m);
  assertEquals(Array.from(Deno.readDirSync(directory.path), ({ name }) => name), ["large"]);
});

Deno.test("lade doctor of a directory that is not there exits with 1 and says what to do", async () => {
  await using directory = await TemporaryDirectory.make();
  const { code, stdout, stderr } = await runLade(["doctor", "missing/"], { cwd: directory.path });
  assertEquals([code, stderr], [1, "lade: 1 to fix\n"]);
  assertMatch(stdout, /^FIX {2}directory {4}no such file or directory\n {18}-> make it, as lade mb does/);
});

Deno.test("lade doctor --write --json of a directory prints one check a line, and leaves nothing", async () => {
  await using directory = await TemporaryDirectory.make();
  const { code, stdout, stderr } = await runLade(["doctor", "--write", "--json", "."], {
    cwd: directory.path,
  });
  assertEquals(code, 0, stdout);
  const names = stdout.trim().split("\n").map((line) => JSON.parse(line)).map(({ type, name }) =>
    `${type} ${name}`
  );
  assertEquals(
    names,
    "directory list put head get conditions delete sync upload download".split(" ").map((name) =>
      `check ${name}`
    ),
  );
  const { type, uri, failed } = JSON.parse(stderr);
  assertEquals([type, uri, failed], ["diagnosis", `file://${directory.path}`, 0]);
  assertEquals([...Deno.readDirSync(directory.path)], []);
});
