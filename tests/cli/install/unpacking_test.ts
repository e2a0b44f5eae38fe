import { assert, assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import config from "../../../packages/cli/deno.json" with { type: "json" };
import { modeOf, namesIn, Packed, POSIX } from "./packed.ts";
import { runProgram, type RunProgramOptions } from "./run_program.ts";
import { writeExecutable } from "../../write_executable.ts";

Deno.test(
  "a packed program unpacks itself once, and gets arguments, environment and umask as they are",
  POSIX,
  async () => {
    await using packed = await Packed.make();
    const args = ["a b", "", "*", "$HOME", "--", "-x", "it's", "\n"];
    const { code, stdout, stderr } = await packed.start(args);
    const unpacked = await packed.unpacked();
    assertMatch(unpacked, new RegExp(`/${config.version}-[0-9a-f]{16}$`));
    const [denoDir, umask, runtime, run, ...rest] = stdout.split("\n");
    const mask = (await runProgram("sh", ["-c", "umask"])).stdout.trim();
    assertEquals([code, stderr, denoDir, umask, runtime, run], [
      0,
      "",
      `DENO_DIR=${unpacked}/cache`,
      `umask=${mask}`,
      `${unpacked}/deno`,
      "run",
    ]);
    const main = `${unpacked}/program/main.js`;
    assertEquals(rest.slice(rest.indexOf(main)), [main, ...args.slice(0, -1), "", "", ""]);
    for (const path of [packed.place, unpacked]) {
      assertEquals(await modeOf(path) & 0o077, 0, path);
    }
    const before = await Deno.stat(`${unpacked}/deno`);
    assertEquals(await packed.startedFrom({ env: { DENO_DIR: "/own" } }), unpacked);
    const own = await packed.start([], {
      env: { DENO_DIR: "/own", WHEN_RUN: "echo update=$DENO_NO_UPDATE_CHECK" },
    });
    assertMatch(own.stdout, /^DENO_DIR=\/own\n[^]*\nupdate=1\n$/);
    assertEquals((await Deno.stat(`${unpacked}/deno`)).ino, before.ino);
  },
);

Deno.test(
  "flags of the program let it read, write, ask the network and a shell, and no more",
  POSIX,
  async () => {
    await using packed = await Packed.make();
    const { stdout } = await packed.start();
    assertEquals(stdout.split("\n").filter((line) => line.startsWith("--")), [
      "--quiet",
      "--no-config",
      "--no-prompt",
      "--unstable-lazy-dynamic-imports",
      "--allow-read",
      "--allow-write",
      "--allow-env",
      "--allow-net",
      "--allow-sys",
      "--allow-run=/bin/sh",
    ]);
  },
);

Deno.test("equal programs make equal files, and what differs has another directory", POSIX, async () => {
  await using packed = await Packed.make();
  const first = await Deno.readFile(packed.file);
  const one = await packed.startedFrom();
  await packed.renew();
  assertEquals(await Deno.readFile(packed.file), first);
  await packed.directory.write("program/main.js", "other");
  await packed.renew();
  assertNotEquals(await packed.startedFrom(), one);
});

Deno.test(
  "a packed program starts from a path with spaces, by a link, by PATH and by any shell",
  POSIX,
  async () => {
    await using packed = await Packed.make();
    const { path } = packed.directory;
    const odd = `${path}/a b'c"d#e?f%20\\g`;
    await Deno.mkdir(`${odd}/home`, { recursive: true });
    await writeExecutable(`${odd}/lade`, await Deno.readFile(packed.file));
    await Deno.symlink(`${odd}/lade`, `${path}/link`);
    await Deno.symlink("link", `${path}/-link`);
    const run = async (program: string, args: readonly string[], options: RunProgramOptions) => {
      const { code, stdout, stderr } = await runProgram(program, args, options);
      assertEquals([code, stderr], [0, ""], program);
      return stdout;
    };
    const env = { HOME: `${odd}/home` };
    assertStringIncludes(await run(`${path}/link`, [], { env }), `${odd}/home/.cache/lade/program/`);
    const again = async (program: string, args: readonly string[], more: RunProgramOptions = {}) => {
      await Deno.remove(`${odd}/home/.cache`, { recursive: true });
      const stdout = await run(program, args, { ...more, env: { ...env, ...more.env } });
      assertMatch(stdout, /program\/main\.js\nx y\n/);
    };
    await again(`${odd}/lade`, ["x y"]);
    await again("./-link", ["x y"], { cwd: path });
    await again("sh", ["-c", 'exec link "x y"'], { env: { PATH: `${path}:${Deno.env.get("PATH")}` } });
    for (const shell of ["sh", "dash", "bash", "busybox", "ksh", "zsh", "yash", "mksh"]) {
      const found = (await runProgram("sh", ["-c", `command -v ${shell}`])).code === 0;
      if (found) await again(shell, [...shell === "busybox" ? ["sh"] : [], `${odd}/lade`, "x y"]);
    }
  },
);

Deno.test("two first starts at once both run, and leave one directory", POSIX, async () => {
  await using packed = await Packed.make();
  // Each waits until all are about to put their directory in place.
  const meet =
    `: >"${packed.directory.path}/tmp/$$"; while [ "$(ls "${packed.directory.path}/tmp" | wc -l)" -lt 6 ]; do sleep 0.01; done`;
  const froms = await Promise.all(
    Array.from({ length: 5 }, () => packed.startedFrom({ env: { WHEN_TRIED: meet } })),
  );
  const unpacked = await packed.unpacked();
  assertEquals(new Set(froms), new Set([unpacked]));
  assertEquals(await namesIn(unpacked), ["cache", "deno", "program", "used"]);
});

Deno.test(
  "what another start put there at the last moment stays, and what cannot be put there is told",
  POSIX,
  async () => {
    await using packed = await Packed.make();
    const { path } = packed.directory;
    const mv = (await runProgram("sh", ["-c", "command -v mv"])).stdout.trim();
    const become = async (script: string) => {
      await packed.directory.writeProgram("bin/mv", `#!/bin/sh\n${script}\n`);
    };
    const env = { PATH: `${path}/bin:${Deno.env.get("PATH")}` };
    await become(`case $1 in */.new-*) cp -a "$1" "$2" ;; esac; exec ${mv} "$@"`);
    const unpacked = await packed.startedFrom({ env });
    assertEquals(await namesIn(unpacked), ["cache", "deno", "program", "used"]);
    await Deno.remove(packed.place, { recursive: true });
    await become("exit 1");
    const { code, stderr } = await packed.start([], { env: { ...env, LADE_UNPACK_DIR: `${path}/own` } });
    assertEquals(code, 1);
    const id = unpacked.split("/").at(-1);
    assertStringIncludes(
      stderr,
      `\n  ${path}/own/program: ${id} in it cannot be replaced\nSet LADE_UNPACK_DIR`,
    );
    assertEquals(await namesIn(`${path}/own/program`), []);
  },
);

Deno.test(
  "a first start that is killed anywhere leaves nothing that a later one takes for whole",
  POSIX,
  async (t) => {
    for (const tool of ["mkdir", "mktemp", "wc", "tail", "sha256sum", "gzip", "tar", "rm", "mv", "find"]) {
      await t.step(tool, async () => {
        await using packed = await Packed.make();
        await packed.directory.writeProgram(`bin/${tool}`, `#!/bin/sh\nkill -9 0\n`);
        const killed = new Deno.Command(packed.file, {
          env: { ...packed.env, PATH: `${packed.directory.path}/bin:${Deno.env.get("PATH")}` },
          detached: true,
          stdout: "null",
          stderr: "null",
        }).spawn();
        assertEquals((await killed.status).signal, "SIGKILL");
        assertMatch(await packed.startedFrom(), /\/program\/\d/);
        // What is left of it goes a day later, before anything is unpacked.
        const left = async () => (await namesIn(packed.place)).filter((name) => name.startsWith("."));
        await packed.directory.write("program/main.js", "other");
        await packed.renew();
        await Deno.mkdir(`${packed.place}/.new-late`);
        for (const name of await left()) await Deno.utime(`${packed.place}/${name}`, 0, 0);
        await Deno.mkdir(`${packed.place}/.new-young`);
        const seen = `ls -A "${packed.place}" | grep -c '^[.]' >"${packed.directory.path}/seen"`;
        await packed.startedFrom({ env: { WHEN_TRIED: seen } });
        // The young one, and that which it was unpacked to.
        assertEquals(await Deno.readTextFile(`${packed.directory.path}/seen`), "2\n");
        assertEquals(await left(), [".new-young"]);
      });
    }
  },
);

Deno.test("a first start that is interrupted removes what it unpacked", POSIX, async () => {
  await using packed = await Packed.make();
  const { code } = await packed.start([], { env: { WHEN_TRIED: "kill -INT $PPID; sleep 0.2" } });
  assertNotEquals(code, 0);
  assertEquals(await namesIn(packed.place), []);
});

Deno.test("a version that runs goes on when another one is put in its place", POSIX, async () => {
  await using packed = await Packed.make();
  const old = await packed.startedFrom();
  const main = await Deno.readTextFile(`${old}/program/main.js`);
  const running = new Deno.Command(packed.file, {
    env: { ...packed.env, WHEN_RUN: `read -r line; cat "\${0%/*}/program/main.js"` },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const output = running.stdout.getReader();
  await output.read();
  await packed.directory.write("program/main.js", "another version");
  await packed.renew();
  // Long ago as it was started, it is in use.
  await Deno.utime(`${old}/used`, 0, 0);
  const next = await packed.startedFrom();
  assertNotEquals(next, old);
  const writer = running.stdin.getWriter();
  await writer.write(new TextEncoder().encode("\n"));
  await writer.close();
  const { value } = await output.read();
  assertEquals(new TextDecoder().decode(value), main);
  await output.cancel();
  assertEquals((await running.status).code, 0);
  // Now that it has ended, a third version removes it, and keeps what was used within a month.
  const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 3600_000);
  await Deno.utime(`${next}/used`, daysAgo(29), daysAgo(29));
  await packed.directory.write("program/main.js", "a third version");
  await packed.renew();
  const third = await packed.startedFrom();
  const names = (await namesIn(packed.place)).map((name) => `${packed.place}/${name}`);
  assertEquals(names, [next, third].sort());
  // Each start is a use, and one that cannot be noted is one all the same.
  await Deno.utime(`${third}/used`, 0, 0);
  assertEquals(await packed.startedFrom(), third);
  assert(((await Deno.stat(`${third}/used`)).mtime ?? 0) > daysAgo(1));
  await Deno.remove(`${third}/used`);
  await Deno.mkdir(`${third}/used`);
  assertEquals(await packed.startedFrom(), third);
});

Deno.test("variables of the tools that unpack it change nothing", POSIX, async () => {
  await using packed = await Packed.make();
  const env = { TAR_OPTIONS: "--exclude=main.js", GZIP: "-t", BLOCK_SIZE: "K" };
  const { ino } = await Deno.stat(await packed.startedFrom({ env }));
  assertEquals((await Deno.stat(await packed.startedFrom({ env }))).ino, ino);
});

Deno.test("a directory that was chosen keeps every version, as other users may start it", POSIX, async () => {
  await using packed = await Packed.make();
  const env = { LADE_UNPACK_DIR: `${packed.directory.path}/chosen` };
  const old = await packed.startedFrom({ env });
  await Deno.utime(`${old}/used`, 0, 0);
  await packed.directory.write("program/main.js", "another version");
  await packed.renew();
  assertNotEquals(await packed.startedFrom({ env }), old);
  assertEquals((await Deno.stat(`${old}/deno`)).isFile, true);
});

Deno.test(
  "where the home cannot be written to, it is unpacked below TMPDIR, or says what to set",
  POSIX,
  async () => {
    await using packed = await Packed.make();
    const { path } = packed.directory;
    const env = { HOME: `${path}/home`, XDG_CACHE_HOME: `${path}/home/x` };
    const user = Deno.uid();
    assertStringIncludes(await packed.startedFrom({ env }), `${path}/tmp/lade-${user}/`);
    assertEquals(await modeOf(`${path}/tmp/lade-${user}`), 0o700);
    const nowhere = { ...env, LADE_UNPACK_DIR: `${path}/home/x` };
    const { code, stdout, stderr } = await packed.start([], { env: nowhere });
    assertEquals([code, stdout], [1, ""]);
    assertEquals(
      stderr,
      `lade: Cannot start: there is no place to unpack itself to.
  ${path}/home/x: Not a directory
Set LADE_UNPACK_DIR to a directory of yours that programs can be run from.
`,
    );
  },
);

Deno.test("a tool that it needs to unpack itself, and that is not there, is named", POSIX, async () => {
  await using packed = await Packed.make();
  const { path } = packed.directory;
  const needed = "chmod find gzip head ls mkdir mktemp mv rm tail tar wc".split(" ");
  const all = [...needed, "id", "sha256sum", "shasum", "openssl", "sh", "sync", "ps", "uname"];
  const link = async (name: string) => {
    const { code, stdout } = await runProgram("sh", ["-c", `command -v ${name}`]);
    if (code === 0) await Deno.symlink(stdout.trim(), `${path}/tools/${name}`);
  };
  await Deno.mkdir(`${path}/tools`);
  for (const name of all) await link(name);
  const env = { PATH: `${path}/tools` };
  for (const name of needed) {
    await Deno.remove(`${path}/tools/${name}`);
    const { code, stdout, stderr } = await packed.start([], { env });
    assertEquals([code, stdout], [1, ""]);
    assertEquals(stderr, `lade: Cannot start: it needs ${name} to unpack itself\n`);
    await link(name);
  }
  for (const name of ["sha256sum", "shasum", "openssl"]) {
    await Deno.remove(`${path}/tools/${name}`).catch(() => {});
  }
  assertEquals((await packed.start([], { env })).stderr.split("\n").at(-2), NO_CHECKSUM);
  await link("openssl");
  const { code, stderr } = await packed.start([], { env });
  assertEquals([code, stderr], [0, ""]);
});

const NO_CHECKSUM = "lade: Cannot start: it needs sha256sum, shasum or openssl to check itself";

Deno.test(
  "a disk that gets full while it is unpacked is told, and nothing is left on it",
  POSIX,
  async () => {
    await using packed = await Packed.make();
    const { path } = packed.directory;
    const says = "tar: deno: Cannot write: No space left on device\\ntar: Exiting with failure status";
    await packed.directory.writeProgram("bin/tar", `#!/bin/sh\nprintf '${says}\\n' >&2\nexit 2\n`);
    const env = { PATH: `${path}/bin:${Deno.env.get("PATH")}`, LADE_UNPACK_DIR: `${path}/disk` };
    const { code, stdout, stderr } = await packed.start([], { env });
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(
      stderr,
      `unpack itself to.\n  ${path}/disk/program: No space left on device, 1 MiB are needed\nSet LADE_UNPACK_DIR`,
    );
    assertEquals(await namesIn(`${path}/disk/program`), []);
  },
);

Deno.test("it is unpacked where its caches are, or where LADE_UNPACK_DIR says", POSIX, async () => {
  await using packed = await Packed.make();
  const { path } = packed.directory;
  const at = async (env: Record<string, string>) => {
    const from = await packed.startedFrom({ env });
    return from.replace(`${path}/`, "").replace(/\/[^/]*$/, "");
  };
  assertEquals(await at({}), "home/.cache/lade/program");
  assertEquals(await at({ XDG_CACHE_HOME: "relative" }), "home/.cache/lade/program");
  assertEquals(await at({ XDG_CACHE_HOME: `${path}/xdg, and more` }), "xdg, and more/lade/program");
  assertEquals(
    await at({ XDG_CACHE_HOME: `${path}/xdg`, LADE_CACHE_DIR: `${path}/caches` }),
    "caches/program",
  );
  for (const name of ["LADE_UNPACK_DIR", "LADE_CACHE_DIR"]) {
    const { code, stdout, stderr } = await packed.start([], {
      cwd: `${path}/work`,
      env: { [name]: `-${name}` },
    });
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, `${path}/work/-${name}/program/`);
  }
  assertEquals(await at({ HOME: "" }), `tmp/lade-${Deno.uid()}`);
  const given = `${path}/given`;
  assertEquals(await at({ LADE_CACHE_DIR: `${path}/caches`, LADE_UNPACK_DIR: given }), "given/program");
  // One that was chosen is for all users.
  for (const name of ["", "/program"]) assertEquals(await modeOf(`${given}${name}`), 0o755, name);
  assertEquals(await modeOf(await packed.unpacked(`${given}/program`)), 0o755);
});

Deno.test(
  "a file that is damaged, cut short or of another machine says so, and nothing is left",
  POSIX,
  async () => {
    await using packed = await Packed.make();
    const whole = await Deno.readFile(packed.file);
    const refused = async () => {
      const { code, stdout, stderr } = await packed.start();
      assertEquals([code, stdout], [1, ""]);
      assertEquals(await namesIn(packed.place), []);
      return stderr.replaceAll(packed.file, "FILE");
    };
    await writeExecutable(packed.file, whole.subarray(0, -7));
    assertEquals(
      await refused(),
      `lade: Cannot start: FILE is damaged: it has ${
        whole.length - 7
      } bytes of ${whole.length}; get it again\n`,
    );
    await writeExecutable(packed.file, whole.with(-100, (whole.at(-100) ?? 0) ^ 1));
    assertEquals(
      await refused(),
      "lade: Cannot start: FILE is damaged: its checksum differs; get it again\n",
    );
    await packed.directory.write("deno", `#!${packed.directory.path}/none\n`);
    await packed.renew();
    assertMatch(
      await refused(),
      /^lade: Cannot start: it is for TARGET, and does not run on \S+ \S+: not found\n$|bad interpreter|No such file/,
    );
  },
);
