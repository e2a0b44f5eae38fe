import fc from "fast-check";
import { assert, assertEquals } from "@std/assert";
import {
  type Checkpoint,
  type CheckpointInfo,
  type Checkpoints,
  FencedError,
  openCheckpoints,
} from "@lade/checkpoint";
import { createStoreContext, MemoryContainer, MemoryStore } from "@lade/core";
import { PreconditionFailedError, UnavailableError } from "@lade/core/errors";
import { CrashingStore, MISHAPS, Mutations, ProcessEnded } from "./crashing_store.ts";
import {
  assertAllWhole,
  assertWhole,
  contentOf,
  EagerClock,
  firstOf,
  keysNamed,
  keysOf,
} from "./trained_world.ts";

const HOUR = 3_600_000;
const GRACE = { graceMs: HOUR, leaseMs: HOUR, patienceMs: 600_000 };

/** What is believed to be so, and what it is compared with. */
class Training {
  readonly clock = new EagerClock();
  readonly #container = new MemoryContainer();
  readonly store = this.process();
  /** Steps of which a checkpoint is there, or may be. */
  readonly saved = new Set<number>();
  readonly holds: { readonly checkpoint: Checkpoint; readonly info: CheckpointInfo }[] = [];
  ranks: Checkpoints[] = [];
  #runs = 0;
  #step = 0;
  #newest: CheckpointInfo | undefined;
  /** Whether saves name parts of the checkpoint before. */
  readonly kept: boolean;

  constructor(kept: boolean) {
    this.kept = kept;
  }

  process(): MemoryStore {
    return new MemoryStore({
      container: this.#container,
      context: createStoreContext({ clock: this.clock }),
    });
  }

  async reader(): Promise<Checkpoints> {
    return await openCheckpoints(this.process(), "c", { readOnly: true, ...GRACE });
  }

  async newRun(worldSize: number, mutations = new Mutations()): Promise<void> {
    const run = `run ${++this.#runs}`;
    const below = this.process();
    const ranks = Array.from({ length: worldSize }, (_, rank) => rank);
    const options = { ...GRACE, run, worldSize, ...(this.kept && { reuse: "digest" as const }) };
    this.ranks = await Promise.all(
      ranks.map((rank) => openCheckpoints(new CrashingStore(below, mutations), "c", { ...options, rank })),
    );
  }

  /** Saves by all ranks of a run that begins with it; `mishap` says at which call what goes wrong. */
  async save(worldSize: number, mutations: Mutations): Promise<void> {
    const step = ++this.#step;
    try {
      if (this.ranks.length !== worldSize || mutations.mayFail) await this.newRun(worldSize, mutations);
      const saves = this.ranks.map((rank, index) =>
        rank.save(step, contentOf(index, worldSize, step, this)).committed
      );
      const ends = await Promise.allSettled(saves);
      const isSaved = ends.some(({ status }) => status === "fulfilled");
      this.saved.add(step);
      if (isSaved) assertEquals((await this.check())[0]?.step, step);
      for (const end of ends) {
        if (end.status === "fulfilled") continue;
        assert(mutations.mayFail && end.reason instanceof ProcessEnded, String(end.reason));
      }
    } catch (error) {
      if (!(error instanceof ProcessEnded)) throw error;
    }
    if (mutations.mayFail) this.ranks = [];
  }

  /** I1: whole. I2: never back. I6: no mixture. */
  async check(): Promise<CheckpointInfo[]> {
    const reader = await this.reader();
    const infos = await assertAllWhole(reader);
    for (const { step, metrics } of infos) {
      assertEquals(metrics.seed, step);
      assert(this.saved.has(step), `step ${step} was never saved`);
    }
    const [newest] = infos;
    const before = this.#newest;
    if (before) {
      assert(newest, "the newest is gone");
      assert(
        newest.generation > before.generation ||
          (newest.generation === before.generation && newest.step >= before.step),
        "the newest went back",
      );
    }
    this.#newest = newest;
    for (const { checkpoint } of this.holds) await assertWhole(checkpoint);
    return infos;
  }
}

type Command = (training: Training) => Promise<void>;

const COMMANDS: Record<string, fc.Arbitrary<Command>> = {
  save: fc.integer({ min: 1, max: 3 }).map((worldSize) => (training) =>
    training.save(worldSize, new Mutations())
  ),
  crash: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat(30), fc.constantFrom(...MISHAPS)).map(
    ([worldSize, at, mishap]) => (training) => training.save(worldSize, new Mutations(at, mishap)),
  ),
  recover: fc.constant(async (training) => {
    const before = (await training.check())[0];
    const { invalid } = await (await training.reader()).recover();
    // What it names parts of was removed since: it is refused, rather than made of what is not there.
    assertEquals(invalid.filter(({ error }) => !(training.kept && error instanceof FencedError)), []);
    // I4: the old one, or one that was begun.
    const newest = (await training.check())[0];
    assert(!before || newest);
  }),
  hold: fc.nat(5).map((which) => async (training) => {
    const infos = await training.check();
    const info = infos[which % Math.max(1, infos.length)];
    if (!info) return;
    const reader = await training.reader();
    training.holds.push({ checkpoint: await reader.open(info, { hold: true }), info });
  }),
  release: fc.nat(5).map((which) => async (training) => {
    const [held] = training.holds.splice(which % Math.max(1, training.holds.length), 1);
    await held?.checkpoint[Symbol.asyncDispose]();
  }),
  retire: fc.nat(5).map((which) => async (training) => {
    const infos = await training.check();
    const info = infos[which % Math.max(1, infos.length)];
    if (!info) return;
    const isHeld = training.holds.some(({ info: { generation, step } }) =>
      generation === info.generation && step === info.step
    );
    try {
      await (await training.reader()).retire(info);
      assert(!isHeld && info !== infos[0], "what is held, and the newest, are not retired");
    } catch (error) {
      if (!(error instanceof PreconditionFailedError)) throw error;
    }
  }),
  gc: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat(40), fc.constantFrom(undefined, ...MISHAPS)).map(
    ([last, at, mishap]) => async (training) => {
      const mutations = new Mutations(mishap ? at : -1, mishap);
      const options = { readOnly: true, ...GRACE };
      const checkpoints = await openCheckpoints(
        new CrashingStore(training.process(), mutations),
        "c",
        options,
      );
      await checkpoints.gc({ keep: { last } }).catch((error) => {
        if (!mishap || !(error instanceof ProcessEnded || error instanceof UnavailableError)) throw error;
      });
    },
  ),
  time: fc.integer({ min: 1, max: 3 }).map((hours) => (training) => training.clock.advance(hours * HOUR / 2)),
};

for (const kept of [false, true]) {
  const how = kept ? "saves that name parts of one another" : "saves";
  Deno.test(`checkpoints do as a plain list of them would, whatever is done, and whatever goes wrong: ${how}`, async () => {
    const command = fc.oneof(
      ...Object.entries(COMMANDS).map(([name, of]) => of.map((run) => ({ name, run }))),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 25 }), async (commands) => {
        const training = new Training(kept);
        await training.save(2, new Mutations());
        for (const { run } of commands) {
          await run(training);
          await training.check();
        }
        await assertTidied(training);
      }),
      { numRuns: 50 },
    );
  });
}

/** I5: with nobody at work any more, only what the newest checkpoint is made of is left. */
async function assertTidied(training: Training): Promise<void> {
  for (const { checkpoint } of training.holds.splice(0)) await checkpoint[Symbol.asyncDispose]();
  await training.save(1, new Mutations());
  await training.newRun(1);
  await firstOf(training.ranks).save(1_000_000, contentOf(0, 1, 1_000_000, training)).committed;
  training.saved.add(1_000_000);
  const reader = await training.reader();
  for (let round = 0; round < 3; round++) {
    await reader.gc({ keep: { last: 1 } });
    await training.clock.advance(2 * HOUR);
  }
  assertEquals((await training.check()).map(({ step }) => step), [1_000_000]);
  const keys = await keysOf(training.store);
  const own = keys.filter((key) => !/^c\/(?:runs|retired|lade\.json|latest\.json)/.test(key));
  assertEquals(own, await keysNamed(training.store));
  if (!training.kept) assertEquals(own.length, 3, own.join(" "));
}
