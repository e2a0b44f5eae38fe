import { ForwardingStore } from "@lade/core/layers";
import { MemoryStore } from "@lade/core/memory";
import { PlaceJudge } from "@lade/core/operations";
import type { ObjectMeta } from "@lade/core";
import { DifferenceJudge } from "../../packages/transfer/compare/difference_judge.ts";
import type { Place } from "../../packages/transfer/places/place.ts";
import { LeftOuts } from "../../packages/transfer/merge/left_outs.ts";
import { planSync } from "../../packages/transfer/sync/plan_sync.ts";
import { Lade } from "../../packages/lade/mod.ts";

/** Lists objects that are nowhere. */
class Synthetic extends ForwardingStore {
  readonly #count: number;

  constructor(count: number) {
    super(new MemoryStore());
    this.#count = count;
  }

  override async *list(prefix = ""): AsyncGenerator<ObjectMeta> {
    for (let i = 0; i < this.#count; i++) {
      const key = `${prefix}${String(Math.floor(i / 1000)).padStart(5, "0")}/${
        String(i % 1000).padStart(4, "0")
      }`;
      yield { key, size: i, lastModified: new Date(1e12), etag: `${i}-synthetic` };
    }
  }
}

function placeOf(name: string, count: number): Place {
  const uriOf = (key: string) => `memory://${name}/${key}`;
  return { store: new Synthetic(count), key: "p/", uri: uriOf("p/"), uriOf };
}

/** Plans the synchronization of as many objects as are asked for with as many that are the same, and prints what it took. */
const count = Number(Deno.args[0]);
await using lade = new Lade();
const { signal } = new AbortController();
const judge = new DifferenceJudge({ mode: "content", signal });
let unchanged = 0;
let peakBytes = 0;
const startMs = performance.now();
const steps = planSync({
  lade,
  operation: "sync",
  source: placeOf("a", count),
  destination: placeOf("b", count),
  createOnly: false,
  deletes: true,
  compare: (source, target) => judge.compare(source, target),
  judge: new PlaceJudge(),
  sourceLeftOuts: new LeftOuts(),
  targetLeftOuts: new LeftOuts(),
  onEmptyDirectory: () => {},
  onSource: () => {},
  onTarget: () => {},
  onUnchanged: () => {
    if (++unchanged % 10_000 === 0) peakBytes = Math.max(peakBytes, Deno.memoryUsage().rss);
  },
  signal,
});
for await (const step of steps) {
  throw new Error(`Cannot plan: there is something to do: ${JSON.stringify(step)}`);
}
if (unchanged !== count) throw new Error(`Cannot plan: ${unchanged} of ${count} objects`);
console.log(JSON.stringify({ seconds: (performance.now() - startMs) / 1000, peakBytes }));
