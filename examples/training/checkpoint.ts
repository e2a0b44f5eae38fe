import { NotFoundError, type ObjectStore } from "@lade/core";
import { openSafetensors, writeSafetensors } from "@lade/formats/safetensors";
import type { LoaderState } from "@lade/loader";
import * as tf from "@tensorflow/tfjs-core";
import type { Model } from "./model.ts";

/** Where a training was. */
export interface Progress {
  /** Steps that the model took. */
  readonly steps: number;
  /** Where the loader goes on. */
  readonly loader: LoaderState;
}

/** Writes the model and where it was as one object, which is there as a whole or not at all. */
export async function saveCheckpoint(
  store: ObjectStore,
  key: string,
  model: Model,
  progress: Progress,
): Promise<void> {
  const tensors = Array.from(model.state, ([name, variable]) => ({
    name,
    dtype: "float32" as const,
    shape: variable.shape,
    data: variable.dataSync<"float32">(),
  }));
  await writeSafetensors(store, key, tensors, { metadata: { progress: JSON.stringify(progress) } });
}

/** Reads a checkpoint into a model, where there is one, and says where it was. */
export async function loadCheckpoint(
  store: ObjectStore,
  key: string,
  model: Model,
): Promise<Progress | undefined> {
  const file = await openSafetensors(store, key).catch((error) => {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  });
  if (!file) return undefined;
  const arrays = await file.readAll();
  for (const [name, variable] of model.state) {
    const array = arrays.get(name);
    if (!(array?.data instanceof Float32Array)) {
      throw new TypeError(`the checkpoint has no ${name} of float32`);
    }
    const values = tf.tensor(array.data, [...array.shape]);
    variable.assign(values);
    values.dispose();
  }
  return JSON.parse(file.metadata.progress ?? "");
}
