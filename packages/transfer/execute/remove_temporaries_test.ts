import { assertEquals } from "@std/assert";
import { hostname } from "../journal/hostname.ts";
import { removeTemporaries } from "./remove_temporaries.ts";

/** The number of a process that has ended. */
async function gone(): Promise<number> {
  const child = new Deno.Command("true").spawn();
  await child.status;
  return child.pid;
}

/** A process that lives until it is disposed of. */
function living(): { readonly pid: number } & AsyncDisposable {
  const child = new Deno.Command("cat", { stdin: "piped" }).spawn();
  return {
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await child.status;
    },
  };
}

async function filesOf(path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    if (isDirectory) names.push(...(await filesOf(`${path}/${name}`)).map((inner) => `${name}/${inner}`));
    else names.push(name);
  }
  return names.sort();
}

const nameOf = (pid: number) => `.lade-0123456789abcdef-${pid}~tmp`;

Deno.test("only unfinished files of processes of this machine that have ended are removed", async () => {
  const path = await Deno.makeTempDir();
  try {
    await using other = living();
    const [ended, elsewhere, unknown] = [await gone(), await gone(), await gone()];
    const kept = [
      nameOf(other.pid),
      nameOf(elsewhere),
      nameOf(unknown),
      `${nameOf(ended)}.txt`,
      `x${nameOf(ended)}`,
      `.lade-0123-${ended}~tmp`,
      "data",
      `d/${nameOf(other.pid)}`,
    ].sort();
    await Deno.mkdir(`${path}/d/e`, { recursive: true });
    for (const name of [...kept, nameOf(ended), `d/e/${nameOf(ended)}`]) {
      await Deno.writeTextFile(`${path}/${name}`, "");
    }
    await Deno.mkdir(`${path}/outside`);
    await Deno.writeTextFile(`${path}/outside/${nameOf(ended)}`, "");
    await Deno.symlink(`${path}/outside`, `${path}/d/link`);
    const host = hostname() ?? "";
    const runs = [
      { pid: ended, host },
      { pid: other.pid, host },
      { pid: elsewhere, host: "elsewhere" },
    ];
    const begunMs = Date.now() + 2000;
    // Beside one file, nothing but what lies there.
    await removeTemporaries(undefined, `${path}/d/object`, runs, undefined, begunMs);
    assertEquals((await filesOf(`${path}/d`)).includes(`e/${nameOf(ended)}`), true);
    await removeTemporaries(`${path}/d/`, `${path}/d/`, runs, undefined, begunMs);
    assertEquals(await filesOf(`${path}/outside`), [nameOf(ended)], "links are not followed");
    await Deno.remove(`${path}/d/link`);
    await Deno.remove(`${path}/outside`, { recursive: true });
    await removeTemporaries(`${path}/`, `${path}/`, runs, undefined, begunMs);
    assertEquals(await filesOf(path), kept);
    await removeTemporaries(`${path}/missing/`, `${path}/missing/`, runs, undefined, begunMs);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("an unfinished file that was written to since this process began is another one's of the same number", async () => {
  const path = await Deno.makeTempDir();
  try {
    const runs = [{ pid: await gone(), host: hostname() ?? "" }];
    const name = nameOf(runs[0]?.pid ?? 0);
    await Deno.writeTextFile(`${path}/${name}`, "");
    await removeTemporaries(`${path}/`, `${path}/`, runs);
    assertEquals(await filesOf(path), [name]);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("an unfinished file of this process's number is an ended one's where it is older by a second", async () => {
  const path = await Deno.makeTempDir();
  try {
    const runs = [{ pid: Deno.pid, host: hostname() ?? "" }];
    const name = nameOf(Deno.pid);
    await Deno.writeTextFile(`${path}/${name}`, "");
    const changedMs = (await Deno.stat(`${path}/${name}`)).ctime?.getTime() ?? 0;
    await removeTemporaries(`${path}/`, `${path}/`, runs, undefined, changedMs + 999);
    assertEquals(await filesOf(path), [name]);
    await removeTemporaries(`${path}/`, `${path}/`, runs, undefined, changedMs + 1000);
    assertEquals(await filesOf(path), []);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});
