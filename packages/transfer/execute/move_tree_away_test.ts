import { assertEquals, assertStringIncludes } from "@std/assert";
import { Lade } from "@lade/lade";
import { resolveDestination } from "../places/resolve_destination.ts";
import type { ObjectFilter } from "../filter/object_filter.ts";
import { sourceOf } from "../plan/job.ts";
import { transfer } from "./transfer.ts";
import type { TransferOptions } from "./transfer_request.ts";

interface Moving extends Omit<TransferOptions, "filter"> {
  readonly filter?: (name: string) => boolean;
  readonly onDone?: (uri: string) => void;
}

/** Files that are made below a directory of their own; the text of a link starts with `->`. */
async function within(
  files: Readonly<Record<string, string>>,
  work: (root: string, lade: Lade) => Promise<void>,
): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  await using lade = new Lade();
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = `${root}/${name}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      if (text.startsWith("->")) await Deno.symlink(text.slice(2), path);
      else if (!name.endsWith("/")) await Deno.writeTextFile(path, text);
    }
    await work(root, lade);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function move(lade: Lade, source: string, to: string, { filter, onDone, ...options }: Moving = {}) {
  const failures: string[] = [];
  const skips: string[] = [];
  const planned = { objects: 0, ends: 0 };
  const named: ObjectFilter | undefined = filter && ((_, name) => filter(name));
  const counts = await transfer(lade, {
    ...options,
    operation: "mv",
    sources: [source],
    destination: await resolveDestination(lade, to, true),
    recursive: true,
    move: true,
    ...(named && { filter: named }),
    stdin: { read: () => Promise.resolve(null) },
    stdout: () => Promise.resolve(),
    signal: new AbortController().signal,
  }, {
    planned: (objects) => void (planned.objects += objects),
    plannedAll: () => void planned.ends++,
    done: (job) => Promise.resolve(onDone?.(sourceOf(job))),
    skipped: (uri) => Promise.resolve(void skips.push(uri)),
    failed: (_, error) => Promise.resolve(void failures.push(String(error))),
  });
  return { counts, failures, skips, planned };
}

async function textsOf(lade: Lade, uri: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const entry of lade.list(uri)) {
    found[entry.uri.slice(uri.length)] = new TextDecoder().decode(await lade.get(entry.uri));
  }
  return found;
}

/** What lies below a directory: the text of files, what links lead to, directories that hold nothing. */
async function treeOf(path: string, below = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const entries = await Array.fromAsync(Deno.readDir(`${path}/${below}`));
  for (const { name, isDirectory, isSymlink } of entries) {
    const key = below + name;
    if (isSymlink) found[key] = `->${await Deno.readLink(`${path}/${key}`)}`;
    else if (!isDirectory) found[key] = await Deno.readTextFile(`${path}/${key}`);
    else {
      const inside = await treeOf(path, `${key}/`);
      Object.assign(found, Object.keys(inside).length > 0 ? inside : { [`${key}/`]: "" });
    }
  }
  return found;
}

const TREE = {
  "out/real.txt": "real",
  "in/a.txt": "a",
  "in/b.bin": "b",
  "in/sub/c.txt": "c",
  "in/link.txt": "->a.txt",
  "in/link.bin": "->b.bin",
  "in/away": "->sub",
  "in/empty/": "",
};

Deno.test("a move by a filter takes what the filter takes, and leaves the rest with its links and directories", async () => {
  for (const target of ["memory", "local"] as const) {
    await within(TREE, async (root, lade) => {
      const to = target === "memory" ? "memory://m/" : `file://${root}/to/`;
      const { counts, failures, skips } = await move(lade, `${root}/in`, to, {
        filter: (name) => name.endsWith(".txt"),
      });
      assertEquals([failures, skips, counts.failed], [[], [], 0]);
      assertEquals(await textsOf(lade, to), {
        "a.txt": "a",
        "away/c.txt": "c",
        "link.txt": "a",
        "sub/c.txt": "c",
      });
      assertEquals(await treeOf(`${root}/in`), {
        "b.bin": "b",
        "link.bin": "->b.bin",
        "away": "->sub",
        "empty/": "",
        "sub/": "",
      });
    });
  }
});

Deno.test("a move of a tree tells how much there is to do, and ends planning once", async () => {
  await within(TREE, async (root, lade) => {
    const { planned, counts } = await move(lade, `${root}/in`, "memory://m/");
    // Three files, what three links lead to, and a directory that stays.
    assertEquals([planned, counts.objects, counts.skipped], [{ objects: 7, ends: 1 }, 6, 1]);
    assertEquals([counts.isPlanned, counts.notDone], [true, 0]);
  });
  await within({ "in/a": "a", "in/b": "b", "in/c": "c" }, async (root, lade) => {
    await lade.put("memory://m/x", "");
    const key = "y".repeat(1023);
    const halted = await move(lade, `${root}/in`, `memory://m/${key}/`, { failFast: true, concurrency: 1 });
    assertEquals([halted.counts.failed, halted.counts.notDone], [1, halted.planned.objects - 1]);
    assertEquals(Object.keys(await treeOf(`${root}/in`)).sort(), ["a", "b", "c"]);
  });
});

Deno.test("a move by a filter into itself, or onto what would lie in it again, moves nothing", async () => {
  await within({ "p/x.txt": "1", "p/p/y.txt": "2", "p/p/p/z.txt": "3" }, async (root, lade) => {
    const before = await treeOf(root);
    const filter = () => true;
    for (
      const [from, to, reason] of [["p", "p/q", "lies in it"], ["p", "p", "is the same"], [
        "p/p",
        "p",
        "again",
      ]]
    ) {
      const { failures } = await move(lade, `${root}/${from}`, `${root}/${to}/`, { filter });
      assertStringIncludes(failures.join(), reason ?? "?");
      assertEquals(await treeOf(root), before);
    }
  });
});

Deno.test("a link that leads nowhere, or to a directory that it lies in, stays, and the rest goes", async () => {
  const links = { broken: "->nowhere", self: "->self", "d/up": "->..", "d/here": "->." };
  const given = Object.fromEntries(
    Object.entries({ ...links, a: "a", "d/b": "b" }).map(([k, v]) => [`in/${k}`, v]),
  );
  await within(given, async (root, lade) => {
    const { failures, skips } = await move(lade, `${root}/in`, "memory://m/");
    assertEquals([failures, skips.length], [[], 4]);
    assertEquals(await textsOf(lade, "memory://m/"), { a: "a", "d/b": "b" });
    assertEquals(await treeOf(`${root}/in`), links);
  });
});

Deno.test("a link that is replaced after its content went stays, whatever it is now", async () => {
  for (const now of ["a file", "another link"]) {
    await within({ "in/x": "x", "in/z": "z", "in/link": "->x" }, async (root, lade) => {
      let done = 0;
      const { failures, counts } = await move(lade, `${root}/in`, "memory://m/", {
        concurrency: 1,
        onDone: () => {
          // When the last one has gone nothing looks at the link again but its removal.
          if (++done < 3) return;
          Deno.removeSync(`${root}/in/link`);
          if (now === "a file") Deno.writeTextFileSync(`${root}/in/link`, "precious");
          else Deno.symlinkSync("elsewhere", `${root}/in/link`);
        },
      });
      assertEquals([done, counts.failed], [3, 1]);
      assertStringIncludes(
        failures[0] ?? "",
        "it is not the link any more whose content was moved, and stays",
      );
      const left = now === "a file" ? "precious" : "->elsewhere";
      assertEquals(await treeOf(`${root}/in`), { link: left });
      assertEquals(await textsOf(lade, "memory://m/"), { link: "x", x: "x", z: "z" });
    });
  }
});

Deno.test("a move of a link keeps it where not all behind it went", async () => {
  await within({ "real/x": "new", "real/y": "y", "link": "->real" }, async (root, lade) => {
    await lade.put("memory://m/x", "old");
    const kept = await move(lade, `${root}/link`, "memory://m/", { createOnly: true });
    assertEquals([kept.counts.objects, kept.counts.skipped], [1, 1]);
    await move(lade, `${root}/link`, "memory://n/", { filter: (name) => name === "y" });
    assertEquals(await treeOf(root), { "real/x": "new", "real/y": "y", "link": "->real" });
    assertEquals([await textsOf(lade, "memory://m/"), await textsOf(lade, "memory://n/")], [
      { x: "old", y: "y" },
      { y: "y" },
    ]);
    assertEquals((await move(lade, `${root}/link`, "memory://n/")).counts.failed, 0);
    assertEquals(await treeOf(root), { "real/x": "new", "real/y": "y" });
  });
});

Deno.test("a move whose links cannot go along moves nothing, with failFast or without", async () => {
  for (const failFast of [false, true]) {
    await within({ "in/a": "a", "in/b": "b", "in/link": "->../out", "out": "o" }, async (root, lade) => {
      const { counts } = await move(lade, `${root}/in`, "memory://m/", { failFast });
      assertEquals([counts.isHalted, counts.failed, counts.objects], [failFast, 1, 0]);
      assertEquals(await treeOf(`${root}/in`), { a: "a", b: "b", link: "->../out" });
      assertEquals(await textsOf(lade, "memory://m/"), {});
    });
  }
});

Deno.test("a move that ends at its first failure keeps the source of all that has not gone", async () => {
  const names = ["a", "b", "c", "d"];
  await within({ "to/b/x": "in the way" }, async (root, lade) => {
    for (const name of names) await lade.put(`memory://m/${name}`, name);
    const options = { failFast: true, concurrency: 1 };
    const { counts } = await move(lade, "memory://m/", `${root}/to/`, options);
    assertEquals([counts.objects, counts.failed, counts.isHalted], [1, 1, true]);
    assertEquals(Object.keys(await textsOf(lade, "memory://m/")), ["b", "c", "d"]);
    assertEquals(await treeOf(`${root}/to`), { "a": "a", "b/x": "in the way" });
  });
});
