import { seededRandom } from "@lade/testing";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sweepTemporaries } from "./mod.ts";
import { isTemporaryName } from "./names/temporary_name.ts";
import { bytes } from "./testing/both_stores.ts";
import { makeRoot, type TestRoot } from "./testing/make_root.ts";
import { runProcess, startProcess } from "./testing/run_process.ts";

const SIZE = 8 * 2 ** 20;

function unfinished(root: TestRoot): string[] {
  return root.everything().filter(isTemporaryName);
}

for (const scheme of ["file", "direct"]) {
  for (const way of ["put", "writer", "writer of parts", "copy"]) {
    Deno.test(`a process killed in the middle of a ${way} leaves the old object whole (${scheme})`, async () => {
      const seed = Date.now() % 2 ** 32;
      const random = seededRandom(seed);
      await using root = await makeRoot();
      for (let round = 0; round < 5; round++) {
        const before = unfinished(root).length;
        await using child = startProcess(["--allow-read", "--allow-write"], [
          "overwrite",
          scheme,
          root.path,
          way,
        ]);
        const reader = child.stdout.getReader();
        await reader.read();
        // No time, but turns of the loop, and then the sight of an unfinished write.
        for (let turns = Math.floor(random() * 20); turns > 0; turns--) await Deno.stat(root.path);
        while (unfinished(root).length === before) await Deno.stat(root.path);
        child.kill("SIGKILL");
        await reader.cancel();
        await child.stderr.cancel();
        await child.status;
        const object = Deno.readFileSync(root.file("object"));
        assertEquals(object.length, SIZE, `seed ${seed}`);
        assert(object.every((byte) => byte === object[0]), `seed ${seed}: two contents are mixed`);
      }
      const left = unfinished(root);
      const swept = await Array.fromAsync(sweepTemporaries(root.path, { olderThanMs: 0 }));
      assertEquals(swept.map(({ path }) => path).sort(), left.map((name) => root.file(name)));
      assertEquals(root.everything(), way === "copy" ? ["object", "source"] : ["object"]);
    });
  }

  Deno.test(`several processes that compare and swap lose no update (${scheme})`, async () => {
    await using root = await makeRoot();
    root.write("number", "0");
    const flags = [`--allow-read=${root.path}`, `--allow-write=${root.path}`];
    await Promise.all([1, 2, 3].map(() => runProcess(flags, "add", scheme, root.path, "30")));
    assertEquals(Deno.readTextFileSync(root.file("number")), "90");
    assertEquals(root.everything(), ["number"], "no lock file is left");
  });

  Deno.test(`of several processes that create an object one wins (${scheme})`, async () => {
    await using root = await makeRoot();
    const flags = [`--allow-read=${root.path}`, `--allow-write=${root.path}`];
    const created = await Promise.all(
      [1, 2, 3].map(() => runProcess(flags, "create", scheme, root.path, "100")),
    );
    assertEquals(created.reduce((sum, count) => sum + Number(count), 0), 100);
    assertEquals(root.everything().length, 100);
  });

  Deno.test(`a store needs --allow-read and --allow-write of its root and nothing else (${scheme})`, async () => {
    await using root = await makeRoot();
    const flags = [`--allow-read=${root.path}`, `--allow-write=${root.path}`];
    assertEquals(await runProcess(flags, "everything", scheme, root.path), "a/b,g/h,a/,g/ content");
  });

  Deno.test(`a missing permission is named with the flag that gives it (${scheme})`, async () => {
    await using root = await makeRoot();
    root.write("a", "x");
    const read = await runProcess([], "fail", scheme, root.path, "a");
    assertStringIncludes(
      read,
      `PermissionDeniedError: Cannot head "${scheme}://${root.path}/a": Deno may not read`,
    );
    assertStringIncludes(read, root.path);
    assertStringIncludes(read, "--allow-read");
    const write = await runProcess(["--allow-read"], "fail", scheme, root.path, "a.new");
    assertStringIncludes(write, "Deno may not write");
    assertStringIncludes(write, "--allow-write");
    assertEquals(root.everything(), ["a"]);
  });
}

Deno.test("a path below /dev, /proc or /sys is said to want --allow-all", async () => {
  const text = await runProcess(["--allow-read", "--allow-write"], "fail", "file", "/", "proc/self/mem");
  assertStringIncludes(text, "PermissionDeniedError");
  assertStringIncludes(
    text,
    '"/proc/self/mem": what lies in /dev, /proc or /sys, such as /dev/shm, it wants --allow-all',
  );
});

Deno.test("a single file by its URI needs no permission but that of its directory", async () => {
  await using root = await makeRoot();
  root.write("a", "x");
  const flags = [`--allow-read=${root.path}`, `--allow-write=${root.path}`];
  assertEquals(await runProcess(flags, "fail", "file", "/", root.file("a").slice(1)), "nothing");
  assertEquals(
    await runProcess(flags, "fail", "file", "/", `${root.path.slice(1)}/deep/er/b.new`),
    "nothing",
  );
  assertEquals(Deno.readFileSync(root.file("deep/er/b.new")), bytes("x"));
});
