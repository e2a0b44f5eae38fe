import type { ObjectMeta } from "@lade/core";
import { compareKeys } from "@lade/core/backend";
import { InvalidNameError, ServiceError, UnavailableError } from "@lade/core/errors";
import { seededRandom } from "@lade/testing";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { type ListedSide, mergeListings } from "./merge_listings.ts";

interface Watched extends ListedSide {
  readonly seen: { given: number; ended: boolean };
}

/** A side that lists these keys, and after them fails where there is an error. */
function sideOf(prefix: string, keys: Iterable<string>, failure?: Error): Watched {
  const seen = { given: 0, ended: false };
  async function* list(signal: AbortSignal): AsyncGenerator<ObjectMeta> {
    try {
      for (const key of keys) {
        signal.throwIfAborted();
        seen.given++;
        yield { key, size: seen.given, lastModified: new Date(0) };
      }
      if (failure) throw failure;
    } finally {
      seen.ended = true;
    }
  }
  return { uri: `memory://side/${prefix}`, prefix, list, seen };
}

Deno.test("mergeListings() goes on without what a side passes over, and still minds its order", async () => {
  const over = (side: Watched): ListedSide => ({ ...side, passesOver: (_, name) => name.endsWith("/") });
  const names = async (a: string[], b: string[]) =>
    await shapesOf(over(sideOf("p/", a.map((name) => `p/${name}`))), over(sideOf("", b)));
  const expected = await shapesOf(sideOf("p/", ["p/a/b", "p/c", "p/e"]), sideOf("", ["a/b", "d", "e"]));
  assertEquals(await names(["a/", "a/b", "a/c/", "c", "e", "f/"], ["a/b", "d", "d/", "e"]), expected);
  assertEquals(await names(["a/b", "c", "e"], ["Z/", "a/", "a/b", "d", "e", "e/", "f/"]), expected);
  assertEquals(await names(["a/"], ["a/", "b/"]), []);
  await assertRejects(async () => await names(["b/", "a/"], []), ServiceError);
});

async function shapesOf(source: ListedSide, target: ListedSide): Promise<string[]> {
  const shapes: string[] = [];
  for await (const pair of mergeListings(source, target)) {
    assertEquals(pair.source ? pair.source.key : `${source.prefix}${pair.name}`, source.prefix + pair.name);
    assertEquals(pair.target ? pair.target.key : `${target.prefix}${pair.name}`, target.prefix + pair.name);
    shapes.push(`${pair.source ? "<" : ""}${pair.target ? ">" : ""} ${pair.name}`);
  }
  return shapes;
}

Deno.test("mergeListings() yields every name once, in the order of UTF-8 bytes, for random trees", async () => {
  const seed = Date.now() % 2 ** 32;
  const random = seededRandom(seed);
  const names = ["a", "a-", "a/", "a/b", "b", "é", "\ue000", "\uffee", "😀", "😀x", "~", ""];
  for (let round = 0; round < 300; round++) {
    const pick = () => {
      const all = Array.from({ length: Math.floor(random() * 12) }, () => {
        return names[Math.floor(random() * names.length)] ?? "";
      });
      return new Set(all);
    };
    const [left, right] = [pick(), pick()];
    const sorted = (some: Iterable<string>) => [...some].sort(compareKeys);
    const wanted = sorted(new Set([...left, ...right])).map((name) => {
      return `${left.has(name) ? "<" : ""}${right.has(name) ? ">" : ""} ${name}`;
    });
    const source = sideOf("in/", sorted(left).map((name) => `in/${name}`));
    const target = sideOf("", sorted(right));
    assertEquals(await shapesOf(source, target), wanted, `seed ${seed}, round ${round}`);
    assertEquals([source.seen.ended, target.seen.ended], [true, true]);
  }
});

Deno.test("mergeListings() refuses a side that is not in order, gives a name twice, or leaves its prefix", async () => {
  for (const keys of [["in/b", "in/a"], ["in/a", "in/a"], ["in/a", "in/é", "in/z"]]) {
    for (const flip of [false, true]) {
      const [bad, good] = [sideOf("in/", keys), sideOf("", ["a", "b"])];
      const merged = () => flip ? shapesOf(good, bad) : shapesOf(bad, good);
      const error = await assertRejects(merged, ServiceError, "which is not the order of keys");
      assertEquals(error.uri, "memory://side/in/");
      assertEquals([bad.seen.ended, good.seen.ended], [true, true]);
    }
  }
  const outside = sideOf("in/", ["in/a", "inner/b"]);
  await assertRejects(() => shapesOf(outside, sideOf("", [])), InvalidNameError, '"inner/b"');
});

Deno.test("mergeListings() ends with the failure of either side, after the pairs before it", async () => {
  const failure = new UnavailableError({ operation: "list", uri: "memory://side", detail: "it went away" });
  for (const flip of [false, true]) {
    const [bad, good] = [sideOf("", ["a", "b"], failure), sideOf("", ["a", "b", "c", "d"])];
    const names: string[] = [];
    const error = await assertRejects(async () => {
      for await (const { name } of mergeListings(flip ? good : bad, flip ? bad : good)) names.push(name);
    });
    assertEquals(error, failure);
    assertEquals(names, ["a", "b"]);
    assertEquals([bad.seen.ended, good.seen.ended], [true, true]);
  }
});

Deno.test("mergeListings() ends a side that waits when the other one fails", async () => {
  const failure = new UnavailableError({ operation: "list", uri: "memory://side", detail: "it went away" });
  let isAborted = false;
  async function* wait(signal: AbortSignal): AsyncGenerator<ObjectMeta> {
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    isAborted = true;
    yield* [];
  }
  const waiting: ListedSide = { uri: "memory://waiting", prefix: "", list: wait };
  assertEquals(await assertRejects(() => shapesOf(waiting, sideOf("", [], failure))), failure);
  assert(isAborted);
});

Deno.test("mergeListings() ends both sides when its reader leaves, and by its signal", async () => {
  const [source, target] = [sideOf("", ["a", "b", "c"]), sideOf("", ["a", "b", "c"])];
  for await (const { name } of mergeListings(source, target)) if (name === "b") break;
  assertEquals([source.seen, target.seen], [{ given: 2, ended: true }, { given: 2, ended: true }]);
  const controller = new AbortController();
  const reason = new Error("enough");
  const error = await assertRejects(async () => {
    for await (const _ of mergeListings(sideOf("", ["a", "b"]), sideOf("", ["a"]), controller.signal)) {
      controller.abort(reason);
    }
  });
  assertEquals(error, reason);
});

Deno.test("mergeListings() holds no more of a million pairs than of one", async () => {
  const script = `
    import { mergeListings } from ${JSON.stringify(import.meta.resolve("./merge_listings.ts"))};
    async function* list() {
      for (let i = 0; i < 1e6; i++) yield { key: "k" + String(i).padStart(9, "0"), size: i, lastModified: new Date(i) };
    }
    const side = { uri: "memory://side", prefix: "k", list };
    let both = 0;
    for await (const { source, target } of mergeListings(side, side)) if (source && target) both++;
    console.log(both);
  `;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", "--v8-flags=--max-old-space-size=40", script],
    cwd: import.meta.dirname ?? ".",
  }).output();
  assertEquals(new TextDecoder().decode(stdout).trim(), "1000000", new TextDecoder().decode(stderr));
});
