import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ladeArguments } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";
import { withoutProgress } from "./without_progress.ts";

/** Runs `lade` with a reader that goes away after the first bytes. */
async function runUnread(args: readonly string[], cwd: string): Promise<{ code: number; stderr: string }> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ladeArguments(args, { cwd }),
    cwd,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = process.stdout.getReader();
  assert(!(await reader.read()).done);
  await reader.cancel();
  const [{ code }, stderr] = await Promise.all([process.status, new Response(process.stderr).text()]);
  return { code, stderr: withoutProgress(stderr) };
}

Deno.test("lade cat and lade get - end quietly when their reader has gone", async () => {
  await using directory = await TemporaryDirectory.make();
  using file = await Deno.create(`${directory.path}/big`);
  await file.truncate(2 ** 30);
  for (const args of [["cat", "big"], ["get", "big", "-"]]) {
    assertEquals(await runUnread(args, directory.path), { code: 0, stderr: "" });
  }
});

Deno.test("lade ls ends quietly when its reader has gone", async () => {
  await using directory = await TemporaryDirectory.make();
  for (let i = 0; i < 3000; i++) {
    await Deno.writeTextFile(`${directory.path}/${"long name ".repeat(10)}${i}`, "");
  }
  assertEquals(await runUnread(["ls", "--json", "."], directory.path), { code: 0, stderr: "" });
});

Deno.test("lade cp goes on when nobody reads what it did", async () => {
  await using directory = await TemporaryDirectory.make();
  await Deno.mkdir(`${directory.path}/from`);
  const count = 800;
  for (let i = 0; i < count; i++) {
    await Deno.writeTextFile(`${directory.path}/from/${"long name ".repeat(10)}${i}`, "");
  }
  const { code, stderr } = await runUnread(["cp", "-r", "from", "to"], directory.path);
  assertEquals(code, 0);
  assertStringIncludes(stderr, `lade: cp did ${count} objects`);
  assertEquals((await Array.fromAsync(Deno.readDir(`${directory.path}/to`))).length, count);
});

Deno.test("every command fails when standard output cannot be written", async () => {
  await using directory = await TemporaryDirectory.make({ a: "1", "d/b": "2" });
  const lines = [
    ["ls", "a"],
    ["cat", "a"],
    ["get", "a", "-"],
    ["get", "a", "copy"],
    ["put", "a", "copy"],
    ["cp", "a", "copy"],
    ["mv", "copy", "other"],
    ["rm", "--dry-run", "a"],
    ["du", "d"],
    ["mb", "new"],
    ["rb", "new"],
    ["pipe", "--dry-run", "copy"],
    ["stat", "a"],
    ["man"],
    ["man", "cp"],
    ["doctor", "d"],
    ["help"],
    ["help", "cp"],
    ["--version"],
    ["-V"],
    ["completion", "bash"],
  ];
  for (const line of lines) {
    const shell = [Deno.execPath(), ...ladeArguments(line, { cwd: directory.path })];
    const quoted = shell.map((word) => `'${word}'`).join(" ");
    const { code, stderr } = await new Deno.Command("sh", {
      args: ["-c", `${quoted} > /dev/full`],
      cwd: directory.path,
    }).output();
    const said = new TextDecoder().decode(stderr);
    assertEquals([line, code, said.split("\n").filter(Boolean).length], [line, 1, 1], said);
    assertStringIncludes(said, "no space left on device");
  }
});
