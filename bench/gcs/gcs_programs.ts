import { fileURLToPath } from "node:url";
import type { BenchContainer } from "../bench_container.ts";
import { ladeAt, type Program, rclone } from "../programs.ts";

/** Work without the library's stores: `gcs_child.ts`. */
export function gcsChild(...args: readonly string[]): readonly string[] {
  const script = fileURLToPath(new URL("./gcs_child.ts", import.meta.url));
  return [Deno.execPath(), "run", "--quiet", "--no-prompt", "-A", script, ...args];
}

/** Lade, and the peers that are there. */
export function programsAt({ root }: Pick<BenchContainer, "root">): Program[] {
  return [ladeAt(root), ...rclone()];
}
