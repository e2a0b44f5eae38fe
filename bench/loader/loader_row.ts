import { fileURLToPath } from "node:url";
import type { Bar, Bound, Contender, Prepared } from "../bench.ts";
import { runSelfTimed } from "../timed_command.ts";
import { loaderPeer } from "./loader_peers.ts";

const CHILD = fileURLToPath(new URL("./loader_child.ts", import.meta.url));

/** Who goes through samples, and what is asked. */
export interface LoaderRow {
  /** The samples. */
  readonly uri: string;
  /** Bytes of all of them, or calls. */
  readonly total: number;
  /** Samples of a batch. */
  readonly batch: number;
  /** What Lade does, by what it is called in the table; works of `loader_child.ts`, which are given `argument`. */
  readonly works: Readonly<Record<string, string>>;
  /** Those of `loader_peers.ts`. */
  readonly peers?: readonly string[];
  /** Where they find a server. */
  readonly env?: Readonly<Record<string, string>>;
  /** What rates count; `total` by default. */
  readonly amount?: number;
  /** What a child is given besides, and a peer. */
  readonly argument?: number;
  readonly unit?: Prepared["unit"];
  readonly bars: readonly Bar[];
  readonly bounds?: readonly Bound[];
  readonly dispose: () => PromiseLike<void>;
}

/** What a row of the table comes to. A peer that is not here is left out, and its ratio is printed as skipped. */
export async function prepareRow(row: LoaderRow): Promise<Prepared> {
  const { uri, total, batch, works, peers = [], env = {}, amount = total, argument = 0, bounds = [] } = row;
  const timed = (name: string, command: readonly string[]): Contender => ({
    name,
    run: () => runSelfTimed({ command, env, amount }),
  });
  const ours = Object.entries(works).map(([name, work]) => {
    const args = [work, uri, `${total}`, `${batch}`, `${argument}`];
    return timed(name, [Deno.execPath(), "run", "--quiet", "--no-check", "-A", CHILD, ...args]);
  });
  const others: Contender[] = [];
  for (const name of peers) {
    const command = await loaderPeer(name, uri, total, batch, argument);
    if (command) others.push(timed(name, command));
  }
  const { bars, unit = "bytes", dispose } = row;
  return { contenders: [...ours, ...others], bars, bounds, unit, [Symbol.asyncDispose]: dispose };
}
