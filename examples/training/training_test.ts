import { getBytes } from "@lade/core";
import { Lade } from "@lade/lade";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { runExample } from "../run_example.ts";
import * as tf from "@tensorflow/tfjs-core";
import { writeDigits } from "./digits.ts";
import { evaluate, train, type Training } from "./train.ts";

const STEPS = 6 * 8;

/** The losses of a training from its first step, by their numbers. */
async function losses(
  lade: Lade,
  training: Omit<Training, "onStep">,
  stopAt = Infinity,
): Promise<Map<number, number>> {
  const seen = new Map<number, number>();
  const onStep = (step: number, loss: number) => {
    seen.set(step, loss);
    if (step === stopAt) throw new Error("power failure");
  };
  const run = train(lade, { ...training, onStep });
  if (stopAt === Infinity) await run;
  else await assertRejects(() => run, Error, "power failure");
  return seen;
}

Deno.test("a training that was broken off twice has the losses and the model of one that was not", async () => {
  const directory = await Deno.makeTempDir();
  const root = `file://${directory}/`;
  const before = tf.memory().numTensors;
  try {
    await using lade = new Lade();
    const { store, key } = await lade.locate(root);
    await writeDigits(store, `${key}images/`, { shards: 2, perShard: 120, seed: 1 });
    await writeDigits(store, `${key}held-out/`, { shards: 1, perShard: 200, seed: 2 });
    const common = { images: `${root}images/`, epochs: 6, saveEvery: 3 };
    const whole = { ...common, checkpoint: `${root}whole.safetensors` };
    const broken = { ...common, checkpoint: `${root}broken.safetensors` };
    const expected = await losses(lade, whole);
    assertEquals([...expected.keys()], Array.from({ length: STEPS }, (_, step) => step + 1));

    // Two steps behind a checkpoint in the middle of the first epoch, and one in the last.
    const parts = [await losses(lade, broken, 5), await losses(lade, broken, 35), await losses(lade, broken)];
    assertEquals(parts.map((part) => [...part.keys()][0]), [1, 4, 34]);
    assertEquals([...parts[1] ?? []].length, 32);
    for (const part of parts) {
      for (const [step, loss] of part) assertEquals(loss, expected.get(step), `step ${step}`);
    }
    const models = await Promise.all(["whole", "broken"].map(async (name) => {
      const { bytes } = await getBytes(store, `${key}${name}.safetensors`);
      return bytes.subarray(bytes.length - 4 * 2 * (144 * 64 + 64 + 640 + 10));
    }));
    assertEquals(models[0], models[1]);

    const mean = (from: number, to: number) =>
      [...expected.values()].slice(from, to).reduce((sum, loss) => sum + loss / (to - from), 0);
    assertEquals(mean(STEPS - 8, STEPS) < mean(0, 8) * 0.8, true, `${[...expected.values()]}`);
    const right = await evaluate(lade, `${root}held-out/`, broken.checkpoint);
    assertEquals(right > 0.5, true, `${right} of the digits are read right, a tenth would be by chance`);
    // A finished training has nothing left.
    assertEquals((await losses(lade, broken)).size, 0);
    assertEquals(tf.memory().numTensors, before);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("examples/training/main.ts goes on where it was broken off", async () => {
  const directory = await Deno.makeTempDir();
  const permissions = ["--allow-read", "--allow-write", "--allow-env"];
  const run = (...args: string[]) =>
    runExample("training/main.ts", permissions, ["--at", `file://${directory}/new/`, ...args]);
  try {
    const first = await run("--epochs", "1", "--stop-at", "12");
    assertStringIncludes(first, "epoch 0 step 12 loss ");
    assertStringIncludes(first, `Broken off: go on by --at file://${directory}/new/\n`);
    const second = await run("--epochs", "1");
    assertStringIncludes(second, " % of other images are read right\n");
    const stepsOf = (output: string) =>
      new Map([...output.matchAll(/step (\d+) loss (\S+)/g)].map(([, step, loss]) => [Number(step), loss]));
    assertEquals([...stepsOf(second).keys()], Array.from({ length: 22 }, (_, i) => i + 11));
    for (const step of [11, 12]) assertEquals(stepsOf(second).get(step), stepsOf(first).get(step));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
