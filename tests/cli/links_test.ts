import { assertEquals, assertStringIncludes } from "@std/assert";
import { CliHere } from "./run_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** What lies in a directory, each link as `-> ` and where it leads. */
async function entriesOf(path: string, below = ""): Promise<Record<string, string>> {
  const entries: Record<string, string> = {};
  for await (const { name, isSymlink, isDirectory } of Deno.readDir(`${path}/${below}`)) {
    const key = below + name;
    if (isSymlink) entries[key] = `-> ${await Deno.readLink(`${path}/${key}`)}`;
    else if (isDirectory) Object.assign(entries, await entriesOf(path, `${key}/`));
    else entries[key] = await Deno.readTextFile(`${path}/${key}`);
  }
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => a < b ? -1 : 1));
}

const LINKS: Readonly<Record<string, string>> = {
  "in/d/up": "../a",
  "in/dir": "d",
  "in/gone": "nowhere",
  "in/out": "../outside",
};

async function linked(): Promise<TemporaryDirectory> {
  const directory = await TemporaryDirectory.make({ "in/a": "1", "in/d/b": "2", "outside/secret": "3" });
  for (const [name, leadsTo] of Object.entries(LINKS)) {
    await Deno.symlink(leadsTo, `${directory.path}/${name}`);
  }
  return directory;
}

Deno.test("a link to a name that is not UTF-8 fails, and the rest goes", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "in/a": "1" });
  const { path } = directory;
  const script = String.raw`printf x >"$(printf 'bad\377')" && ln -s "$(printf '../bad\377')" in/link`;
  assertEquals((await new Deno.Command("sh", { args: ["-c", script], cwd: path }).output()).success, true);
  for (const args of [["put", "-r"], ["cp", "-r"], ["put", "-r", "--links", "preserve"], ["sync"]]) {
    for (const to of ["memory://links/", `${path}/to-${args.length}${args[0]}/`]) {
      const { code, stderr } = await cli.run([...args, `${path}/in/`, to]);
      assertEquals(code, 1, stderr);
      const lines = stderr.split("\n").filter((line) => line.includes('in/link": '));
      assertEquals(lines.length, 1, stderr);
      assertStringIncludes(lines.join(), "it is a symbolic link");
      assertStringIncludes(lines.join(), "not UTF-8");
      if (to.startsWith(path)) assertEquals(await entriesOf(to.slice(0, -1)), { a: "1" });
      else assertEquals(await cli.contents(to), { "memory://links/a": "1" });
    }
  }
  const moved = await cli.run(["mv", "-r", `${path}/in/`, "memory://moved/"]);
  const left = Array.from(Deno.readDirSync(`${path}/in`), ({ name }) => name).sort();
  assertEquals([moved.code, left], [1, ["a", "link"]]);
  assertEquals((await cli.run(["rm", "-r", `${path}/in/`])).code, 0);
  assertEquals(Array.from(Deno.readDirSync(path)).some(({ name }) => name.startsWith("bad")), true);
});

Deno.test("--links skip and preserve go past what has no name and what may not be read, and say so", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  await using cli = new CliHere();
  await using directory = await linked();
  const { path } = directory;
  await directory.write("in/closed/c", "4");
  const script = String.raw`printf x >"$(printf 'in/bad\377')" && ln -s ../a in/closed/link`;
  assertEquals((await new Deno.Command("sh", { args: ["-c", script], cwd: path }).output()).success, true);
  // What may be read is different for whom the tests run as.
  const { readDir } = Deno;
  let looksWhileClosed = Infinity;
  Deno.readDir = (at) => {
    const isClosed = /\/in\/closed\/?$/.test(String(at)) && looksWhileClosed-- > 0;
    if (isClosed) throw Object.assign(new Deno.errors.PermissionDenied("denied"), { code: "EACCES" });
    return readDir(at);
  };
  try {
    const files = { a: "1", "d/b": "2" };
    const links = { "d/up": "-> ../a", dir: "-> d", gone: "-> nowhere", out: "-> ../outside" };
    const lines: [args: string[], due: Record<string, string>][] = [
      [["cp", "-r", "--links", "skip"], files],
      [["cp", "-r", "--links", "preserve"], { ...files, ...links }],
      [["sync", "--delete", "--links", "skip"], files],
    ];
    for (const [index, [args, due]] of lines.entries()) {
      const to = `${path}/to${index}`;
      const { code, stderr } = await cli.run([...args, `${path}/in`, to]);
      assertEquals([code, await entriesOf(to)], [1, due], stderr);
      const told = (text: string) => stderr.split("\n").filter((line) => line.includes(text)).length;
      assertEquals([told("in/closed/"), told("not UTF-8"), told("denies access")], [1, 1, 1], stderr);
    }
    // What was closed when links were looked for stays, also where it is open when the rest is listed.
    await directory.write("kept/closed/mine", "5");
    looksWhileClosed = 1;
    const { code, stderr } = await cli.run([
      "sync",
      "--delete",
      "--links",
      "skip",
      `${path}/in`,
      `${path}/kept`,
    ]);
    assertEquals([code, await entriesOf(`${path}/kept`)], [1, { ...files, "closed/mine": "5" }], stderr);
    assertStringIncludes(stderr, "denies access");
    assertEquals(looksWhileClosed < 0, true);
  } finally {
    Deno.readDir = readDir;
  }
});

Deno.test("lade cp and put -r --links skip take files alone, and note each link", async () => {
  await using cli = new CliHere();
  await using directory = await linked();
  const { code, stderr } = await cli.run([
    "put",
    "-r",
    "--links",
    "skip",
    `${directory.path}/in`,
    "memory://m/",
  ]);
  assertEquals(
    [code, await cli.contents("memory://m/")],
    [0, { "memory://m/a": "1", "memory://m/d/b": "2" }],
    stderr,
  );
  for (const name of Object.keys(LINKS)) {
    assertStringIncludes(stderr, `${directory.uri(name)}: it is a symbolic link`);
  }
  assertEquals(
    (await cli.run(["cp", "-r", "--links", "skip", `${directory.path}/in`, `${directory.path}/to`])).code,
    0,
  );
  assertEquals(await entriesOf(`${directory.path}/to`), { a: "1", "d/b": "2" });
});

Deno.test("lade cp -r --links preserve keeps links between local places, and replaces what is there", async () => {
  await using cli = new CliHere();
  await using directory = await linked();
  const args = ["cp", "-r", "--links", "preserve", `${directory.path}/in`, `${directory.path}/to`];
  const dry = await cli.run([...args, "--dry-run"]);
  assertEquals([dry.code, dry.stdout.trim().split("\n").length], [0, 6], dry.stderr);
  const due = {
    a: "1",
    "d/b": "2",
    "d/up": "-> ../a",
    dir: "-> d",
    gone: "-> nowhere",
    out: "-> ../outside",
  };
  for (let pass = 0; pass < 2; pass++) {
    const { code, stderr } = await cli.run(args);
    assertEquals([code, await entriesOf(`${directory.path}/to`)], [0, due], stderr);
  }
  await Deno.remove(`${directory.path}/to/gone`);
  await Deno.writeTextFile(`${directory.path}/to/gone`, "mine");
  assertEquals((await cli.run([...args, "-n"])).code, 0);
  assertEquals((await entriesOf(`${directory.path}/to`)).gone, "mine");
  assertEquals((await cli.run(args)).code, 0);
  assertEquals(await entriesOf(`${directory.path}/to`), due);
});

Deno.test("lade put and get -r --links preserve bring links through a store as rclone writes them", async () => {
  await using cli = new CliHere();
  await using directory = await linked();
  assertEquals(
    (await cli.run(["put", "-r", "--links", "preserve", `${directory.path}/in`, "memory://m/"])).code,
    0,
  );
  assertEquals(await cli.contents("memory://m/"), {
    "memory://m/a": "1",
    "memory://m/d/b": "2",
    "memory://m/d/up.rclonelink": "../a",
    "memory://m/dir.rclonelink": "d",
    "memory://m/gone.rclonelink": "nowhere",
    "memory://m/out.rclonelink": "../outside",
  });
  const { code, stderr } = await cli.run([
    "get",
    "-r",
    "--links",
    "preserve",
    "memory://m/",
    `${directory.path}/to`,
  ]);
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    '"memory://m/out.rclonelink": no link is made of it: it leads out of the destination',
  );
  assertEquals(await entriesOf(`${directory.path}/to`), {
    a: "1",
    "d/b": "2",
    "d/up": "-> ../a",
    dir: "-> d",
    gone: "-> nowhere",
  });
  await cli.run(["get", "-r", "memory://m/d/", `${directory.path}/plain`]);
  assertEquals(await entriesOf(`${directory.path}/plain`), { b: "2", "up.rclonelink": "../a" });
});

Deno.test("lade get -r --links preserve makes no link that leads out, by whatever way", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "outside/secret": "3" });
  const hostile: Readonly<Record<string, string>> = {
    "absolute": "/etc/passwd",
    "up": "..",
    "d/up2": "../../outside",
    "d/../x": "a",
    "down": "d/../../outside",
    "empty": "",
    "nul": "a\0b",
    "long": "a".repeat(5_000),
    "s/top": "..",
    "s/top/climb": "..",
    "s/top/more/x": "../../outside",
    "q/..": "a",
  };
  await cli.fill(Object.fromEntries(
    Object.entries(hostile).map(([name, text]) => [`memory://m/${name}.rclonelink`, text]),
  ));
  await cli.fill({ "memory://m/d/file": "1", "memory://m/s/file": "2" });
  const { code } = await cli.run(["get", "-r", "--links", "preserve", "memory://m/", `${directory.path}/to`]);
  assertEquals(code, 1);
  const entries = await entriesOf(`${directory.path}/to`);
  const top = await Deno.realPath(`${directory.path}/to`);
  for (const [name, entry] of Object.entries(entries)) {
    if (!entry.startsWith("-> ")) continue;
    const real = await Deno.realPath(`${directory.path}/to/${name}`).catch(() => top);
    assertEquals(real === top || real.startsWith(`${top}/`), true, `${name} ${entry}`);
  }
  assertEquals([entries["d/file"], entries["s/file"], entries["s/top"]], ["1", "2", "-> .."]);
  assertEquals(await entriesOf(`${directory.path}/outside`), { secret: "3" });
});

Deno.test("lade get -r --links preserve makes no link behind another, where .. leads elsewhere", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "to/kept": "1" });
  await Deno.symlink(".", `${directory.path}/to/s`);
  await cli.fill({ "memory://m/s/climb.rclonelink": "..", "memory://m/t/fine.rclonelink": ".." });
  const { code, stderr } = await cli.run([
    "get",
    "-r",
    "--links",
    "preserve",
    "memory://m/",
    `${directory.path}/to`,
  ]);
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    '"memory://m/s/climb.rclonelink": no link is made of it: it would lie behind another link',
  );
  assertEquals(await entriesOf(`${directory.path}/to`), { kept: "1", s: "-> .", "t/fine": "-> .." });
});

Deno.test("lade get -r --links preserve takes one of an object and a link of one name, and no link leads it elsewhere", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "list": "a\na.rclonelink\nb\nl.rclonelink\n" });
  await cli.fill({
    "memory://m/a": "of a",
    "memory://m/a.rclonelink": "b",
    "memory://m/b": "of b",
    "memory://m/l.rclonelink": "b",
  });
  for (const more of [[], [], ["--files-from", `${directory.path}/list`]]) {
    const to = `${directory.path}/to${more.length}`;
    const { code, stderr } = await cli.run(["get", "-r", "--links", "preserve", ...more, "memory://m/", to]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, '"memory://m/a.rclonelink": "memory://m/a" goes to the same name');
    assertEquals(await entriesOf(to), { a: "of a", b: "of b", l: "-> b" });
  }
});

Deno.test("lade put -r --links preserve writes no file over the link of its name", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make({ "in/a.rclonelink": "a file", "in/t": "t" });
  await Deno.symlink("t", `${directory.path}/in/a`);
  const { code, stderr } = await cli.run([
    ...["put", "-r", "--links", "preserve"],
    ...[`${directory.path}/in`, "memory://m/"],
  ]);
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    `"${directory.uri("in/a.rclonelink")}": "${directory.uri("in/a")}" goes to the same name`,
  );
  assertEquals(await cli.contents("memory://m/"), { "memory://m/a.rclonelink": "t", "memory://m/t": "t" });
  const local = ["cp", "-r", "--links", "preserve", `${directory.path}/in`, `${directory.path}/to`];
  assertEquals((await cli.run(local)).code, 0);
  assertEquals(await entriesOf(`${directory.path}/to`), { a: "-> t", "a.rclonelink": "a file", t: "t" });
});

Deno.test("lade filters links by their own names, and refuses --links where nothing is walked", async () => {
  await using cli = new CliHere();
  await using directory = await linked();
  const args = ["put", "-r", "--links", "preserve", "--include", "up", `${directory.path}/in`, "memory://m/"];
  assertEquals((await cli.run(args)).code, 0);
  assertEquals(await cli.contents("memory://m/"), { "memory://m/d/up.rclonelink": "../a" });
  for (const more of [["--zstd", "1", "-r"], [], ["-r", "--save-plan", `${directory.path}/plan`]]) {
    const { code } = await cli.run([
      "cp",
      "--links",
      "preserve",
      ...more,
      `${directory.path}/in`,
      "memory://n/",
    ]);
    assertEquals(code, 2, more.join(" "));
  }
});
