import { ForwardingStore, type ObjectMeta, type PutOptions, type PutResult } from "@lade/core";
import { Lade } from "@lade/lade";
import { assertEquals, assertRejects } from "@std/assert";
import type { UriCalls } from "../places/uri_calls.ts";
import { withStore } from "../testing/with_store.ts";
import { resolveDestination } from "../places/resolve_destination.ts";
import { sourceOf } from "../plan/job.ts";
import { transfer } from "./transfer.ts";
import type { TransferListener } from "./transfer_listener.ts";
import type { TransferOptions, TransferRequest } from "./transfer_request.ts";

interface Given extends TransferOptions {
  readonly sources: readonly string[];
  readonly destination: string;
  readonly recursive?: boolean;
  readonly move?: boolean;
  readonly signal?: AbortSignal;
}

/** What a transfer told its listener. */
class Told implements TransferListener {
  readonly arrived: string[] = [];
  readonly skips: string[] = [];
  readonly failures: string[] = [];
  objects = 0;

  planned(objects: number): void {
    this.objects += objects;
  }

  done(job: Parameters<TransferListener["done"]>[0]): Promise<void> {
    this.arrived.push(sourceOf(job));
    return Promise.resolve();
  }

  skipped(uri: string): Promise<void> {
    this.skips.push(uri);
    return Promise.resolve();
  }

  failed(_uri: string, error: unknown): Promise<void> {
    this.failures.push(String(error));
    return Promise.resolve();
  }
}

async function run(lade: UriCalls, given: Given, told = new Told()) {
  const { destination, recursive = true, ...rest } = given;
  const request: TransferRequest = {
    operation: "cp",
    move: false,
    stdin: { read: () => Promise.resolve(null) },
    stdout: () => Promise.resolve(),
    signal: new AbortController().signal,
    ...rest,
    recursive,
    destination: await resolveDestination(lade, destination, recursive),
  };
  return { counts: await transfer(lade, request, told), told };
}

async function filled(objects: Readonly<Record<string, string>>): Promise<Lade> {
  const lade = new Lade();
  for (const [uri, text] of Object.entries(objects)) await lade.put(uri, text);
  return lade;
}

async function contents(lade: Lade, uri: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const entry of lade.list(uri)) {
    found[entry.uri] = new TextDecoder().decode(await lade.get(entry.uri));
  }
  return found;
}

Deno.test("transfer() takes what its filter takes, by listing and name, and counts nothing else", async () => {
  await using lade = await filled({
    "memory://a/p/x.txt": "1",
    "memory://a/p/d/y.txt": "22",
    "memory://a/p/z": "3",
  });
  const seen: string[] = [];
  const filter = (meta: ObjectMeta, name: string) => {
    seen.push(`${meta.key} ${meta.size} ${name}`);
    return name.endsWith(".txt") && meta.size === 2;
  };
  const { counts } = await run(lade, { sources: ["memory://a/p"], destination: "memory://b", filter });
  assertEquals(seen.sort(), ["p/d/y.txt 2 d/y.txt", "p/x.txt 1 x.txt", "p/z 1 z"]);
  assertEquals([counts.objects, counts.bytes, counts.skipped, counts.failed], [1, 2, 0, 0]);
  assertEquals(await contents(lade, "memory://b/"), { "memory://b/d/y.txt": "22" });
});

Deno.test("transfer() filters named objects by their last part, and says nothing of those it leaves", async () => {
  await using lade = await filled({ "memory://a/p/x": "1", "memory://a/p/y": "2" });
  for (const recursive of [false, true]) {
    const names: string[] = [];
    const filter = (_: ObjectMeta, name: string) => names.push(name) > 0 && name === "y";
    const sources = ["memory://a/p/x", "memory://a/p/y"];
    const { counts, told } = await run(lade, { sources, destination: "memory://b/", recursive, filter });
    assertEquals([names, told.arrived, told.skips, counts.objects], [["x", "y"], ["memory://a/p/y"], [], 1]);
  }
});

Deno.test("transfer() by a filter refuses nothing that the filter leaves out", async () => {
  await using lade = new Lade();
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${root}/in/empty`, { recursive: true });
    await Deno.writeTextFile(`${root}/in/one`, "1");
    await Deno.writeTextFile(`${root}/secret`, "s");
    await Deno.symlink("../secret", `${root}/in/outer`);
    const request = { sources: [`${root}/in`], destination: "memory://m/" };
    assertEquals((await run(lade, request)).counts.failed, 1);
    const without = await run(lade, { ...request, filter: (_, name) => name === "one" });
    assertEquals([without.counts.failed, without.told.skips, without.counts.objects], [0, [], 1]);
    // Of what is no object nothing but the name is known: it is too small or too large for no filter.
    const bySize = await run(lade, { ...request, filter: ({ size }) => !(size < 1) && !(size > 1) });
    assertEquals([bySize.counts.failed, bySize.counts.objects], [1, 1]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("transfer() brings several trees and objects under one prefix, and fails the second of one name", async () => {
  await using lade = await filled({
    "memory://a/p/x": "a",
    "memory://a/p/d/y": "a",
    "memory://b/x": "b",
    "memory://b/z": "b",
    "memory://c/one/d/y": "c",
    "memory://c/z": "c",
  });
  const sources = ["memory://a/p/", "memory://b", "memory://c/z", "memory://c/one"];
  const { counts, told } = await run(lade, { sources, destination: "memory://to/" });
  assertEquals(await contents(lade, "memory://to/"), {
    "memory://to/d/y": "a",
    "memory://to/x": "a",
    "memory://to/z": "b",
  });
  assertEquals([counts.objects, counts.failed], [3, 3]);
  assertEquals(told.failures.sort(), [
    'InvalidNameError: Cannot cp "memory://b/x": "memory://a/p/" goes to "memory://to/x" already',
    'InvalidNameError: Cannot cp "memory://c/one/d/y": "memory://a/p/" goes to "memory://to/d/y" already',
    'InvalidNameError: Cannot cp "memory://c/z": "memory://b" goes to "memory://to/z" already',
  ]);
});

Deno.test("transfer() with failFast ends at the first failure and says what is not done", async () => {
  const objects = Array.from({ length: 50 }, (_, at) => [`memory://a/${String(at).padStart(2, "0")}`, "x"]);
  await using lade = await filled(Object.fromEntries(objects));
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${root}/03`);
    await Deno.writeTextFile(`${root}/03/x`, "in the way");
    const request = { sources: ["memory://a"], destination: root, concurrency: 1 };
    const { counts, told } = await run(lade, { ...request, failFast: true });
    assertEquals([counts.objects, counts.failed, counts.notDone], [3, 1, told.objects - 4]);
    assertEquals([counts.isHalted, counts.isPlanned, told.failures.length], [true, told.objects === 50, 1]);
    const all = await run(lade, request);
    assertEquals([all.counts.objects, all.counts.failed, all.counts.notDone], [49, 1, 0]);
    assertEquals([all.counts.isHalted, all.counts.isPlanned], [false, true]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("transfer() with failFast gives up what is under way, which has not failed", async () => {
  const objects = Array.from({ length: 8 }, (_, at) => [`memory://a/${at}`, "x"]);
  await using lade = await filled(Object.fromEntries(objects));
  let waiting = 0;
  /** Writes nothing: the last writer fails once all others wait, and they wait until they are aborted. */
  class Stalling extends ForwardingStore {
    override async put(_key: string, _data: Uint8Array, { signal }: PutOptions = {}): Promise<PutResult> {
      if (++waiting === 8) throw new Error("the last one fails");
      const { promise, reject } = Promise.withResolvers<never>();
      signal?.addEventListener("abort", () => reject(signal.reason));
      return await promise;
    }
  }
  const stalling = withStore(lade, "memory://b", (store) => new Stalling(store, ["beneath", "copyFrom"]));
  const request = { sources: ["memory://a"], destination: "memory://b/", failFast: true };
  const { counts, told } = await run(stalling, request);
  assertEquals([told.failures.length, counts.failed, counts.objects, counts.notDone], [1, 1, 0, 7]);
  assertEquals(await contents(lade, "memory://b/"), {});
});

Deno.test("transfer() with failFast rejects with the reason of its own signal where that ends it", async () => {
  await using lade = await filled({ "memory://a/0": "x" });
  const stop = new AbortController();
  stop.abort(new Error("enough"));
  const request = {
    sources: ["memory://a"],
    destination: "memory://b/",
    failFast: true,
    signal: stop.signal,
  };
  await assertRejects(() => run(lade, request), Error, "enough");
});
