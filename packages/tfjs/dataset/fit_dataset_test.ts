import { createLoader } from "@lade/loader";
import type { Tensor } from "@tensorflow/tfjs-core";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import { assertEquals } from "@std/assert";
import { range } from "../../loader/testing/range_dataset.ts";
import { tf } from "../testing/cpu.ts";
import { toTfDataset } from "./to_tf_dataset.ts";

/** Learns y = 2x. */
function line() {
  const model = sequential({
    layers: [layers.dense({ units: 1, inputShape: [1], kernelInitializer: "zeros" })],
  });
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  return model;
}

const map = (numbers: Tensor) => ({
  xs: tf.div(tf.reshape(numbers, [-1, 1]), 64),
  ys: tf.div(tf.reshape(numbers, [-1, 1]), 32),
});

Deno.test("fitDataset() trains by epochs, and leaves no tensor", async () => {
  await using loader = createLoader(range(64), { batchSize: 16, shuffle: "full" });
  await using dataset = await toTfDataset(loader, { tf, map });
  const model = line();
  const before = tf.memory().numTensors;
  const positions: number[] = [];
  const { history: { loss = [] } } = await model.fitDataset(dataset, {
    epochs: 6,
    verbose: 0,
    callbacks: { onBatchEnd: () => void positions.push(loader.state().position % 64) },
  });
  assertEquals([loader.epoch, tf.memory().numTensors], [6, before]);
  // What was trained on is what was handed out.
  assertEquals(positions, Array.from({ length: 24 }, (_, step) => (step + 1) * 16 % 64));
  assertEquals(Number(loss.at(-1)) < Number(loss[0]) / 2, true, `${loss}`);
  model.dispose();
});

Deno.test("fitDataset() of a number of batches goes on where it was", async () => {
  const loader = createLoader(range(64), { batchSize: 16 });
  await using dataset = await toTfDataset(loader, { tf, map });
  const model = line();
  for (const position of [32, 0]) {
    await model.fitDataset(dataset, { epochs: 1, batchesPerEpoch: 2, verbose: 0 });
    assertEquals(loader.state().position % 64, position);
  }
  model.dispose();
});
