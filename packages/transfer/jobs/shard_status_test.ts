import { assertEquals, assertRejects } from "@std/assert";
import {
  createStoreContext,
  ForwardingStore,
  MemoryStore,
  type ObjectStore,
  type PutOptions,
  type PutResult,
} from "@lade/core";
import { UnavailableError } from "@lade/core/errors";
import { FakeClock } from "@lade/testing";
import { SHARD_STALE_MS } from "../journal/shard_report.ts";
import { ShardReporter } from "../journal/shard_reporter.ts";
import { listShardedTransfers, removeShardReports } from "./shard_status.ts";

/** A store, and processes that tell of their shares in it. */
class Here {
  readonly clock = new FakeClock();
  readonly store: ObjectStore = new MemoryStore({ context: createStoreContext({ clock: this.clock }) });
  readonly notes: string[] = [];
  readonly counts = { objects: 0, bytes: 0, failed: 0, skipped: 0 };
  #random = 0;

  start(number: number, { count = 3, transfer = "a".repeat(16), store = this.store } = {}): ShardReporter {
    const places = { operation: "cp", sources: ["s3://b/x/"], destination: "s3://c/x/" };
    const { clock, notes, counts } = this;
    const told = { transfer, number, count, ...places, counts: () => ({ ...counts }) };
    return ShardReporter.start({
      ...told,
      store,
      prefix: "jobs/",
      clock,
      random: () => this.#random += 0.01,
      onNote: (text) => notes.push(text),
    });
  }

  async states(): Promise<string[]> {
    const [transfer] = await listShardedTransfers(this.store, "jobs/", this.clock);
    return transfer?.shards.map(({ state }) => state) ?? [];
  }
}

Deno.test("shards are missing, running and done, and one that tells nothing for a minute is dead", async () => {
  const here = new Here();
  assertEquals(await here.states(), []);
  const first = here.start(1);
  const second = here.start(2, { store: dying(here.store) });
  await here.clock.advance(0);
  assertEquals(await here.states(), ["running", "running", "missing"]);
  for (let ms = 0; ms < SHARD_STALE_MS; ms += 5_000) await here.clock.advance(5_000);
  assertEquals(await here.states(), ["running", "dead", "missing"]);
  Object.assign(here.counts, { objects: 7, bytes: 70, failed: 1, skipped: 2 });
  await first.end("failed");
  const [transfer] = await listShardedTransfers(here.store, "jobs/", here.clock);
  const { state, report, ageMs } = transfer?.shards[0] ?? {};
  assertEquals([state, report?.objects, report?.bytes, report?.failed, report?.skipped, ageMs], [
    "failed",
    7,
    70,
    1,
    2,
    0,
  ]);
  // A process that has ended is not dead, however long ago that was.
  await here.clock.advance(10 * SHARD_STALE_MS);
  assertEquals(await here.states(), ["failed", "dead", "missing"]);
  await second.end("done");
});

Deno.test("a share that was told of by a clock far ahead is dead, and can be removed", async () => {
  const here = new Here();
  const ahead = new FakeClock({ now: here.clock.now() + 1e9 });
  const told = { transfer: "a".repeat(16), number: 1, count: 1, counts: () => ({ ...here.counts }) };
  const reporter = ShardReporter.start({
    ...told,
    ...{ operation: "cp", sources: ["s3://b/x/"], destination: "s3://c/x/" },
    ...{ store: dying(here.store), prefix: "jobs/", clock: ahead, random: () => 0.5, onNote: () => {} },
  });
  await ahead.advance(0);
  assertEquals(await here.states(), ["dead"]);
  const [transfer] = await listShardedTransfers(here.store, "jobs/", here.clock);
  assertEquals(transfer?.shards[0]?.ageMs, 0);
  if (transfer) await removeShardReports(here.store, "jobs/", transfer);
  assertEquals(await here.states(), []);
  await reporter.end("done");
});

/** A store that takes one write, and forgets the others, as if its process had been killed. */
function dying(store: ObjectStore): ObjectStore {
  let isAlive = true;
  return new class extends ForwardingStore {
    override async put(key: string, data: Uint8Array, options?: PutOptions): Promise<PutResult> {
      if (!isAlive) return { size: data.length };
      isAlive = false;
      return await super.put(key, data, options);
    }
  }(store);
}

Deno.test("a process whose share another one has begun tells nothing more", async () => {
  const here = new Here();
  const lost = here.start(1, { count: 1 });
  await here.clock.advance(0);
  const own = here.start(1, { count: 1 });
  await here.clock.advance(20_000);
  await own.end("done");
  await lost.end("interrupted");
  assertEquals([await here.states(), here.notes], [["done"], []]);
  // The same share, begun again, is not done before it is.
  const again = here.start(1, { count: 1 });
  await here.clock.advance(0);
  assertEquals(await here.states(), ["running"]);
  await again.end("done");
});

Deno.test("a store that takes no reports is noted once", async () => {
  const here = new Here();
  const full = new class extends ForwardingStore {
    override put(): Promise<PutResult> {
      return Promise.reject(
        new UnavailableError({ operation: "put", uri: "memory://m/k", detail: "it is full" }),
      );
    }
  }(here.store);
  const reporter = here.start(1, { store: full });
  await here.clock.advance(40_000);
  await reporter.end("done");
  assertEquals(here.notes, [
    'lade jobs status cannot tell of this shard: Cannot put "memory://m/k": it is full',
  ]);
});

Deno.test("transfers are told apart, what is no report is passed over, and one that runs is not removed", async () => {
  const here = new Here();
  const old = here.start(1, { count: 2, transfer: "0".repeat(16) });
  await old.end("done");
  await here.clock.advance(1_000);
  const latest = here.start(2, { count: 2, transfer: "1".repeat(16) });
  await here.clock.advance(0);
  const broken = [
    "",
    "{",
    "[]",
    "null",
    '{"lade":2}',
    '{"lade":1,"state":"done"}',
    '{"lade":1,"state":"odd"}',
  ];
  for (const [i, text] of broken.entries()) {
    await here.store.put(`jobs/shards/2/${i}.json`, new TextEncoder().encode(text));
  }
  const found = await listShardedTransfers(here.store, "jobs/", here.clock);
  assertEquals(found.map(({ id, shards }) => [id[0], shards.map(({ state }) => state)]), [
    ["1", ["missing", "running"]],
    ["0", ["done", "missing"]],
  ]);
  const [running, done] = found;
  if (!running || !done) throw new Error("two are expected");
  await assertRejects(
    () => removeShardReports(here.store, "jobs/", running),
    UnavailableError,
    "shard 2 is running",
  );
  await removeShardReports(here.store, "jobs/", done);
  assertEquals((await listShardedTransfers(here.store, "jobs/", here.clock)).map(({ id }) => id[0]), ["1"]);
  await latest.end("done");
});
