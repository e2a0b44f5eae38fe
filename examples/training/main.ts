/**
 * Trains a small network to read digits that it draws itself: images as TFRecord, batches by `@lade/loader`, tensors by
 * `@lade/tfjs`, checkpoints as safetensors, all by URI. Interrupted, even killed, it goes on when it is run again, with the
 * losses that it would have had.
 * `deno run --allow-read --allow-write --allow-env examples/training/main.ts --help` tells how to run it.
 */
import { NotFoundError } from "@lade/core";
import { Lade } from "@lade/lade";
import { readScriptOptions } from "../../tools/scripts/script_options.ts";
import { writeDigits } from "./digits.ts";
import { evaluate, train } from "./train.ts";

const HELP = `examples/training/main.ts: trains a small network, or goes on training it

  --at URI       where images and checkpoint are, with a slash at its end; a new temporary directory by default
  --epochs N     times through the images; 8 by default
  --stop-at N    breaks off after that step, of any epoch
  --help         this`;

const { values } = readScriptOptions(HELP, {
  options: {
    at: { type: "string" },
    epochs: { type: "string", default: "8" },
    "stop-at": { type: "string", default: "Infinity" },
  },
});

const root = values.at ?? `file://${await Deno.makeTempDir()}/`;
if (root.startsWith("file://")) await Deno.mkdir(new URL(root), { recursive: true });
await using lade = new Lade();
const { store, key } = await lade.locate(root);
// It is written last.
const held = await store.head(`${key}held-out/digits-000.tfrecord.idx`).catch((error) => {
  if (!(error instanceof NotFoundError)) throw error;
});
if (!held) {
  await writeDigits(store, `${key}images/`, { shards: 4, perShard: 256, seed: 1 });
  await writeDigits(store, `${key}held-out/`, { shards: 1, perShard: 256, seed: 2 });
}
const stopAt = Number(values["stop-at"]);
const checkpoint = `${root}model.safetensors`;
class Stopped extends Error {}
try {
  await train(lade, {
    images: `${root}images/`,
    checkpoint,
    epochs: Number(values.epochs),
    saveEvery: 10,
    onStep(step, loss, epoch) {
      console.log(`epoch ${epoch} step ${step} loss ${loss}`);
      if (step >= stopAt) throw new Stopped();
    },
  });
  const right = await evaluate(lade, `${root}held-out/`, checkpoint);
  console.log(`${Math.round(right * 100)} % of other images are read right`);
} catch (error) {
  if (!(error instanceof Stopped)) throw error;
  console.log(`Broken off: go on by --at ${root}`);
}
