/**
 * One rank of a training: it has some of the rows of a matrix, changes them at each step, and saves them with those of the
 * other ranks. Which rank it is and what the run is called, its launcher tells by variables.
 */
import { runFromEnvironment } from "@lade/checkpoint";
import { checkpoints, NotFoundError } from "@lade/lade";
import { worldFromEnvironment } from "@lade/loader";

const [ROWS, COLUMNS] = [48, 256];
const [uri = "", steps = "60", saveEvery = "10", dieAt = ""] = Deno.args;
const { rank, size } = worldFromEnvironment();
const { run } = runFromEnvironment();
await using series = await checkpoints(uri, { run, rank, worldSize: size, keep: { last: 2 } });

const from = Math.floor(ROWS * rank / size);
const rows = Math.floor(ROWS * (rank + 1) / size) - from;
const box = { name: "weight", offsets: [from, 0], shape: [rows, COLUMNS] };
const weight = new Float32Array(rows * COLUMNS);

/** All ranks go on from one checkpoint, whatever is newest by now: the one that was newest when the run began. */
async function resume(): Promise<number> {
  try {
    await using checkpoint = await series.open("resume");
    await checkpoint.load([{ ...box, data: weight }]);
    return checkpoint.info.step;
  } catch (error) {
    if (error instanceof NotFoundError) return 0;
    throw error;
  }
}

const begin = await resume();
if (rank === 0) console.log(begin > 0 ? `goes on from step ${begin}` : "begins");
let last: Promise<unknown> = Promise.resolve();
for (let step = begin + 1; step <= Number(steps); step++) {
  for (let place = 0; place < weight.length; place++) {
    weight[place] = Math.sin((weight[place] ?? 0) + step * 0.01 + (from * COLUMNS + place) * 0.001);
  }
  if (step % Number(saveEvery) === 0 || step === Number(steps)) {
    await last; // one save at a time goes on beside the training
    const globalShape = [ROWS, COLUMNS];
    const save = series.save(step, { tensors: [{ ...box, dtype: "float32", globalShape, data: weight }] });
    await save.snapshot; // from here on the rows may change again
    last = save.committed;
    last.catch(() => {}); // it is looked at by the next one
  }
  if (String(step) === dieAt) Deno.kill(Deno.pid, "SIGKILL");
}
await last;
