import { importsOf } from "./imports.ts";
import type { TrackedFile } from "./tracked_files.ts";

/** Which module of `packages/` imports which: paths from the root, tests left out, imports of types among them. */
export type ModuleGraph = ReadonlyMap<string, ReadonlySet<string>>;

/** Reads the imports of every module of `packages/`, also across packages. */
export function moduleGraph(files: readonly TrackedFile[]): ModuleGraph {
  const entries = new Map(files.flatMap(entriesOf));
  const graph = new Map<string, Set<string>>();
  for (const { path, text } of files) {
    if (!/^packages\/.*\.ts$/.test(path) || path.endsWith("_test.ts")) continue;
    const imported = importsOf(text).flatMap(({ specifier }) =>
      specifier.startsWith(".")
        ? new URL(specifier, `file:///${path}`).pathname.slice(1)
        : entries.get(specifier) ?? []
    );
    graph.set(path, new Set(imported));
  }
  return graph;
}

/** The specifiers that a package exports, each with its module. */
function entriesOf({ path, text }: TrackedFile): [string, string][] {
  const [, directory] = /^(packages\/[^/]+)\/deno\.json$/.exec(path) ?? [];
  if (directory === undefined) return [];
  const { name, exports } = JSON.parse(text) as { name: string; exports: string | Record<string, string> };
  return Object.entries(typeof exports === "string" ? { ".": exports } : exports).map(
    ([entry, module]) => [`${name}${entry.slice(1)}`, `${directory}/${module.slice(2)}`],
  );
}
