import { type Lade, loader } from "@lade/lade";
import { toTensors } from "@lade/tfjs";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import { type Digit, readDigit } from "./digits.ts";
import { Model } from "./model.ts";

/** What is trained on, and how far. */
export interface Training {
  /** The URI of the images. */
  readonly images: string;
  /** The URI of the checkpoint: a training that was broken off goes on there. */
  readonly checkpoint: string;
  /** Times through the images. */
  readonly epochs: number;
  /** Steps between two checkpoints. */
  readonly saveEvery: number;
  /** Is told of each step, counted over all runs; what it throws ends the training. */
  readonly onStep?: (step: number, loss: number, epoch: number) => void;
}

/** Trains a model, or goes on training it. A run that goes on has the losses that it would have had without the break. */
export async function train(
  lade: Lade,
  { images, checkpoint, epochs, saveEvery, onStep }: Training,
): Promise<void> {
  using model = new Model(1);
  const { store, key } = await lade.locate(checkpoint);
  const before = await loadCheckpoint(store, key, model);
  let steps = before?.steps ?? 0;
  await using digits = await loader<Digit>(images, {
    batchSize: 32,
    shuffle: "full",
    seed: 7,
    epochs,
    transform: readDigit,
    dataset: { lade },
    ...(before && { state: before.loader }),
  });
  while (digits.epoch < epochs) {
    for await (const batch of digits) {
      const { pixels, label } = await toTensors(batch, { tf, convert: { label: "int32" } });
      const loss = model.step(pixels, label);
      tf.dispose([pixels, label]);
      steps++;
      if (steps % saveEvery === 0) {
        await saveCheckpoint(store, key, model, { steps, loader: digits.state() });
      }
      onStep?.(steps, loss, batch.epoch);
    }
  }
  await saveCheckpoint(store, key, model, { steps, loader: digits.state() });
}

/** The share of images that the model of a checkpoint gets right. */
export async function evaluate(lade: Lade, images: string, checkpoint: string): Promise<number> {
  using model = new Model(1);
  const { store, key } = await lade.locate(checkpoint);
  if (!await loadCheckpoint(store, key, model)) {
    throw new TypeError(`there is no checkpoint at ${checkpoint}`);
  }
  await using digits = await loader<Digit>(images, {
    batchSize: 64,
    transform: readDigit,
    dataset: { lade },
  });
  let [right, all] = [0, 0];
  for await (const batch of digits) {
    const { pixels, label } = await toTensors(batch, { tf, convert: { label: "int32" } });
    right += model.right(pixels, label);
    all += batch.size;
    tf.dispose([pixels, label]);
  }
  return right / all;
}
