import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { modeOf, namesIn, Packed, POSIX } from "./packed.ts";
import { runProgram } from "./run_program.ts";

Deno.test("nothing is run that others could have put there", POSIX, async (t) => {
  /** A program that another user planted, in the directory that it would be in. */
  const plant = async (packed: Packed, unpacked: string) => {
    await Deno.mkdir(`${unpacked}/program`, { recursive: true });
    await packed.directory.write(
      `${unpacked.slice(packed.directory.path.length + 1)}/deno`,
      "#!/bin/sh\necho evil\n",
    );
    await Deno.chmod(`${unpacked}/deno`, 0o755);
    for (const name of ["main.js", "a b's.js", "empty.js"]) {
      await Deno.writeTextFile(`${unpacked}/program/${name}`, "");
    }
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
    assertEquals(await namesIn(`${unpacked}/program`), ["a b's.js", "empty.js", "main.js"]);
    // One of these has nothing in it, and the runtime alone is longer.
    await Deno.remove(`${unpacked}/program/empty.js`);
    assertEquals(await packed.startedFrom(), unpacked);
    assertEquals((await namesIn(`${unpacked}/program`)).length, 3);
    const { size } = await Deno.stat(`${unpacked}/deno`);
    await Deno.writeTextFile(`${unpacked}/deno`, "\n# longer", { append: true });
    assertEquals(await packed.startedFrom(), unpacked);
    assertEquals((await Deno.stat(`${unpacked}/deno`)).size, size);
    await Deno.chmod(`${unpacked}/deno`, 0o644);
    assertEquals(await packed.startedFrom(), unpacked);
    const main = await Deno.readTextFile(`${unpacked}/program/main.js`);
    await Deno.truncate(`${unpacked}/program/main.js`);
    assertEquals(await packed.startedFrom(), unpacked);
    assertEquals(await Deno.readTextFile(`${unpacked}/program/main.js`), main);
    assertEquals(await namesIn(packed.place), [unpacked.split("/").at(-1)]);
  });

  for (const open of ["place", "unpacked", "runtime"] as const) {
    for (const mode of [0o777, 0o775, 0o1777]) {
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

  await t.step("nobody may write where Deno keeps compiled code, whatever the umask", async () => {
    await using packed = await Packed.make();
    for (const env of [{}, { LADE_UNPACK_DIR: `${packed.directory.path}/chosen` }]) {
      const keeps = `umask 000; mkdir -p "$DENO_DIR"`;
      const unpacked = await packed.startedFrom({ env: { ...env, WHEN_RUN: keeps } });
      assertEquals(await modeOf(`${unpacked}/cache`) & 0o022, 0);
    }
  });

  await t.step("a directory where others may write is passed over", async () => {
    await using packed = await Packed.make();
    const { path } = packed.directory;
    await packed.startedFrom();
    await Deno.chmod(`${path}/home/.cache/lade`, 0o777);
    assertStringIncludes(await packed.startedFrom(), `${path}/tmp/lade-`);
    await Deno.remove(`${path}/tmp/lade-${Deno.uid()}`, { recursive: true });
    await Deno.mkdir(`${path}/open`);
    await Deno.chmod(`${path}/open`, 0o777);
    const { code, stderr } = await packed.start([], { env: { LADE_UNPACK_DIR: `${path}/open` } });
    assertEquals(code, 1);
    assertStringIncludes(stderr, `\n  ${path}/open: others may write there\nSet LADE_UNPACK_DIR`);
    // Others can remove nothing there, or are of the group that is this user's own.
    for (const mode of [0o1777, ...Deno.uid() === Deno.gid() ? [0o775] : []]) {
      await Deno.chmod(`${path}/home/.cache/lade`, mode);
      assertStringIncludes(await packed.startedFrom(), `${path}/home/.cache/lade/`);
    }
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
      await Deno.mkdir(`${path}/xdg`);
      await Deno.chown(`${path}/xdg`, other, other);
      await packed.startedFrom({ env: { XDG_CACHE_HOME: `${path}/xdg` } });
      assertEquals(await namesIn(`${path}/xdg`), []);
      await Deno.remove(temporary, { recursive: true });
      await Deno.chown(`${path}/home/.cache/lade`, 0, other);
      await Deno.chmod(`${path}/home/.cache/lade`, 0o770);
      assertStringIncludes(await packed.startedFrom(), `${temporary}/`);
      await Deno.remove(temporary, { recursive: true });
      await Deno.chmod(`${path}/home/.cache/lade`, 0o700);
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
