import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { ProcessLocks } from "./process_locks.ts";

const CONFIG = fileURLToPath(new URL("../../../deno.json", import.meta.url));
const LOCKS = new URL("./process_locks.ts", import.meta.url).href;
/** Holds its lock until it is killed, and says when it has it. */
const PROGRAM = `
  const { ProcessLocks } = await import(${JSON.stringify(LOCKS)});
  const [directory, host] = Deno.args;
  await new ProcessLocks(directory, host).hold();
  console.log("held");
  setInterval(() => {}, 60_000);
`;
const HOST = "here";

async function holder(directory: string, program: string): Promise<Deno.ChildProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-check", `--config=${CONFIG}`],
      ...["--allow-read", "--allow-write", program, directory, HOST],
    ],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  while (!new TextDecoder().decode((await reader.read()).value).includes("held"));
  await reader.cancel();
  return child;
}

Deno.test("a process is known to live by its lock, and to have ended by its end, whoever may not read /proc", async () => {
  const path = await Deno.makeTempDir();
  try {
    const [program, directory] = [`${path}/program.js`, `${path}/state/processes`];
    await Deno.writeTextFile(program, PROGRAM);
    const child = await holder(directory, program);
    const { pid } = child;
    const locks = new ProcessLocks(directory, HOST);
    const ended = () => locks.hasEnded({ pid, host: HOST });
    // Who looks takes nothing from who has it, nor leaves anything.
    assertEquals([await ended(), await ended()], [false, false]);
    assertEquals(await locks.hasEnded({ pid, host: "elsewhere" }), undefined);
    assertEquals(await locks.hasEnded({ pid }), undefined);
    assertEquals(await new ProcessLocks(`${path}/nowhere`, HOST).hasEnded({ pid, host: HOST }), undefined);
    assertEquals(((await Deno.stat(directory)).mode ?? 0) & 0o777, 0o700);
    child.kill("SIGKILL");
    await child.status;
    assertEquals([await ended(), await ended()], [true, true]);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("a process holds its lock for as long as anything in it does, and leaves no file", async () => {
  const path = await Deno.makeTempDir();
  try {
    const here = { pid: Deno.pid, host: HOST };
    const locks = new ProcessLocks(path, HOST);
    const [first, second] = await Promise.all([locks.hold(), new ProcessLocks(path, HOST).hold()]);
    assertEquals(await locks.hasEnded(here), false);
    await first[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    assertEquals(await locks.hasEnded(here), false);
    await second[Symbol.asyncDispose]();
    assertEquals([await locks.hasEnded(here), Array.from(Deno.readDirSync(path))], [undefined, []]);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("who makes a lock removes those of processes that ended a month ago, and no others", async () => {
  const path = await Deno.makeTempDir();
  const old = new Date(Date.now() - 31 * 86_400_000);
  try {
    for (const name of ["here-1", "here-2", "here-3"]) await Deno.writeTextFile(`${path}/${name}`, "");
    await Deno.mkdir(`${path}/here-4`);
    for (const name of ["here-1", "here-2", "here-4"]) await Deno.utime(`${path}/${name}`, old, old);
    const living = await Deno.open(`${path}/here-2`, { read: true, write: true });
    await living.lock(true);
    await using _held = await new ProcessLocks(path, HOST).hold();
    living.close();
    const left = Array.from(Deno.readDirSync(path), ({ name }) => name).sort();
    assertEquals(left, ["here-2", "here-3", "here-4", `here-${Deno.pid}`].sort());
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("locks that are made at once, where there is much to remove, are all had", async () => {
  const path = await Deno.makeTempDir();
  const old = new Date(Date.now() - 31 * 86_400_000);
  try {
    for (let i = 1; i <= 200; i++) {
      await Deno.writeTextFile(`${path}/gone-${i}`, "");
      await Deno.utime(`${path}/gone-${i}`, old, old);
    }
    // As if each ran on a machine of its own.
    const all = Array.from({ length: 8 }, (_, i) => ({ host: `machine${i}`, pid: Deno.pid }));
    const held = await Promise.all(all.map(({ host }) => new ProcessLocks(path, host).hold()));
    const ended = await Promise.all(all.map((here) => new ProcessLocks(path, here.host).hasEnded(here)));
    assertEquals(ended, all.map(() => false));
    assertEquals(Array.from(Deno.readDirSync(path)).length, all.length);
    for (const lock of held) await lock[Symbol.asyncDispose]();
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("a file that is removed while its lock is waited for is made again", async () => {
  const path = await Deno.makeTempDir();
  const here = { pid: Deno.pid, host: HOST };
  const file = `${path}/${HOST}-${Deno.pid}`;
  try {
    const locks = new ProcessLocks(path, HOST);
    const before = await Deno.open(file, { read: true, write: true, create: true });
    await before.lock(true);
    const holding = locks.hold();
    // It has opened the file by then.
    await new Promise((resolve) => setTimeout(resolve, 15));
    await Deno.remove(file);
    before.close();
    await using _held = await holding;
    assertEquals(await locks.hasEnded(here), false);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("where no lock can be had a process goes without", async () => {
  const path = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${path}/file`, "");
    const locks = new ProcessLocks(`${path}/file`, HOST);
    await using _held = await locks.hold();
    assertEquals(await locks.hasEnded({ pid: Deno.pid, host: HOST }), undefined);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});
