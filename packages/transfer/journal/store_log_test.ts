import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  createStoreContext,
  ForwardingStore,
  MemoryStore,
  type ObjectStore,
  type PutOptions,
} from "@lade/core";
import type { Clock } from "@lade/core/backend";
import { NotFoundError, UnavailableError, UnsupportedError } from "@lade/core/errors";
import { FakeClock } from "@lade/testing";
import { StoreLog, type StoreLogOptions } from "./store_log.ts";

/** A store, and processes that keep a log in it. */
class Here {
  readonly clock = new FakeClock();
  readonly store: ObjectStore = new MemoryStore({ context: createStoreContext({ clock: this.clock }) });
  #random = 0.1;

  open(
    pid: number,
    host: string,
    options: Partial<StoreLogOptions> = {},
    store = this.store,
  ): Promise<StoreLog> {
    return StoreLog.open(store, "jobs/a/", {
      clock: this.clock,
      random: () => this.#random += 0.001,
      owner: { pid, host, command: `lade cp ${pid}` },
      create: true,
      ...options,
    });
  }

  async keys(): Promise<string[]> {
    return await Array.fromAsync(this.store.list("jobs/"), ({ key }) => key);
  }
}

async function numbers(log: StoreLog): Promise<number[]> {
  return await Array.fromAsync(log.read(), (bytes) => bytes[0] ?? -1);
}

Deno.test("a log in a store gives back what was appended, over several openings, until it is removed", async () => {
  const here = new Here();
  await assertRejects(() => here.open(1, "x", { create: false }), NotFoundError);
  for (let round = 0; round < 3; round++) {
    await using log = await here.open(1, "x");
    assertEquals(await numbers(log), Array.from({ length: 2 * round }, (_, index) => index));
    log.append(Uint8Array.of(2 * round));
    await log.flush();
    log.append(Uint8Array.of(2 * round + 1));
  }
  const log = await here.open(1, "x", { create: false });
  await log.remove();
  assertEquals(await here.keys(), []);
});

Deno.test("what is appended is stored when its time has come", async () => {
  const here = new Here();
  await using log = await here.open(1, "x");
  const before = (await here.keys()).length;
  log.append(Uint8Array.of(1));
  log.append(Uint8Array.of(2));
  await here.clock.advance(4999);
  assertEquals((await here.keys()).length, before);
  await here.clock.advance(1);
  assertEquals((await here.keys()).length, before + 1);
});

Deno.test("a log of many writes has few objects, and all of its records, whichever of them a crash cut off", async () => {
  const here = new Here();
  const most = 2 * 31 + 2;
  {
    await using log = await here.open(1, "x");
    for (let index = 0; index < 1100; index++) {
      log.append(Uint8Array.of(index % 251));
      await log.flush();
      assert((await here.keys()).length <= most + 32, `${index}`);
    }
  }
  assert((await here.keys()).length <= most);
  // A merge that was cut off before it removed what it merged.
  const [first = ""] = await here.keys();
  const copy = first.replace(/\d{10}-/, (text) => text).replace(/-\d{10}/, "-0000000001");
  await here.store.put(copy, new TextEncoder().encode("lade-log 1\n{}\n"));
  await using log = await here.open(1, "x");
  assertEquals(await numbers(log), Array.from({ length: 1100 }, (_, index) => index % 251));
  assert(!(await here.keys()).includes(copy));
});

Deno.test("a second process is refused while the first gives signs of life, and told how long to wait", async () => {
  const here = new Here();
  const log = await here.open(11, "other");
  await here.clock.advance(59_000);
  await assertRejects(() => here.open(12, "here"), UnavailableError, "process 11 on other (lade cp 11)");
  await log.close();
  await using next = await here.open(12, "here");
  assertEquals(await numbers(next), []);
});

Deno.test("a sign of a clock far ahead, and one that tells no time, keep nobody from a log", async () => {
  const here = new Here();
  const ahead = new FakeClock({ now: here.clock.now() + 1e9 });
  const first = await here.open(11, "other", { clock: ahead });
  first.append(Uint8Array.of(1));
  await first.flush();
  const second = await here.open(12, "here");
  assertEquals(await numbers(second), [1]);
  await assertRejects(() => here.open(13, "elsewhere"), UnavailableError, "process 12");
  const [sign = ""] = (await here.keys()).filter((key) => key.endsWith("owner.json"));
  for (const text of ["null", "7", '{"pid":12,"command":"x"}', '{"pid":12,"command":"x","at":"soon"}']) {
    await here.store.put(sign, new TextEncoder().encode(text));
    await using next = await here.open(13, "elsewhere");
    assertEquals(await numbers(next), [1]);
  }
  await Promise.allSettled([first.close(), second.close()]);
});

Deno.test("a log whose owner gives no sign is taken over, and the owner before stops and is told", async () => {
  const here = new Here();
  const failures: [unknown, boolean][] = [];
  const asleep = new FakeClock();
  const options = {
    clock: asleep,
    onFailure: (error: unknown, taken: boolean) => failures.push([error, taken]),
  };
  const first = await here.open(11, "other", options);
  first.append(Uint8Array.of(1));
  await first.flush();
  await here.clock.advance(45_000);
  const error = await assertRejects(() => here.open(12, "here"), UnavailableError, "45 s ago");
  assertEquals(error.advice?.includes("in 15 s"), true);
  await here.clock.advance(15_000);
  await using second = await here.open(12, "here");
  assertEquals(await numbers(second), [1]);
  first.append(Uint8Array.of(2));
  await assertRejects(
    () => first.flush(),
    UnavailableError,
    "process 12 on here (lade cp 12) has taken it over",
  );
  assertEquals(failures.map(([, taken]) => taken), [true]);
  await second.flush();
  await first.close().catch(() => {});
  await assertRejects(() => here.open(13, "elsewhere"), UnavailableError, "process 12");
});

Deno.test("one that was taken over without noticing takes nothing away from its successor", async () => {
  for (const end of ["close", "remove"] as const) {
    const here = new Here();
    const first = await here.open(11, "other", { clock: new FakeClock() });
    await here.clock.advance(60_000);
    await using second = await here.open(12, "here");
    const before = await here.keys();
    await first[end]().catch(() => {});
    assertEquals(await here.keys(), before);
    second.append(Uint8Array.of(1));
  }
});

Deno.test("one that was taken over takes nothing away, and claims nothing, when its successor has ended too", async () => {
  for (const isRemoved of [true, false]) {
    const here = new Here();
    const asleep = new FakeClock();
    const failed = Promise.withResolvers<boolean>();
    const onFailure = (_: unknown, isTakenOver: boolean) => failed.resolve(isTakenOver);
    const first = await here.open(11, "other", { clock: asleep, onFailure });
    await here.clock.advance(60_000);
    {
      await using second = await here.open(12, "here");
      for (let index = 0; index < 40; index++) {
        second.append(Uint8Array.of(index));
        await second.flush();
      }
    }
    const left = await here.keys();
    if (isRemoved) {
      await assertRejects(() => first.remove(), UnavailableError, "has taken it over");
    } else {
      await asleep.advance(15_000);
      assertEquals(await failed.promise, true);
      await first.close().catch(() => {});
    }
    assertEquals(await here.keys(), left);
    await using next = await here.open(13, "here");
    assertEquals((await numbers(next)).length, 40);
  }
});

Deno.test("an owner that slept until its successor had merged its writes still stops", async () => {
  const here = new Here();
  const asleep = new FakeClock();
  const failed = Promise.withResolvers<boolean>();
  const onFailure = (_: unknown, isTakenOver: boolean) => failed.resolve(isTakenOver);
  const first = await here.open(11, "other", { clock: asleep, onFailure });
  await here.clock.advance(60_000);
  await using second = await here.open(12, "here");
  for (let index = 0; index < 40; index++) {
    second.append(Uint8Array.of(index));
    await second.flush();
  }
  await asleep.advance(15_000);
  assertEquals(await failed.promise, true);
  first.append(Uint8Array.of(99));
  await assertRejects(() => first.flush(), UnavailableError, "has taken it over");
  await first.close().catch(() => {});
});

Deno.test("an owner whose timers stood still writes nothing over what its successor has merged", async () => {
  const here = new Here();
  let atMs = here.clock.monotonicMs();
  const still: Clock = {
    now: () => here.clock.now(),
    monotonicMs: () => atMs,
    sleep: (_, signal) =>
      new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
  };
  const first = await here.open(11, "other", { clock: still });
  await here.clock.advance(60_000);
  await using second = await here.open(12, "here");
  for (let index = 0; index < 40; index++) {
    second.append(Uint8Array.of(index));
    await second.flush();
  }
  const keys = await here.keys();
  atMs += 60_000;
  first.append(Uint8Array.of(99));
  await assertRejects(() => first.flush(), UnavailableError, "has taken it over");
  assertEquals(await here.keys(), keys);
  await first.close().catch(() => {});
});

Deno.test("of two processes that open a log at the same moment one is refused", async () => {
  const here = new Here();
  for (let round = 0; round < 2; round++) {
    const opened = await Promise.allSettled([here.open(1, "x"), here.open(2, "y")]);
    const [refused, ...more] = opened.filter((one) => one.status === "rejected");
    assertEquals([refused?.reason instanceof UnavailableError, more], [true, []]);
    for (const one of opened) if (one.status === "fulfilled") await one.value.close();
  }
});

Deno.test("what others keep below the prefix stays when the log is removed", async () => {
  const here = new Here();
  const log = await here.open(1, "x");
  await here.store.put("jobs/a/notes.txt", Uint8Array.of(1));
  await here.store.put("jobs/a/0000000001-0000000001.log.old", Uint8Array.of(1));
  await log.remove();
  assertEquals(await here.keys(), ["jobs/a/0000000001-0000000001.log.old", "jobs/a/notes.txt"]);
});

Deno.test("a segment of another format is an error", async () => {
  const here = new Here();
  await here.store.put("jobs/a/0000000001-0000000001.log", new TextEncoder().encode("lade-log 2\n{}\n"));
  await using log = await here.open(1, "x");
  await assertRejects(() => numbers(log), UnsupportedError, "not as it was written");
});

Deno.test("the log of a process of this machine that is gone is taken over at once", async () => {
  const here = new Here();
  const child = new Deno.Command("true").spawn();
  await child.status;
  const first = await here.open(child.pid, "here");
  await using second = await here.open(Deno.pid, "here");
  assertEquals(await numbers(second), []);
  first.append(Uint8Array.of(2));
  await assertRejects(() => first.flush(), UnavailableError);
  await first.close().catch(() => {});
});

Deno.test("the log that this process has open is not taken over by a second transfer of it", async () => {
  const here = new Here();
  {
    await using first = await here.open(Deno.pid, "here");
    await assertRejects(() => here.open(Deno.pid, "here"), UnavailableError, "was at it");
    first.append(Uint8Array.of(1));
    await first.flush();
  }
  await using second = await here.open(Deno.pid, "here");
  assertEquals(await numbers(second), [1]);
});

Deno.test("a write whose answer was lost, and which was sent again, is the process's own", async () => {
  const here = new Here();
  class Forgetful extends ForwardingStore {
    override async put(key: string, data: Uint8Array, options?: PutOptions) {
      await super.put(key, data, options);
      return await super.put(key, data, options);
    }
  }
  await using log = await here.open(1, "x", {}, new Forgetful(here.store));
  log.append(Uint8Array.of(7));
  await log.flush();
  await log.close();
  await using again = await here.open(1, "x");
  assertEquals(await numbers(again), [7]);
});

Deno.test("a store that ignores conditions keeps no journal", async () => {
  const here = new Here();
  class Careless extends ForwardingStore {
    override readonly capabilities = { ...this.below.capabilities, createOnly: false };
  }
  await assertRejects(
    () => here.open(1, "x", {}, new Careless(here.store)),
    UnsupportedError,
    "a second process would be noticed",
  );
});

Deno.test("a segment that was altered is an error that says what to do", async () => {
  const here = new Here();
  {
    await using log = await here.open(1, "x");
    log.append(new Uint8Array(9));
  }
  const keys = (await here.keys()).filter((key) => key.endsWith(".log"));
  const bytes = new TextEncoder().encode(`lade-log 1\n{}\n${"x".repeat(40)}`);
  await here.store.put(keys.at(-1) ?? "", bytes);
  await using log = await here.open(1, "x");
  const error = await assertRejects(() => numbers(log), UnsupportedError, "not as it was written");
  assert(error.advice?.includes("jobs remove"));
});
