import { fileURLToPath } from "node:url";
import type { Bench, Contender, Prepared } from "../bench.ts";
import { run } from "../peers.ts";
import { makeWorkspace } from "../workspace.ts";
import { MODEL_BYTES } from "./model.ts";

/** What `bounds_child.ts` prints. */
interface Figures {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes?: number;
  /** Bytes that were wanted, and the share of all bytes that was read for them. */
  readonly bytes?: number;
  readonly share?: number;
}

const GIB = MODEL_BYTES / 2 ** 30;
const MEBIBYTE = 2 ** 20;

/** A benchmark of works of `bounds_child.ts`, each of which has an empty directory. */
function bounded(
  { name, title, works, amount = MODEL_BYTES, unit = "bytes", ...asked }:
    & Pick<Bench, "name" | "title">
    & Partial<Pick<Prepared, "bars" | "bounds" | "unit">>
    & { readonly works: Readonly<Record<string, string>>; readonly amount?: number },
): Bench {
  return {
    name,
    title,
    async prepare() {
      const workspace = await makeWorkspace();
      const shares = new Map<string, number>();
      const contenders = Object.entries(works).map(([name, work]): Contender => ({
        name,
        async run() {
          const place = await Deno.makeTempDir({ dir: workspace.path });
          const { seconds, share, bytes = amount, ...rest } = await measure(work, `file://${place}/series`);
          await Deno.remove(place, { recursive: true });
          await run("sync", []);
          if (share !== undefined) shares.set(name, share);
          return { rate: bytes / seconds, ...rest };
        },
      }));
      return {
        unit,
        contenders,
        bars: [],
        ...asked,
        async [Symbol.asyncDispose]() {
          for (const [name, share] of shares) {
            console.log(
              `  ${name}: ${share.toFixed(3)} of all bytes read (at most 0.25)${
                share > 0.25 ? " MISSED" : ""
              }`,
            );
          }
          await workspace[Symbol.asyncDispose]();
        },
      };
    },
  };
}

async function measure(work: string, uri: string): Promise<Figures> {
  const script = fileURLToPath(new URL("./bounds_child.ts", import.meta.url));
  return JSON.parse(await run(Deno.execPath(), ["run", "--quiet", "--no-prompt", "-A", script, work, uri]));
}

/** How long the training waits for a save. */
export const checkpointSnapshot: Bench = bounded({
  name: "checkpoint-snapshot",
  title: `From save() until memory may change, ${GIB} GiB being copied, of a second save`,
  works: { "lade": "snapshot", "memcpy": "memcpy" },
  bars: [{ ours: "lade", baseline: "memcpy", atLeast: 0.8 }],
});

/** What a save takes besides the tensors. */
export const checkpointMemory: Bench = bounded({
  name: "checkpoint-memory",
  title: `Memory that a save of ${GIB} GiB takes, besides the tensors`,
  works: { "snapshotBytes by default": "memory", "a quarter": "memory-quarter" },
  bounds: [
    { ours: "snapshotBytes by default", peakBytesAtMost: 64 * MEBIBYTE },
    { ours: "a quarter", peakBytesAtMost: MODEL_BYTES / 4 },
  ],
});

/** A part of each tensor, as ranks of another world load it. */
export const checkpointReshard: Bench = bounded({
  name: "checkpoint-reshard",
  title: `An eighth of each matrix of ${GIB} GiB, cached, every checksum compared`,
  works: { "rows, saved whole": "reshard-rows", "columns, saved by four ranks": "reshard-columns" },
});

/** What the last rank does. */
export const checkpointCommit: Bench = bounded({
  name: "checkpoint-commit",
  title: "The commit of 1,024 ranks without tensors, memory://",
  works: { "lade": "commit" },
  amount: 1024,
  unit: "calls",
  bounds: [{ ours: "lade", cpuSecondsAtMost: 1 }],
});
