import { assert, assertEquals } from "@std/assert";
import { createStoreContext, getBytes, MemoryStore, type ObjectStore } from "@lade/core";
import { NotFoundError, PreconditionFailedError, UnavailableError } from "@lade/core/errors";
import { createLoader, type DataLoader, type LoaderState, openDataset, SampleError } from "@lade/loader";
import { type Fault, injectFaults } from "@lade/testing";
import type { FaultAction } from "@lade/testing/http";
import { ascending } from "../../packages/loader/testing/range_dataset.ts";
import {
  STREAM_FILES,
  type StreamFiles,
  writeStreamFiles,
} from "../../packages/loader/testing/stream_files.ts";
import { openFake } from "../s3/open_fake.ts";

const COUNTS = [17, 9, 21, 13];
const SAMPLES = 60;
const BATCH = 8;
const WINDOWS = { window: 4, lanes: 2 };
const SHUFFLES = [false, WINDOWS] as const;

/** A loader over all samples of some files, whose batches are their numbers. */
async function load(
  files: StreamFiles,
  store: ObjectStore,
  shuffle: typeof SHUFFLES[number],
  state?: LoaderState,
): Promise<DataLoader<readonly number[]>> {
  const dataset = await openDataset(store, "", { index: false });
  const options = { batchSize: BATCH, shuffle, seed: 4, transform: files.idOf, ...(state && { state }) };
  return createLoader<unknown, number>(dataset, options);
}

/** The steps that are left of an epoch, up to a failure, which is told. */
async function stepsOf(
  loader: DataLoader<readonly number[]>,
): Promise<{ steps: (readonly number[])[]; error: unknown }> {
  const steps: (readonly number[])[] = [];
  try {
    for await (const { data } of loader) steps.push([...data]);
  } catch (error) {
    return { steps, error };
  }
  return { steps, error: undefined };
}

/** A store whose retries wait for nothing. */
const memory = () => new MemoryStore({ context: createStoreContext({ random: () => 0 }) });
const broken = () => new UnavailableError({ operation: "get", uri: "memory://m", detail: "it broke off" });
const PASSING: readonly Fault[] = [
  { kind: "throw", error: broken(), after: 0 },
  { kind: "throw", error: broken(), after: 5 },
  { kind: "end", after: 0 },
  { kind: "end", after: 3 },
];

for (const files of STREAM_FILES) {
  for (const shuffle of SHUFFLES) {
    const name = `${files.suffix}, ${JSON.stringify(shuffle)}`;

    Deno.test(`${name}: a read that broke off and is taken up again changes no batch`, async () => {
      const plain = memory();
      await writeStreamFiles(plain, files, COUNTS);
      await using sound = await load(files, plain, shuffle);
      const expected = await stepsOf(sound);
      assertEquals(expected.steps.flat().toSorted((a, b) => a - b), ascending(SAMPLES));
      for (const fault of PASSING) {
        for (const nth of [1, 2, 4]) {
          const store = injectFaults(plain);
          await using loader = await load(files, store, shuffle);
          const before = store.calls.length;
          store.addRule({ operation: "get", nth, fault });
          assertEquals(await stepsOf(loader), expected, `${fault.kind} in read ${nth}`);
          assert(store.calls.length > before + nth);
          assertEquals([store.openBodies, store.context.budget.held], [0, 0]);
        }
      }
    });

    Deno.test(`${name}: an object that is gone or another is the error of the batch that needs it, where it goes on from`, async () => {
      const plain = memory();
      await writeStreamFiles(plain, files, COUNTS);
      await using sound = await load(files, plain, shuffle);
      const { steps: expected } = await stepsOf(sound);
      const lost = `2${files.suffix}`;
      const gone = new NotFoundError({ operation: "get", uri: `memory://m/${lost}`, detail: "gone" });
      const store = injectFaults(plain);
      await using loader = await load(files, store, shuffle);
      store.addRule({ operation: "get", key: lost, fault: { kind: "throw", error: gone } });
      const { steps, error } = await stepsOf(loader);
      assert(error instanceof SampleError, `${error}`);
      assert(error.uri.endsWith(lost), error.uri);
      assertEquals(steps, expected.slice(0, steps.length));
      const state: LoaderState = JSON.parse(JSON.stringify(loader.state()));
      assertEquals(state.position, steps.length * BATCH);
      assertEquals([store.openBodies, store.context.budget.held], [0, 0]);
      await using after = await load(files, plain, shuffle, state);
      assertEquals((await stepsOf(after)).steps, expected.slice(steps.length));
      // The same for one that is another, of as many bytes: it was listed before.
      await using listed = await load(files, plain, shuffle);
      await plain.put(lost, (await getBytes(plain, lost)).bytes.map((byte) => byte ^ 1));
      const replaced = await stepsOf(listed);
      assert(replaced.error instanceof SampleError && replaced.error.uri.endsWith(lost), `${replaced.error}`);
      assert(replaced.error.cause instanceof PreconditionFailedError, `${replaced.error.cause}`);
      assertEquals(replaced.steps, steps);
      assertEquals(listed.state().position, steps.length * BATCH);
    });

    Deno.test(`${name}: a loop that is left while the store stands still ends at once`, async () => {
      const plain = memory();
      await writeStreamFiles(plain, files, COUNTS);
      const store = injectFaults(plain);
      await using loader = await load(files, store, shuffle);
      const never = Promise.withResolvers<void>();
      let steps = 0;
      for await (const _ of loader) {
        if (++steps < 3) continue;
        store.addRule({ operation: "get", fault: { kind: "stall", until: never.promise } });
        break;
      }
      assertEquals([store.openBodies, store.context.budget.held], [0, 0]);
      const before = store.calls.length;
      const waiting = stepsOf(loader);
      while (store.calls.length === before) await Promise.resolve();
      await loader[Symbol.asyncDispose]();
      const { error } = await waiting;
      assert(error instanceof DOMException && error.name === "AbortError", `${error}`);
      assertEquals([store.openBodies, store.context.budget.held], [0, 0]);
    });
  }

  Deno.test(`${files.suffix}: what a service refuses, cuts, delays or damages on the way changes no batch`, async () => {
    await using opened = await openFake({ context: { random: () => 0 } });
    const { fake, store } = opened;
    await writeStreamFiles(store, files, COUNTS);
    await using sound = await load(files, store, WINDOWS);
    const expected = await stepsOf(sound);
    const faults: readonly FaultAction[] = [
      { kind: "status", status: 503, code: "SlowDown" },
      { kind: "status", status: 500 },
      { kind: "cut", afterBytes: 0, how: "rst" },
      { kind: "cut", afterBytes: 7, how: "fin" },
      { kind: "cut", afterBytes: 3, how: "rst", in: "head" },
      { kind: "drop-answer", how: "fin" },
    ];
    for (const action of faults) {
      await using loader = await load(files, store, WINDOWS);
      // Of two requests one: each object is read by a few.
      const added = fake.faults.add({ match: { operation: "GetObject", probability: 0.5, seed: 9 }, action });
      assertEquals(await stepsOf(loader), expected, JSON.stringify(action));
      assert(added.hits > 0);
      fake.faults.remove(added);
      assertEquals(store.context.budget.held, 0);
    }
  });
}
