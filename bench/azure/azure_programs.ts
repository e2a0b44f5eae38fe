import { fileURLToPath } from "node:url";
import type { BenchContainer } from "../bench_container.ts";
import { ladeAt, type Program, rclone, s3dlioAt } from "../programs.ts";

/** Work without the library's stores: `azure_child.ts`. */
export function azureChild(...args: readonly string[]): readonly string[] {
  const script = fileURLToPath(new URL("./azure_child.ts", import.meta.url));
  return [Deno.execPath(), "run", "--quiet", "--no-prompt", "-A", script, ...args];
}

/** Lade, and the peers that are there. */
export function programsAt({ root, s3dlioRoot }: BenchContainer): Program[] {
  return [ladeAt(root), ...s3dlioAt(s3dlioRoot), ...rclone()];
}
