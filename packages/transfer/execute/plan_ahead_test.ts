import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Lade } from "@lade/lade";
import { PlaceJudge } from "@lade/core/operations";
import { resolveDestination } from "../places/resolve_destination.ts";
import { planJobs } from "../plan/plan_jobs.ts";
import type { Job } from "../plan/job.ts";
import { MOST_AHEAD, planAhead } from "./plan_ahead.ts";

/** Adds up what is planned. */
class Told {
  objects = 0;
  bytes = 0;
  unsized = 0;
  ends = 0;

  planned(objects: number, bytes: number, unsized: number): void {
    this.objects += objects;
    this.bytes += bytes;
    this.unsized += unsized;
  }

  plannedAll(): void {
    this.ends++;
  }
}

/** Waits until the plan has come as far as it may. */
async function untilStill(planned: () => number): Promise<void> {
  for (let before = -1; before !== planned();) {
    before = planned();
    for (let i = 0; i < 100; i++) await Promise.resolve();
  }
}

const jobOf = (index: number): Job => ({ size: index });

Deno.test("planAhead() counts what is refused among the objects, and its bytes not among the bytes", async () => {
  await using lade = new Lade();
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/in/empty`, { recursive: true });
    await Deno.writeTextFile(`${root}/in/one`, "1");
    await Deno.writeTextFile(`${root}/secret`, "blob");
    await Deno.symlink("../secret", `${root}/in/outer`);
    const plan = planJobs({
      lade,
      operation: "put",
      sources: [`${root}/in`],
      destination: await resolveDestination(lade, "memory://m/p/", true),
      recursive: true,
      stdin: { read: () => Promise.resolve(null) },
      move: false,
      changesAttributes: false,
      conversion: "none",
      judge: new PlaceJudge(),
      signal: new AbortController().signal,
    });
    const told = new Told();
    const jobs = await Array.fromAsync(planAhead(plan, told));
    assertEquals([jobs.length, told.objects, told.bytes, told.unsized, told.ends], [3, 3, 1, 0, 1]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("planAhead() gives a million jobs in their order, and plans no further ahead than it may", async () => {
  const count = 1_000_000;
  const told = new Told();
  async function* plan() {
    for (let index = 0; index < count; index++) yield jobOf(index);
  }
  let [taken, furthest, wrong] = [0, 0, 0];
  for await (const job of planAhead(plan(), told)) {
    furthest = Math.max(furthest, told.objects - taken);
    if ("reason" in job || job.size !== taken++) wrong++;
    // Slower than the plan, which so comes as far ahead as it may.
    if (taken % 4 === 0) await Promise.resolve();
  }
  assertEquals([taken, wrong, told.objects, told.ends], [count, 0, count, 1]);
  assertEquals(told.bytes, count * (count - 1) / 2);
  assert(furthest > MOST_AHEAD / 2 && furthest <= MOST_AHEAD, `${furthest} ahead`);
});

Deno.test("planAhead() runs a million jobs in a memory that does not hold them", async () => {
  const script = `
    import { planAhead } from ${JSON.stringify(import.meta.resolve("./plan_ahead.ts"))};
    const plan = async function* () {
      for (let i = 0; i < 1e6; i++) yield { size: i, version: "v" + String(i).padStart(60, "0") };
    };
    let count = 0;
    for await (const job of planAhead(plan(), { planned() {}, plannedAll() {} })) {
      count++;
      for (let i = 0; i < 4; i++) await Promise.resolve();
    }
    console.log(count);
  `;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", "--v8-flags=--max-old-space-size=40", script],
    cwd: import.meta.dirname ?? ".",
  }).output();
  assertEquals(new TextDecoder().decode(stdout).trim(), "1000000", new TextDecoder().decode(stderr));
});

Deno.test("planAhead() throws what the plan throws when the jobs before that are taken", async () => {
  for (const count of [0, 1, 1023, 1024, 1025, MOST_AHEAD + 1]) {
    const broken = new Error("broken");
    const plan = async function* () {
      for (let index = 0; index < count; index++) yield jobOf(index);
      throw broken;
    };
    const told = new Told();
    let taken = 0;
    let caught: unknown;
    try {
      for await (const _ of planAhead(plan(), told)) {
        taken++;
        // The plan has failed long before they are.
        for (let i = 0; i < 4; i++) await Promise.resolve();
      }
    } catch (error) {
      caught = error;
    }
    assertStrictEquals(caught, broken);
    assertEquals([taken, told.objects, told.ends], [count, count, 0]);
  }
});

Deno.test("planAhead() goes on with the plan as soon as there is room, not only when nothing is left", async () => {
  let planned = 0;
  async function* plan() {
    for (;;) yield jobOf(planned++);
  }
  const jobs = planAhead(plan(), new Told());
  await jobs.next();
  await untilStill(() => planned);
  const full = planned;
  for (let i = 0; i < 2048; i++) await jobs.next();
  await untilStill(() => planned);
  assert(planned >= full + 2000, `${planned - full} more planned`);
  await jobs.return(undefined);
});

Deno.test("planAhead() that is left ends the plan, also one that waits for room", async () => {
  for (const taken of [1, 1024, 5000]) {
    let [planned, ended] = [0, false];
    const plan = async function* () {
      try {
        for (;;) yield jobOf(planned++);
      } finally {
        ended = true;
      }
    };
    let left = taken;
    for await (const _ of planAhead(plan(), new Told())) {
      if (--left > 0) continue;
      await untilStill(() => planned);
      break;
    }
    assertEquals(ended, true);
    assert(planned <= taken + MOST_AHEAD + 1, `${planned} planned`);
    const then = planned;
    await Promise.resolve();
    assertEquals(planned, then);
  }
});

Deno.test("planAhead() that is left while the plan waits ends with the plan's signal", async () => {
  const stop = new AbortController();
  async function* plan() {
    yield jobOf(0);
    await new Promise((_, reject) => stop.signal.addEventListener("abort", () => reject(stop.signal.reason)));
  }
  for await (const _ of planAhead(plan(), new Told())) {
    stop.abort(new Error("enough"));
    break;
  }
});

Deno.test("planAhead() throws what its listener throws, and takes no more of the plan", async () => {
  const mine = new Error("mine");
  let planned = 0;
  async function* plan() {
    for (;;) yield jobOf(planned++);
  }
  const tally = {
    planned: () => {
      if (planned === 3) throw mine;
    },
    plannedAll: () => {},
  };
  const caught = await Array.fromAsync(planAhead(plan(), tally)).catch((error) => error);
  assertStrictEquals(caught, mine);
  assertEquals(planned, 3);
});
