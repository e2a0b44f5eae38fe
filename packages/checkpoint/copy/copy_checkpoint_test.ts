import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createStoreContext, MemoryStore, type ObjectStore, PrefixStore } from "@lade/core";
import {
  AlreadyExistsError,
  NotFoundError,
  PreconditionFailedError,
  UnavailableError,
} from "@lade/core/errors";
import { FakeClock, type FaultyOperation, injectFaults } from "@lade/testing";
import { FormatError } from "@lade/formats/errors";
import { FencedError, InvalidCheckpointError } from "../errors/errors.ts";
import { openCheckpoints } from "../open/open_checkpoints.ts";
import type { SeriesPlace } from "../series/series_place.ts";
import { copyCheckpoint } from "./copy_checkpoint.ts";

/** Saves steps of runs, by two ranks; the steps of each run follow those of the one before. */
async function saved(store: MemoryStore, runs: Readonly<Record<string, readonly number[]>>) {
  for (const [run, steps] of Object.entries(runs)) {
    const open = (rank: number) =>
      openCheckpoints(store, "c", { run, rank, worldSize: 2, patienceMs: 5_000 });
    const ranks = await Promise.all([open(0), open(1)]);
    for (const step of steps) {
      await Promise.all(ranks.map((checkpoints, rank) =>
        checkpoints.save(step, {
          tensors: [{
            name: "w",
            dtype: "uint8",
            shape: [64],
            offsets: [rank * 64],
            globalShape: [128],
            data: new Uint8Array(64).fill(step + rank),
          }],
          extras: { rng: new Uint8Array(10).fill(rank) },
        }).committed
      ));
    }
  }
}

async function content(store: MemoryStore, prefix: string): Promise<Map<string, string>> {
  const content = new Map<string, string>();
  for await (const { key } of store.list(prefix)) {
    content.set(
      key.slice(prefix.length),
      (await new Response((await store.get(key)).body).bytes()).toBase64(),
    );
  }
  return content;
}

const MUTATING: readonly FaultyOperation[] = ["put", "createWriter", "createPartWriter", "copy", "delete"];

Deno.test("a copy is the checkpoint, in a series of its own, which a new run goes on with", async () => {
  await using from = new MemoryStore();
  await using to = new MemoryStore();
  await saved(from, { a: [1], b: [2, 3] });
  const before = await content(from, "c/");
  const copied = await copyCheckpoint({ store: from, prefix: "c" }, "latest", { store: to, prefix: "x/y" });
  const { bytes } = copied;
  const verified = { verified: "chunks", compared: 148 } as const;
  assertEquals(copied, { generation: 1, step: 3, objects: 4, bytes, present: 0, ...verified });
  // The hold was given back, and nothing else was written beside the original.
  assertEquals(await content(from, "c/"), before);

  await using reader = await openCheckpoints(to, "x/y", { readOnly: true });
  assertEquals((await Array.fromAsync(reader.list())).map(({ step }) => step), [3]);
  await using checkpoint = await reader.open("latest");
  assertEquals((await checkpoint.verify("full")).faults, []);
  assertEquals((await checkpoint.loadAll()).get("w")?.data, new Uint8Array(128).fill(3).fill(4, 64));
  const copies = await content(to, "x/y/");
  for (const [key, bytes] of copies) if (key !== "latest.json") assertEquals(bytes, before.get(key), key);

  // What begins there is newer than the copy, and goes on from it.
  await using next = await openCheckpoints(to, "x/y", { run: "elsewhere" });
  await using resumed = await next.open("resume");
  assertEquals(resumed.info.step, 3);
  const tensors = [{ name: "w", dtype: "uint8", shape: [1], data: Uint8Array.of(1) }] as const;
  assertEquals((await next.save(2, { tensors }).committed).generation, 2);
  assertEquals((await next.latest())?.step, 2);
});

Deno.test("a copy that dies at any write leaves nothing to be seen, and the next try ends it", async () => {
  await using from = new MemoryStore();
  await saved(from, { a: [5] });
  const place = { store: from, prefix: "c" };
  let died = 0;
  for (let writes = 0;; writes++) {
    await using to = new MemoryStore();
    let seen = 0;
    const faulty = injectFaults(to);
    const dead = new Error("the machine is gone");
    // From that write on nothing goes through.
    const die = (operation: FaultyOperation) => {
      const below = faulty as unknown as Record<string, (...args: unknown[]) => unknown>;
      const call = below[operation]?.bind(faulty);
      below[operation] = (...args: unknown[]) => ++seen > writes ? Promise.reject(dead) : call?.(...args);
    };
    MUTATING.forEach(die);
    const ended = await copyCheckpoint(place, 5, { store: faulty, prefix: "c" }, { hold: false })
      .then(() => true, (error) => {
        assertEquals(error, dead);
        return false;
      });
    if (ended) break;
    died++;
    const reader = await openCheckpoints(to, "c", { readOnly: true }).catch(() => undefined);
    assertEquals(await reader?.latest(), undefined);
    const again = await copyCheckpoint(place, 5, { store: to, prefix: "c" });
    assertEquals(again.objects + again.present, 4);
    await using whole = await openCheckpoints(to, "c", { readOnly: true });
    await using checkpoint = await whole.open("latest");
    assertEquals((await checkpoint.verify("full")).faults, []);
    // All is there now: nothing is copied.
    assertEquals((await copyCheckpoint(place, 5, { store: to, prefix: "c" })).objects, 0);
  }
  // The mark, a hold, the run, 4 of data, 2 records and the manifest; that the newest cannot be named, or the hold not be given
  // back, is no failure.
  assertEquals(died, 10);
});

Deno.test("what names the newest names it where an older one is copied beside it", async () => {
  await using from = new MemoryStore();
  await using to = new MemoryStore();
  await saved(from, { a: [1, 2] });
  const copy = (step: number) =>
    copyCheckpoint({ store: from, prefix: "c" }, step, { store: to, prefix: "d" });
  await copy(2);
  const named = (await content(to, "d/")).get("latest.json");
  await to.delete("d/latest.json");
  await copy(1);
  assertEquals((await content(to, "d/")).get("latest.json"), named);
});

Deno.test("what lies there and is another is an error, and stays", async () => {
  await using from = new MemoryStore();
  await using to = new MemoryStore();
  await saved(from, { a: [5] });
  const place = { store: from, prefix: "c" };
  await copyCheckpoint(place, 5, { store: to, prefix: "whole" });
  const keys = [...(await content(to, "whole/")).keys()];
  for (const key of keys.filter((key) => /^(?:data|records|commits)\//.test(key))) {
    const prefix = `other-${keys.indexOf(key)}`;
    const bytes = await new Response((await from.get(`c/${key}`)).body).bytes();
    const other = bytes.with(-3, (bytes.at(-3) ?? 0) ^ 1);
    await to.put(`${prefix}/${key}`, other);
    await assertRejects(() => copyCheckpoint(place, 5, { store: to, prefix }), AlreadyExistsError);
    assertEquals((await content(to, `${prefix}/`)).get(key), other.toBase64());
  }
});

Deno.test("a checkpoint that is damaged is not committed where it is copied to", async () => {
  await using from = new MemoryStore();
  await using to = new MemoryStore();
  await saved(from, { a: [5, 6] });
  const place = { store: from, prefix: "c" };
  const [{ key } = { key: "" }] = (await Array.fromAsync(from.list("c/data/"))).filter(({ key }) =>
    key.endsWith(".safetensors")
  );
  const bytes = await new Response((await from.get(key)).body).bytes();
  await from.put(key, bytes.with(-1, 77));
  const target = { store: to, prefix: "c" };
  await assertRejects(
    () => copyCheckpoint(place, 5, target, { verify: "chunks" }),
    InvalidCheckpointError,
    "the copy is not whole: its bytes do not match their checksum",
  );
  await from.delete(key);
  await assertRejects(
    () => copyCheckpoint(place, 5, { store: to, prefix: "d" }),
    InvalidCheckpointError,
    "is gone",
  );
  for (const prefix of ["c", "d"]) {
    await using reader = await openCheckpoints(to, prefix, { readOnly: true });
    assertEquals(await reader.latest(), undefined);
  }
});

Deno.test("runs of one training may be copied in any order, and those of another are never mixed in", async () => {
  await using from = new MemoryStore();
  await using to = new MemoryStore();
  await using other = new MemoryStore();
  await saved(from, { a: [1], b: [2], d: [3] });
  await saved(other, { a: [1], z: [2] });
  const place = { store: from, prefix: "c" };
  const target = { store: to, prefix: "c" };
  for (const step of [2, 1, 3]) await copyCheckpoint(place, step, target);
  await using reader = await openCheckpoints(to, "c", { readOnly: true });
  assertEquals((await Array.fromAsync(reader.list())).map(({ step }) => step), [3, 2, 1]);
  await assertRejects(
    () => copyCheckpoint({ store: other, prefix: "c" }, 2, target),
    AlreadyExistsError,
    "runs of another training",
  );
  // Nor would a run that is under way there be fenced.
  await using begun = await openCheckpoints(other, "new", { run: "live" });
  await assertRejects(
    () => copyCheckpoint(place, 3, { store: other, prefix: "new" }),
    AlreadyExistsError,
    '"live"',
  );
  const tensors = [{ name: "w", dtype: "uint8", shape: [1], data: Uint8Array.of(1) }] as const;
  assertEquals((await begun.save(1, { tensors }).committed).generation, 0);
});

Deno.test("what was retired is copied neither from there nor back", async () => {
  await using from = new MemoryStore();
  await using to = new MemoryStore();
  await saved(from, { a: [1, 2] });
  const place = { store: from, prefix: "c" };
  await copyCheckpoint(place, 1, { store: to, prefix: "c" });
  await using checkpoints = await openCheckpoints(from, "c", { readOnly: true });
  await checkpoints.retire({ generation: 0, step: 1 });
  await assertRejects(() => copyCheckpoint(place, 1, { store: to, prefix: "d" }), NotFoundError, "of step 1");
  await assertRejects(
    () => copyCheckpoint({ store: to, prefix: "c" }, 1, place),
    PreconditionFailedError,
    "it was retired there",
  );
  // One that is given up there while it is copied is not taken for copied.
  await using late = new MemoryStore();
  const racing = injectFaults(late);
  const put = racing.put.bind(racing);
  Object.assign(racing, {
    put: async (...args: Parameters<typeof put>) => {
      if (args[0].startsWith("c/commits/")) {
        await late.put("c/retired/00000000-000000000002.json", new Uint8Array(1));
      }
      return await put(...args);
    },
  });
  await assertRejects(() => copyCheckpoint(place, 2, { store: racing, prefix: "c" }), FencedError);
  assert((await checkpoints.latest())?.step === 2);
});

/** A store whose clock moves on command, and a copy of step 1 in it that was broken off. */
async function brokenOff() {
  const clock = new FakeClock();
  const from = new MemoryStore({ context: createStoreContext({ clock }) });
  const to = new MemoryStore({ context: createStoreContext({ clock }) });
  await saved(from, { a: [1], b: [2] });
  const source = { store: from, prefix: "c" };
  await copyCheckpoint(source, 2, { store: to, prefix: "c" });
  const error = new UnavailableError({ operation: "put", uri: "memory://", detail: "the power is gone" });
  const key = "c/commits/99999999-999999999998.json";
  const dying = injectFaults(to, [{ operation: "put", key, fault: { kind: "throw", error } }]);
  const copy = (store: ObjectStore) => copyCheckpoint(source, 1, { store, prefix: "c" });
  await assertRejects(() => copy(dying), UnavailableError);
  return { clock, to, copy };
}

Deno.test("a copy that was broken off and given up is refused while that may go on, and done again then", async () => {
  const { clock, to, copy } = await brokenOff();
  await using there = await openCheckpoints(to, "c", { readOnly: true });
  const { removed } = await there.gc();
  assertEquals(removed.map(({ name, objects }) => [name, objects]), [["00000000-000000000001", 6]]);
  const refused = await assertRejects(
    () => copy(to),
    PreconditionFailedError,
    "such as of a copy that was broken off",
  );
  assertStringIncludes(refused.message, "copy it again in 15 minutes");
  await clock.advance(15 * 60_000);
  assertEquals((await copy(to)).objects, 4);
  await there.gc();
  assertEquals((await Array.fromAsync(there.list())).map(({ step }) => step), [2, 1]);
  assertEquals((await (await there.open(1, { hold: false })).verify("full")).faults, []);
});

Deno.test("a copy of which a collection has not removed everything is not mixed with its leftovers", async () => {
  const { clock, to, copy } = await brokenOff();
  await to.put("c/retired/00000000-000000000001.json", new Uint8Array(1));
  await clock.advance(30 * 60_000);
  await assertRejects(() => copy(to), PreconditionFailedError, "not all of it is removed yet");
  await using there = await openCheckpoints(to, "c", { readOnly: true, graceMs: 0 });
  assertEquals((await there.gc()).removed.length, 1);
  await assertRejects(() => copy(to), PreconditionFailedError, "removed there just now");
});

Deno.test("a collection leaves what is copied just now, of a run before the newest", async () => {
  await using from = new MemoryStore();
  await using to = new MemoryStore();
  await saved(from, { a: [1], b: [2] });
  const source = { store: from, prefix: "c" };
  await copyCheckpoint(source, 2, { store: to, prefix: "c" });
  await using there = await openCheckpoints(to, "c", { readOnly: true });
  const collecting = injectFaults(to);
  const put = collecting.put.bind(collecting);
  const held: number[] = [];
  Object.assign(collecting, {
    put: async (...args: Parameters<typeof put>) => {
      if (args[0].startsWith("c/commits/")) held.push(...(await there.gc()).held.map(({ step }) => step));
      return await put(...args);
    },
  });
  await copyCheckpoint(source, 1, { store: collecting, prefix: "c" });
  assertEquals(held, [1]);
  assertEquals((await (await there.open(1, { hold: false })).verify("full")).faults, []);
  assertEquals((await there.gc()).removed, []);
});

Deno.test("a series is not copied into itself, whatever it is called", async () => {
  await using store = new MemoryStore();
  await saved(store, { a: [1] });
  const before = await content(store, "c/");
  const names: readonly SeriesPlace[] = [
    { store, prefix: "c" },
    { store, prefix: "c/" },
    { store: new PrefixStore(store, "c/"), prefix: "" },
  ];
  for (const place of names) {
    for (const hold of [true, false]) {
      await assertRejects(
        () => copyCheckpoint({ store, prefix: "c" }, 1, place, { hold }),
        PreconditionFailedError,
        "both are one series",
      );
    }
  }
  assertEquals(await content(store, "c/"), before);
});

Deno.test("a checkpoint that is damaged where it lies is not copied, unless sizes are enough", async () => {
  await using from = new MemoryStore();
  await using to = new MemoryStore();
  await saved(from, { a: [5] });
  const [{ key } = { key: "" }] = (await Array.fromAsync(from.list("c/data/"))).filter(({ key }) =>
    key.endsWith(".safetensors")
  );
  const bytes = await new Response((await from.get(key)).body).bytes();
  await from.put(key, bytes.with(-1, 77));
  const source = { store: from, prefix: "c" };
  await assertRejects(
    () => copyCheckpoint(source, 5, { store: to, prefix: "c" }),
    InvalidCheckpointError,
    "its bytes do not match their checksum",
  );
  const { verified, compared } = await copyCheckpoint(source, 5, { store: to, prefix: "d" }, {
    verify: "size",
  });
  assertEquals([verified, compared], ["size", 0]);
});

Deno.test("what is no series, or of a version that is not read here, is not copied, and nothing is begun", async () => {
  await using from = new MemoryStore();
  await using to = new MemoryStore();
  await saved(from, { a: [1] });
  const copy = () => copyCheckpoint({ store: from, prefix: "c" }, "latest", { store: to, prefix: "c" });
  await from.put("c/lade.json", new TextEncoder().encode('{"format":"lade-checkpoint","version":2}\n'));
  await assertRejects(copy, FormatError, "it is not the mark of a series that this version of Lade reads");
  await from.delete("c/lade.json");
  await assertRejects(copy, NotFoundError, "it has no lade.json");
  assertEquals([...(await content(to, "")).keys()], []);
});
