import { createLoader } from "@lade/loader";
import { range } from "../../packages/loader/testing/range_dataset.ts";

/** The threads of this process that run workers. */
function workers(): number {
  let count = 0;
  for (const { name } of Deno.readDirSync("/proc/self/task")) {
    try {
      if (Deno.readTextFileSync(`/proc/self/task/${name}/comm`).startsWith("worker-")) count++;
    } catch (error) {
      // It ended in between.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return count;
}

/** Looks at the threads until there are so many, which name themselves as they begin, or so often that this will not be. */
async function workersOnce(count: number): Promise<number> {
  for (let look = 0; look < 3000 && workers() !== count; look++) {
    await new Promise((again) => setTimeout(again, 10));
  }
  return workers();
}

/**
 * A program that ends loops in the middle, in each way, and prints how many threads its workers had before, within, and in the
 * end, where they end by themselves.
 */
const [how, body] = Deno.args;
const before = workers();
const source = `export default (n) => n < 2 ? n : ${body}`;
const stop = new AbortController();
const loader = createLoader(range(40), {
  batchSize: 2,
  signal: stop.signal,
  transform: { module: `data:text/javascript,${encodeURIComponent(source)}` },
  pool: { workers: 2 },
});
const loop = loader[Symbol.asyncIterator]();
await loop.next();
const within = await workersOnce(2);
if (how === "dispose") await loader[Symbol.asyncDispose]();
else if (how === "break") await loop.return?.();
else {
  if (how === "abort") stop.abort(new Error("enough"));
  await loop.next().catch(() => {});
}
const ended = loader.stats().workers;
const left = body?.includes("while") ? workers() : await workersOnce(0);
console.log(JSON.stringify([before, within, ended, left]));
// A loop without an end is ended by nothing else.
Deno.exit();
