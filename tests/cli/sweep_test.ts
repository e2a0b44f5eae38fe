import { createStoreContext } from "@lade/core/backend";
import { PermissionDeniedError } from "@lade/core/errors";
import { listUploads } from "@lade/core/operations";
import { Lade } from "@lade/lade";
import { FakeClock } from "@lade/testing";
import { assert, assertEquals } from "@std/assert";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const HOUR_MS = 3_600_000;
const LEFT = ".lade-00000000000000aa-1~tmp";

/** A world whose clock moves on command, as far as stores are concerned. */
class Swept implements AsyncDisposable {
  readonly clock = new FakeClock({ now: Date.now() });
  readonly lade = new Lade({ context: createStoreContext({ clock: this.clock }) });

  async run(...args: readonly string[]) {
    const terminal = new FakeTerminal();
    const code = await runCli(["sweep", ...args], { terminal, lade: this.lade });
    return { code, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
  }

  /** Begins an upload as a process does that is then killed. */
  async begin(uri: string): Promise<void> {
    const { store, key } = await this.lade.locate(uri);
    const writer = await store.createPartWriter(key, 10, { resumable: true });
    await writer.writePart(0, new Uint8Array(10));
    await writer.detach?.();
  }

  /** The keys that uploads are left of. */
  async left(uri: string): Promise<string[]> {
    const { store } = await this.lade.locate(uri);
    return (await Array.fromAsync(listUploads(store))).map(({ key }) => key).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lade[Symbol.asyncDispose]();
  }
}

Deno.test("lade sweep shows old uploads, and removes them with -f alone", async () => {
  await using world = new Swept();
  await world.lade.put("memory://u/p/object", "1");
  for (const key of ["p/a b", "p", "pq", "other"]) await world.begin(`memory://u/${key}`);
  await world.clock.advance(23 * HOUR_MS);
  assertEquals((await world.run("memory://u")).stdout, "");
  await world.begin("memory://u/p/young");
  await world.clock.advance(2 * HOUR_MS);
  const shown = await world.run("memory://u/p");
  assertEquals(shown.code, 0, shown.stderr);
  assertEquals(
    shown.stdout.split("\n").map((line) => line.replace(/begun [-\d]+ [:\d]+/, "begun then")).sort(),
    [
      "",
      "(dry run) sweep upload of 'memory://u/p/a b' (begun then, 10 B)",
      "(dry run) sweep upload of memory://u/p (begun then, 10 B)",
    ],
  );
  assert(shown.stderr.includes("lade: sweep would do 2 objects"), shown.stderr);
  assert(
    shown.stderr.includes(
      "sweep would do 2 objects, 20 B\nlade: nothing was removed; -f removes what is shown",
    ),
    shown.stderr,
  );
  assertEquals(await world.left("memory://u"), ["other", "p", "p/a b", "p/young", "pq"]);
  const removed = await world.run("-f", "memory://u/p");
  assertEquals([removed.code, removed.stdout.match(/^sweep upload of /gm)?.length], [0, 2], removed.stderr);
  assertEquals(await world.left("memory://u"), ["other", "p/young", "pq"]);
  const slash = await world.run("-f", "--older-than", "1h", "memory://u/p/");
  assertEquals([slash.code, await world.left("memory://u")], [0, ["other", "pq"]], slash.stderr);
  const all = await world.run("-f", "memory://u");
  assertEquals([all.code, await world.left("memory://u")], [0, []], all.stderr);
  assertEquals(new TextDecoder().decode(await world.lade.get("memory://u/p/object")), "1");
});

for (const scheme of ["", "file://", "direct://"]) {
  Deno.test(`lade sweep removes hidden files and uploads of ${scheme || "a local path"}, by age, and no object`, async () => {
    await using directory = await TemporaryDirectory.make({
      [`d/${LEFT}`]: "left",
      [`d/e f/${LEFT}`]: "left too",
      "d/young/.lade-00000000000000bb-1~tmp": "now",
      "d/object": "1",
      "d/.lade-mine": "2",
    });
    const { path } = directory;
    const past = new Date(Date.now() - 48 * HOUR_MS);
    for (const name of [LEFT, `e f/${LEFT}`, "object", ".lade-mine"]) {
      await Deno.utime(`${path}/d/${name}`, past, past);
    }
    await using world = new Swept();
    await world.begin(`file://${path}/d/half`);
    const uri = `${scheme}${path}/d`;
    const shown = await world.run("--json", uri);
    const rows = shown.stdout.trim().split("\n").map((row) => JSON.parse(row));
    assertEquals(rows.map(({ type, kind, uri, size, dryRun }) => [type, kind, uri, size, dryRun]).sort(), [
      ["swept", "file", `file://${path}/d/${LEFT}`, 4, true],
      ["swept", "file", `file://${path}/d/e f/${LEFT}`, 8, true],
    ]);
    assertEquals(rows[0].time, past.toISOString());
    const removed = await world.run("-f", uri);
    assertEquals(
      [removed.code, removed.stdout.match(/^sweep unfinished file /gm)?.length],
      [0, 2],
      removed.stderr,
    );
    await world.clock.advance(25 * HOUR_MS);
    const upload = await world.run("-f", `${uri}/half`);
    assertEquals([upload.code, upload.stdout.match(/^sweep upload of /gm)?.length], [0, 1], upload.stderr);
    assertEquals(await everything(`${path}/d`), [
      ".lade-mine",
      "object",
      "young/.lade-00000000000000bb-1~tmp",
    ]);
  });
}

Deno.test("lade sweep says where there is nothing to sweep, and goes on with the next place", async () => {
  await using directory = await TemporaryDirectory.make({ [`d/${LEFT}`]: "left", "d/file": "1" });
  const { path } = directory;
  await Deno.utime(`${path}/d/${LEFT}`, new Date(0), new Date(0));
  await using world = new Swept();
  const { code, stdout, stderr } = await world.run("-f", `${path}/missing`, `${path}/d`);
  assertEquals([code, stdout.includes(LEFT)], [1, true]);
  assert(stderr.includes(`Cannot sweep "file://${path}/missing": no such file or directory`), stderr);
  assertEquals(await everything(`${path}/d`), ["file"]);
  assertEquals((await world.run(`${path}/d/file`)).code, 0);
  for (
    const wrong of [["--older-than", "0", path], ["--older-than", "x", path], ["--older-than", "7", path], []]
  ) {
    assertEquals((await world.run(...wrong)).code, 2, wrong.join(" "));
  }
});

Deno.test("lade sweep exits with 1 where something could not be removed, and removes the rest", async () => {
  await using world = new Swept();
  for (const key of ["a", "b"]) await world.begin(`memory://u/${key}`);
  await world.clock.advance(25 * HOUR_MS);
  const { store } = await world.lade.locate("memory://u/");
  const abort = store.abortUpload?.bind(store);
  store.abortUpload = async (key, ...rest) => {
    if (key === "a") {
      throw new PermissionDeniedError({ operation: "abort", uri: "memory://u/a", detail: "no" });
    }
    await abort?.(key, ...rest);
  };
  const { code, stdout, stderr } = await world.run("-f", "memory://u");
  assertEquals([code, stdout.match(/^sweep upload of memory:\/\/u\/b /gm)?.length], [1, 1]);
  assert(stderr.includes('Cannot abort "memory://u/a"') && stderr.includes("1 failed"), stderr);
  assertEquals(await world.left("memory://u"), ["a"]);
});

async function everything(path: string, below = ""): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${path}/${below}`)) {
    if (isDirectory) names.push(...await everything(path, `${below}${name}/`));
    else names.push(below + name);
  }
  return names.sort();
}
