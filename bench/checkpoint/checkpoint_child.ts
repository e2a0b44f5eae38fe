/**
 * Saves or loads a checkpoint by the library of this checkout, twice: `checkpoint_child.ts URI WORK SYNC`, where SYNC is what is
 * waited for of local files.
 */
import type { Checkpoints, LoadOptions } from "@lade/checkpoint";
import { checkpoints } from "../../packages/lade/checkpoints.ts";
import { Lade } from "../../packages/lade/mod.ts";
import { runTwice } from "../run_twice.ts";
import { evictBelow } from "./evict_below.ts";
import { makeModel } from "./model.ts";

const [uri = "", work = "", sync = "full"] = Deno.args;
const isLocal = /^(?:file|direct):/.test(uri);
await using lade = new Lade({ config: { file: { sync }, direct: { sync } } });

const works: Record<string, () => Promise<void>> = {
  async make() {
    await using series = await checkpoints(uri, { lade });
    await series.save(0, { tensors: makeModel() }).committed;
  },
  async save() {
    const tensors = makeModel();
    const opened: Checkpoints[] = [];
    await runTwice(
      async () => await opened.at(-1)?.save(1, { tensors }).committed,
      async () => {
        const last = opened.at(-1)?.uri;
        if (last !== undefined && isLocal) await Deno.remove(pathOf(last), { recursive: true });
        await new Deno.Command("sync").output();
        opened.push(await checkpoints(`${uri}/${opened.length}`, { lade }));
      },
    );
  },
  load: () => loadTwice(),
  "load-unchecked": () => loadTwice({ verify: false }),
  "load-cold": () => loadTwice({}, () => evictBelow(pathOf(uri))),
  async "load-all"() {
    await using series = await checkpoints(uri, { lade, readOnly: true });
    await runTwice(async () => {
      await using checkpoint = await series.open("latest");
      await checkpoint.loadAll();
    });
  },
};

async function loadTwice(options: LoadOptions = {}, before?: () => Promise<void>): Promise<void> {
  const targets = makeModel().map(({ name, data }) => ({ name, data }));
  await using series = await checkpoints(uri, { lade, readOnly: true });
  await runTwice(async () => {
    await using checkpoint = await series.open("latest");
    await checkpoint.load(targets, options);
  }, before);
}

function pathOf(uri: string): string {
  return uri.slice(uri.indexOf("://") + 3);
}

const run = works[work];
if (!run) throw new Error(`Cannot run ${work}: known are ${Object.keys(works).join(", ")}`);
await run();
