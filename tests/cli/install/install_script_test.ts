import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { sha256Hex } from "../../../tools/build/sha256_hex.ts";
import { runProgram } from "./run_program.ts";
import { SCRIPT, Site } from "./site.ts";

const POSIX = { ignore: Deno.build.os === "windows" };
const PAGE = "\n<!DOCTYPE html>\n<html><body>Please log in</body></html>";

const encode = (text: string) => new TextEncoder().encode(text);
/** A program that tells its version. */
const program = (version: string) => encode(`#!/bin/sh\necho lade ${version} "$*"\n`);

Deno.test(
  "install.sh installs what a URL or a path names, and says how a shell finds it",
  POSIX,
  async () => {
    await using site = await Site.start({ lade: program("1") });
    const { path } = site.directory;
    const installed = `${path}/home/.local/bin/lade`;
    assertEquals(await site.install([site.url("lade")]), {
      code: 0,
      stdout: `lade 1 --version is ${installed}
To find it: echo 'export PATH="${path}/home/.local/bin:$PATH"' >>~/.bashrc, and start a new shell
`,
      stderr: "",
    });
    assertEquals(((await Deno.stat(installed)).mode ?? 0) & 0o777, 0o755);
    assertEquals(await site.directory.tree("home/"), {
      "home/.local/bin/lade": new TextDecoder().decode(program("1")),
      "home/x": "",
    });
    await site.directory.write("a b/-lade", program("2"));
    await site.directory.write("a b/-lade.sha256", `${await sha256Hex(program("2"))} *x\n`);
    const found = { PATH: `${path}/home/.local/bin:${Deno.env.get("PATH")}` };
    assertEquals(await site.install(["./-lade"], { cwd: `${path}/a b`, env: found }).catch(String), {
      code: 0,
      stdout: `lade 2 --version is ${installed}\n`,
      stderr: "",
    });
    for (
      const [shell, says] of [["zsh", ".zshrc"], ["fish", "fish_add_path '"], ["sh", "export PATH="]] as const
    ) {
      const { stdout } = await site.install([site.url("lade")], { env: { SHELL: `/bin/${shell}` } });
      assertStringIncludes(stdout.split("\n")[1] ?? "", says);
    }
    const bin = { LADE_INSTALL: `${path}/own dir`, ...found };
    const { stdout } = await site.install([site.url("lade")], { env: bin });
    assertStringIncludes(stdout, `lade 1 --version is ${path}/own dir/lade\n`);
  },
);

Deno.test(
  "install.sh refuses what is damaged, cut short, a web page or not there, and keeps what was",
  POSIX,
  async () => {
    await using site = await Site.start({ old: program("old"), lade: program("new") });
    assertEquals((await site.install([site.url("old")])).code, 0);
    const lade = site.url("lade");
    const sums = site.answers.get("/lade.sha256") as Uint8Array<ArrayBuffer>;
    const whole = program("new");
    site.answers.set("/lade", whole.with(-3, 0x61));
    assertMatch(
      await site.refused([lade]),
      /^install\.sh: what came from \S+ is not what it should be\n {2}expected SHA-256 [0-9a-f]{64}\n {2}found {12}[0-9a-f]{64}, of \d+ bytes\nNothing was installed\.\n$/,
    );
    site.answers.set("/lade", whole.subarray(0, -3));
    assertStringIncludes(await site.refused([lade]), "is not what it should be");
    assertMatch(
      await site.refused([await cutShort(whole)]),
      /cannot download \S+ \((?:curl|wget): exit code \d+\)/,
    );
    site.answers.set("/lade", () => new Response(PAGE, { headers: { "content-type": "text/html" } }));
    assertStringIncludes(await site.refused([lade]), "it is a web page, as a proxy or a login answers with");
    for (const page of ["<!doctype html>", "<HTML>"]) {
      site.answers.set("/lade", encode(page));
      assertStringIncludes(await site.refused([lade]), "it is a web page");
    }
    site.answers.set("/lade.sha256", encode(PAGE));
    assertStringIncludes(await site.refused([lade]), "lade.sha256 has no SHA-256: it is a web page");
    site.answers.set("/lade.sha256", new Uint8Array());
    assertStringIncludes(await site.refused([lade]), "lade.sha256 has no SHA-256: it is empty");
    site.answers.delete("/lade.sha256");
    assertStringIncludes(await site.refused([lade]), "cannot download");
    site.answers.set("/lade.sha256", sums);
    site.answers.set("/lade", () => new Response(PAGE, { status: 403 }));
    assertStringIncludes(await site.refused([lade]), "cannot download");
    assertStringIncludes(await site.refused([`${site.directory.path}/none`]), "cannot copy");
    await site.directory.write("alone", whole);
    for (const source of [`${site.directory.path}/alone`, site.url("alone")]) {
      assertStringIncludes(await site.refused([source]), "; or give the checksum by --sha256\n");
    }
  },
);

Deno.test("install.sh follows no redirect to what is unprotected, by curl or by wget", POSIX, async () => {
  await using site = await Site.start({ lade: program("1"), moved: program("2") });
  for (const name of ["lade", "lade.sha256"]) {
    const location = site.url(name.replace("lade", "moved"));
    site.answers.set(`/${name}`, () => new Response(null, { status: 302, headers: { location } }));
  }
  assertStringIncludes(await site.refused([site.url("lade")]), "cannot download");
  const tools = `${site.directory.path}/tools`;
  await Deno.mkdir(tools);
  for (const tool of ["sh", "wget", "cp", "cut", "head", "mkdir", "mktemp", "rm", "tr", "wc"]) {
    const { code, stdout } = await runProgram("sh", ["-c", `command -v ${tool}`]);
    if (code !== 0) return;
    await Deno.symlink(stdout.trim(), `${tools}/${tool}`);
  }
  assertMatch(
    await site.refused([site.url("lade")], { env: { PATH: tools } }),
    /cannot download \S+ \(wget: exit code \d+\)/,
  );
});

Deno.test("install.sh takes a checksum that is given, and no other", POSIX, async () => {
  await using site = await Site.start({ lade: program("1") });
  const sum = await sha256Hex(program("1"));
  site.answers.delete("/lade.sha256");
  const lade = site.url("lade");
  assertEquals((await site.install(["--sha256", sum.toUpperCase(), lade])).code, 0);
  assertEquals((await site.install([lade, `--sha256=${sum}`])).code, 0);
  assertStringIncludes(
    await site.refused(["--sha256", sum.replace(/^./, (digit) => digit === "0" ? "1" : "0"), lade]),
    sum,
  );
  for (const bad of [sum.slice(1), `${sum}0`, "x".repeat(64), "$(id)"]) {
    assertStringIncludes(await site.refused(["--sha256", bad, lade]), "is no SHA-256");
  }
});

Deno.test(
  "install.sh installs nothing that does not run, and asks for nothing unprotected",
  POSIX,
  async () => {
    await using site = await Site.start({ lade: encode("#!/bin/sh\necho broken >&2\nexit 3\n") });
    const lade = site.url("lade");
    assertMatch(
      await site.refused([lade]),
      /^broken\ninstall\.sh: what came from \S+ does not run here; nothing was installed\n$/,
    );
    assertStringIncludes(await site.refused(["http://lade.invalid/lade"]), "comes unprotected");
    assertStringIncludes(await site.refused(["http://127.0.0.1.lade.invalid/lade"]), "comes unprotected");
    assertStringIncludes(await site.refused(["ftp://127.0.0.1/lade"]), "neither https:// nor a path");
    assertStringIncludes(await site.refused([]), "Usage: sh install.sh");
    assertStringIncludes(await site.refused(["--force", lade]), "--force is no option");
    assertStringIncludes(await site.refused([lade, lade]), "there is one SOURCE");
    assertStringIncludes(
      await site.refused([lade], { env: { LADE_INSTALL: `${site.directory.path}/home/x` } }),
      "cannot make",
    );
    assertMatch((await site.install(["--help"])).stdout, /^Usage: /);
  },
);

Deno.test(
  "install.sh replaces no directory, and tells of another command that comes before",
  POSIX,
  async () => {
    await using site = await Site.start({ lade: program("1") });
    const { path } = site.directory;
    await site.directory.write("taken/lade/x", "");
    const lade = site.url("lade");
    assertStringIncludes(
      await site.refused([lade], { env: { LADE_INSTALL: `${path}/taken` } }),
      "is a directory",
    );
    await site.directory.writeProgram("other/lade", new TextDecoder().decode(program("0")));
    const env = { LADE_INSTALL: "own", PATH: `${path}/other:${path}/own:${Deno.env.get("PATH")}` };
    const { stdout } = await site.install([lade], { cwd: path, env });
    assertEquals(
      stdout,
      `lade 1 --version is ${path}/own/lade\nPATH finds another one before it: ${path}/other/lade\n`,
    );
  },
);

Deno.test(
  "install.sh says that a disk is full, or that no program can be run from it, and ends well where nobody reads",
  POSIX,
  async (t) => {
    await using site = await Site.start();
    const { path } = site.directory;
    const bytes = new Uint8Array(2 ** 17).fill(0x20);
    bytes.set(program("1"));
    await site.directory.write("lade", bytes);
    await site.directory.write("lade.sha256", await sha256Hex(bytes));
    const env = { HOME: `${path}/home` };
    const on = (options: string, ...command: string[]) => {
      const mount =
        `mount -t tmpfs -o ${options} none "$HOME" && "$@" && exit; code=$?; ls -AR "$HOME/.local/bin"; exit $code`;
      return runProgram("unshare", ["-rm", "sh", "-c", mount, "sh", ...command], { env }).catch(() =>
        undefined
      );
    };
    const ignore = (await on("size=1m", "true"))?.code !== 0;
    const left = `${path}/home/.local/bin:\n`;
    for (
      const [options, says] of [
        ["size=64k", "install.sh: cannot copy SOURCE to DIRECTORY\n"],
        [
          "noexec",
          "install.sh: no program can be run from DIRECTORY (noexec, or the disk is full); set LADE_INSTALL",
        ],
      ] as const
    ) {
      await t.step({
        name: options,
        ignore,
        async fn() {
          const { code, stdout, stderr } = await on(options, "sh", SCRIPT, `${path}/lade`) ?? { code: 0 };
          assertEquals([code, stdout], [1, left]);
          const told = says.replace("SOURCE", `${path}/lade`).replace("DIRECTORY", `${path}/home/.local/bin`);
          assertStringIncludes(stderr ?? "", told);
        },
      });
    }
    for (const script of ['{ sh "$0" "$1"; echo $? >&2; } | true', 'sh "$0" "$1" >&-; echo $? >&2']) {
      const { stderr } = await runProgram("sh", ["-c", script, SCRIPT, `${path}/lade`], { env });
      assertEquals(stderr, "0\n", script);
      assertEquals(await site.directory.tree("home/.local/bin/").then(Object.keys), ["home/.local/bin/lade"]);
      await Deno.remove(`${path}/home/.local/bin/lade`);
    }
    const refused = '{ sh "$0" --sha256 "$2" "$1"; } 2>&1 | true';
    await runProgram("sh", ["-c", refused, SCRIPT, `${path}/lade`, "0".repeat(64)], { env });
    assertEquals(await site.directory.tree("home/.local/"), { "home/.local/bin/": "" });
  },
);

Deno.test("install.sh that comes cut short by a pipe does nothing", POSIX, async () => {
  await using site = await Site.start({ lade: program("1") });
  const script = await Deno.readTextFile(SCRIPT);
  const cuts = [
    script.length - 1,
    script.length - 8,
    script.length - 12,
    script.length >> 1,
    script.length >> 2,
  ];
  for (const length of cuts) {
    const stdin = script.slice(0, length).replace(/main "\$@"$/, "");
    await runProgram("sh", ["-s", "--", site.url("lade")], {
      stdin,
      env: { HOME: `${site.directory.path}/home` },
    });
    assertEquals(await site.directory.tree(), { "home/x": "" }, `${length}`);
  }
  const piped = await runProgram("sh", ["-s", "--", site.url("lade")], {
    stdin: script,
    env: { HOME: `${site.directory.path}/home` },
  });
  assertEquals([piped.code, piped.stderr], [0, ""]);
});

/** The URL of a program whose checksum is answered, and of which less comes than was announced. */
async function cutShort(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const answers = [
    `content-length: 64\r\n\r\n${await sha256Hex(bytes)}`,
    `content-length: ${bytes.length}\r\n\r\n#!`,
  ];
  (async () => {
    for (const answer of answers) {
      using connection = await listener.accept();
      await connection.read(new Uint8Array(4096));
      await connection.write(encode(`HTTP/1.1 200 OK\r\nconnection: close\r\n${answer}`));
    }
    listener.close();
  })();
  return `http://127.0.0.1:${listener.addr.port}/lade`;
}

Deno.test({
  ...POSIX,
  name:
    "a run that is ended leaves nothing, and the next one removes what one that was killed left a day ago",
  async fn() {
    await using site = await Site.start({ lade: program("1") });
    const bin = `${site.directory.path}/home/.local/bin`;
    for (const signal of ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT"] as const) {
      const begun = Promise.withResolvers<void>();
      const ended = Promise.withResolvers<void>();
      site.answers.set("/slow", () => {
        begun.resolve();
        const body = new ReadableStream({ start: (stream) => void ended.promise.then(() => stream.close()) });
        return new Response(body);
      });
      const process = new Deno.Command("sh", {
        args: [SCRIPT, "--sha256", "0".repeat(64), site.url("slow")],
        env: { HOME: `${site.directory.path}/home` },
        stdout: "null",
        stderr: "null",
      }).spawn();
      await begun.promise;
      process.kill(signal);
      // A shell that waits for a program heeds its signals behind it.
      ended.resolve();
      assertEquals((await process.status).success, false, signal);
      assertEquals([...Deno.readDirSync(bin)], [], signal);
    }
    const old = new Date(Date.now() - 25 * 3600_000);
    const make = async (name: string, files: readonly string[], time?: Date) => {
      await Deno.mkdir(`${bin}/${name}`);
      for (const file of files) await Deno.writeTextFile(`${bin}/${name}/${file}`, "");
      if (time) await Deno.utime(`${bin}/${name}`, time, time);
    };
    await make(".lade-AAAAA1", ["lade", "sum"], old);
    await make(".lade-AAAAA2", [], old);
    await make(".lade-young1", ["lade"]);
    await make(".lade-other1", ["lade", "mine"], old);
    await make(".lade-AAAAA33", [], old);
    await make("lade-AAAAA1", ["lade"], old);
    await make(".lade-linked", [], old);
    await Deno.symlink("/etc/passwd", `${bin}/.lade-linked/lade`);
    await Deno.utime(`${bin}/.lade-linked`, old, old);
    await Deno.symlink(".lade-other1", `${bin}/.lade-link00`);
    await Deno.writeTextFile(`${bin}/.lade-file00`, "");
    await Deno.utime(`${bin}/.lade-file00`, old, old);
    await Deno.symlink(".lade-young1", `${bin}/.lade-oldlnk`);
    await runProgram("touch", ["-h", "-t", "202001010000", `${bin}/.lade-oldlnk`]);
    await Deno.mkdir(`${bin}/sub`);
    await make("sub/.lade-AAAAA4", ["lade"], old);
    if (Deno.uid() === 0) {
      await make(".lade-theirs", [], old);
      await Deno.chown(`${bin}/.lade-theirs`, 12345, 12345);
    }
    assertEquals((await site.install([site.url("lade")])).code, 0);
    const left = [...Deno.readDirSync(bin)].map(({ name }) => name).sort();
    assertEquals(left, [
      ".lade-AAAAA33",
      ".lade-file00",
      ".lade-link00",
      ".lade-linked",
      ".lade-oldlnk",
      ".lade-other1",
      ...Deno.uid() === 0 ? [".lade-theirs"] : [],
      ".lade-young1",
      "lade",
      "lade-AAAAA1",
      "sub",
    ]);
    for (const kept of [".lade-young1/lade", "sub/.lade-AAAAA4/lade"]) await Deno.stat(`${bin}/${kept}`);
    assertEquals([...Deno.readDirSync(`${bin}/.lade-other1`)].map(({ name }) => name), ["mine"]);
    assertEquals(await Deno.readLink(`${bin}/.lade-linked/lade`), "/etc/passwd");
  },
});
