import { createStoreContext } from "@lade/core/backend";
import { createLoader } from "@lade/loader";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { numbersDataset, numbersStore } from "../../loader/testing/numbers_dataset.ts";
import { toTensors } from "./to_tensors.ts";

Deno.test("the backend wasm copies, and the batch's memory is given back", async () => {
  setWasmPaths(fileURLToPath(new URL(".", import.meta.resolve("@tensorflow/tfjs-backend-wasm"))));
  await tf.setBackend("wasm");
  assertEquals(tf.getBackend(), "wasm");
  const context = createStoreContext();
  await using loader = createLoader(numbersDataset(await numbersStore(10), 10), { batchSize: 4, context });
  const made = [];
  const buffers: ArrayBuffer[] = [];
  for await (const batch of loader) {
    made.push(await toTensors(batch, { tf }));
    buffers.push(batch.data.data.buffer as ArrayBuffer);
  }
  assertEquals(buffers.map(({ detached }) => detached), [true, true, true]);
  const rows = made.flatMap((tensor) => Array.from(tensor.dataSync()));
  assertEquals(rows, Array.from({ length: 40 }, (_, i) => Math.floor(i / 4)));
  tf.dispose(made);
});
