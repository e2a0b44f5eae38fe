import { assert, assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import config from "../../../packages/cli/deno.json" with { type: "json" };
import { packSelfExtracting } from "../../../tools/build/pack_self_extracting.ts";
import { TemporaryDirectory } from "../temporary_directory.ts";
import { runProgram, type RunProgramOptions } from "./run_program.ts";

/** In place of Deno: tells how it was started. What the environment names is done before, where it is asked for its version. */
const RUNTIME = `#!/bin/sh
if [ "$1" = --version ]; then
  eval "\${WHEN_TRIED-}"
  exit
fi
printf '%s\\n' "DENO_DIR=$DENO_DIR" "umask=$(umask)" "$0" "$@"
eval "\${WHEN_RUN-}"
`;

/** A packed program in a directory of its own, where a home is, too. */
class Packed implements AsyncDisposable {
  readonly directory: TemporaryDirectory;

  private constructor(directory: TemporaryDirectory) {
    this.directory = directory;
  }

  static async make(): Promise<Packed> {
    const directory = await TemporaryDirectory.make({
      deno: RUNTIME,
      "program/main.js": crypto.randomUUID(),
      "program/a b's.js": "2",
      "work/x": "",
      "home/x": "",
      "tmp/x": "",
    });
    const packed = new Packed(directory);
    await packed.renew();
    return packed;
  }

  /** Packs the program as it is now, in place of what was packed. */
  async renew(): Promise<void> {
    const { path } = this.directory;
    const setup = { program: `${path}/program`, deno: `${path}/deno`, target: "TARGET", level: 1 };
    await Deno.writeFile(`${this.file}.new`, await packSelfExtracting(setup), { mode: 0o755 });
    await Deno.rename(`${this.file}.new`, this.file);
  }

  get file(): string {
    return `${this.directory.path}/lade`;
  }

  get env(): Record<string, string> {
    const { path } = this.directory;
    return { HOME: `${path}/home`, TMPDIR: `${path}/tmp` };
  }

  /** Where it unpacks itself to. */
  get place(): string {
    return `${this.directory.path}/home/.cache/lade/program`;
  }

  async start(args: readonly string[] = [], { env, ...options }: RunProgramOptions = {}) {
    return await runProgram(this.file, args, { ...options, env: { ...this.env, ...env } });
  }

  /** Starts it, which is to work, and gives the directory that it was run from. */
  async startedFrom(options: RunProgramOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.start([], options);
    assertEquals([code, stderr], [0, ""]);
    const [, , runtime = ""] = stdout.split("\n");
    return runtime.replace(/\/deno$/, "");
  }

  /** The only directory below a place. */
  async unpacked(place = this.place): Promise<string> {
    const names = await namesIn(place);
    assertEquals(names.length, 1, names.join());
    return `${place}/${names[0]}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.directory[Symbol.asyncDispose]();
  }
}

async function namesIn(path: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(path), ({ name }) => name)).sort();
}

async function modeOf(path: string): Promise<number> {
  return ((await Deno.stat(path)).mode ?? 0) & 0o777;
}

const POSIX = { ignore: Deno.build.os === "windows" };

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
    assertStringIncludes((await packed.start([], { env: { DENO_DIR: "/own" } })).stdout, "DENO_DIR=/own\n");
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
      "--v8-flags=--initial-heap-size=256,--no-concurrent-sweeping",
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
    await Deno.copyFile(packed.file, `${odd}/lade`);
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
  assertEquals(await namesIn(unpacked), ["deno", "program", "used"]);
});

Deno.test(
  "a first start that is killed anywhere leaves nothing that a later one takes for whole",
  POSIX,
  async (t) => {
    for (const tool of ["mkdir", "mktemp", "wc", "tail", "sha256sum", "gzip", "tar", "rm", "mv", "find"]) {
      await t.step(tool, async () => {
        await using packed = await Packed.make();
        await packed.directory.write(`bin/${tool}`, `#!/bin/sh\nkill -9 0\n`);
        await Deno.chmod(`${packed.directory.path}/bin/${tool}`, 0o755);
        const killed = new Deno.Command(packed.file, {
          env: { ...packed.env, PATH: `${packed.directory.path}/bin:${Deno.env.get("PATH")}` },
          detached: true,
          stdout: "null",
          stderr: "null",
        }).spawn();
        assertEquals((await killed.status).signal, "SIGKILL");
        assertMatch(await packed.startedFrom(), /\/program\/\d/);
        // What is left of it goes a day later, with the next version.
        const left = (await namesIn(packed.place)).filter((name) => name.startsWith("."));
        for (const name of left) await Deno.utime(`${packed.place}/${name}`, 0, 0);
        await packed.directory.write("program/main.js", "other");
        await packed.renew();
        await packed.startedFrom();
        assertEquals((await namesIn(packed.place)).filter((name) => name.startsWith(".")), []);
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
  // Now that it has ended, a third version removes it, and keeps what was used of late.
  await packed.directory.write("program/main.js", "a third version");
  await packed.renew();
  const third = await packed.startedFrom();
  const names = (await namesIn(packed.place)).map((name) => `${packed.place}/${name}`);
  assertEquals(names, [next, third].sort());
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
  assertEquals(await at({ HOME: "" }), `tmp/lade-${Deno.uid()}`);
  const given = `${path}/given`;
  assertEquals(await at({ LADE_CACHE_DIR: `${path}/caches`, LADE_UNPACK_DIR: given }), "given/program");
  // One that was chosen is for all users.
  for (const name of ["", "/program"]) assertEquals(await modeOf(`${given}${name}`), 0o755, name);
  assertEquals(await modeOf(await packed.unpacked(`${given}/program`)), 0o755);
});

Deno.test("nothing is run that others could have put there", POSIX, async (t) => {
  /** A program that another user planted, in the directory that it would be in. */
  const plant = async (packed: Packed, unpacked: string) => {
    await Deno.mkdir(`${unpacked}/program`, { recursive: true });
    await packed.directory.write(
      `${unpacked.slice(packed.directory.path.length + 1)}/deno`,
      "#!/bin/sh\necho evil\n",
    );
    await Deno.chmod(`${unpacked}/deno`, 0o755);
    for (const name of ["main.js", "a b's.js"]) await Deno.writeTextFile(`${unpacked}/program/${name}`, "");
  };
  const unpackedOf = async (packed: Packed) => {
    const unpacked = await packed.startedFrom();
    await Deno.remove(packed.place, { recursive: true });
    return unpacked;
  };

  await t.step("a runtime of another size, and a program with files missing, are unpacked anew", async () => {
    await using packed = await Packed.make();
    const unpacked = await unpackedOf(packed);
    await Deno.mkdir(packed.place, { mode: 0o700 });
    await plant(packed, unpacked);
    assertEquals(await packed.startedFrom(), unpacked);
    await Deno.remove(`${unpacked}/program/a b's.js`);
    assertEquals(await packed.startedFrom(), unpacked);
    assertEquals(await namesIn(`${unpacked}/program`), ["a b's.js", "main.js"]);
    assertEquals(await namesIn(packed.place), [unpacked.split("/").at(-1)]);
  });

  for (const open of ["place", "unpacked", "runtime"] as const) {
    for (const mode of [0o777, 0o775]) {
      await t.step(`a ${open} of mode ${mode.toString(8)} is not trusted, and unpacked anew`, async () => {
        await using packed = await Packed.make();
        const unpacked = await packed.startedFrom();
        const same = await Deno.readTextFile(`${unpacked}/deno`);
        await Deno.writeTextFile(`${unpacked}/deno`, same.replace("printf", "echo 1"));
        await Deno.chmod({ place: packed.place, unpacked, runtime: `${unpacked}/deno` }[open], mode);
        assertEquals(await packed.startedFrom(), unpacked);
        assertEquals(await Deno.readTextFile(`${unpacked}/deno`), same);
        for (const path of [packed.place, unpacked, `${unpacked}/deno`]) {
          assertEquals(await modeOf(path) & 0o022, 0, path);
        }
      });
    }
  }

  await t.step("a directory where others may write is passed over", async () => {
    await using packed = await Packed.make();
    const { path } = packed.directory;
    await packed.startedFrom();
    await Deno.chmod(`${path}/home/.cache/lade`, 0o777);
    assertStringIncludes(await packed.startedFrom(), `${path}/tmp/lade-`);
    await Deno.remove(`${path}/tmp/lade-${Deno.uid()}`, { recursive: true });
    await Deno.chmod(`${path}/home/.cache/lade`, 0o1777);
    assertStringIncludes(await packed.startedFrom(), `${path}/home/.cache/lade/`);
  });

  await t.step("a link in place of its directory is not followed", async () => {
    await using packed = await Packed.make();
    const { path } = packed.directory;
    const unpacked = await unpackedOf(packed);
    const elsewhere = `${path}/elsewhere`;
    await plant(packed, unpacked.replace(packed.place, elsewhere));
    await Deno.symlink(elsewhere, packed.place);
    assertStringIncludes(await packed.startedFrom(), `${path}/tmp/lade-`);
    await Deno.remove(`${path}/tmp/lade-${Deno.uid()}`, { recursive: true });
    await Deno.remove(packed.place);
    await Deno.mkdir(packed.place, { mode: 0o700 });
    await Deno.symlink(unpacked.replace(packed.place, elsewhere), unpacked);
    assertEquals(await packed.startedFrom(), unpacked);
    assert((await Deno.lstat(unpacked)).isDirectory);
    assertEquals(
      await Deno.readTextFile(`${unpacked.replace(packed.place, elsewhere)}/deno`),
      "#!/bin/sh\necho evil\n",
    );
  });

  await t.step({
    name: "what belongs to another user is passed over",
    ignore: Deno.uid() !== 0,
    async fn() {
      const other = 12345;
      await using packed = await Packed.make();
      const { path } = packed.directory;
      const unpacked = await packed.startedFrom();
      for (const owned of [`${unpacked}/deno`, unpacked]) {
        await Deno.chown(owned, other, other);
        assertEquals(await packed.startedFrom(), unpacked);
        assertEquals((await Deno.stat(owned)).uid, 0);
      }
      const temporary = `${path}/tmp/lade-0`;
      for (const owned of [packed.place, `${path}/home/.cache/lade`, `${path}/home`]) {
        await Deno.chown(owned, other, other);
        assertStringIncludes(await packed.startedFrom(), `${temporary}/`);
        await Deno.remove(temporary, { recursive: true });
        await Deno.chown(owned, 0, 0);
      }
      await Deno.chown(packed.place, other, other);
      await Deno.mkdir(temporary);
      await Deno.chown(temporary, other, other);
      const last = await packed.startedFrom();
      assertStringIncludes(last, "/var/tmp/lade-0/");
      await Deno.remove(last, { recursive: true });
      await Deno.remove("/var/tmp/lade-0").catch(() => {});
    },
  });
});

Deno.test("nothing is run from a directory of which no program may be run", POSIX, async (t) => {
  await using packed = await Packed.make();
  const { path } = packed.directory;
  const mount = `mount -t tmpfs -o noexec none "$HOME" && exec "$@"`;
  const start = async (env: Record<string, string>) =>
    await runProgram("unshare", ["-rm", "sh", "-c", mount, "sh", packed.file], {
      env: { ...packed.env, ...env },
    });
  const can = (await runProgram("unshare", ["-rm", "sh", "-c", mount, "sh", "true"], { env: packed.env })
    .catch(() => ({ code: 1 }))).code === 0;
  await t.step({
    name: "noexec",
    ignore: !can,
    async fn() {
      const { code, stdout, stderr } = await start({});
      assertEquals([code, stderr], [0, ""]);
      assertStringIncludes(stdout, `${path}/tmp/lade-0/`);
      const refused = await start({ LADE_UNPACK_DIR: `${path}/home/x` });
      assertEquals(refused.code, 1);
      assertStringIncludes(
        refused.stderr,
        `${path}/home/x/program: no program can be run from there (noexec, or the disk is full)\nSet LADE_UNPACK_DIR`,
      );
    },
  });
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
    await Deno.writeFile(packed.file, whole.subarray(0, -7));
    assertEquals(
      await refused(),
      `lade: Cannot start: FILE is damaged: it has ${
        whole.length - 7
      } bytes of ${whole.length}; get it again\n`,
    );
    await Deno.writeFile(packed.file, whole.with(-100, (whole.at(-100) ?? 0) ^ 1));
    assertEquals(
      await refused(),
      "lade: Cannot start: FILE is damaged: its checksum differs; get it again\n",
    );
    await packed.directory.write("deno", "#!/nowhere\n");
    await packed.renew();
    assertMatch(
      await refused(),
      /^lade: Cannot start: it is for TARGET, and does not run on \S+ \S+: not found\n$|bad interpreter|No such file/,
    );
  },
);
