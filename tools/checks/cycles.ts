import type { ModuleGraph } from "./module_graph.ts";

/** Checks that no modules import one another in a circle, types included. */
export function checkCycles(graph: ModuleGraph): string[] {
  return circlesOf(graph).map((circle) => `${circle.join(", ")}: they import one another in a circle`);
}

/** The sets of modules that reach one another, by Tarjan's algorithm; modules on their own left out. */
function circlesOf(graph: ModuleGraph): string[][] {
  const found = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (module: string): number => {
    const index = found.size;
    found.set(module, index);
    low.set(module, index);
    open.push(module);
    for (const imported of graph.get(module) ?? []) {
      if (!graph.has(imported)) continue;
      const reached = found.has(imported)
        ? open.includes(imported) ? found.get(imported) ?? index : index
        : visit(imported);
      low.set(module, Math.min(low.get(module) ?? index, reached));
    }
    if (low.get(module) === index) {
      const circle = open.splice(open.indexOf(module));
      if (circle.length > 1 || graph.get(module)?.has(module)) circles.push(circle.sort());
    }
    return low.get(module) ?? index;
  };
  for (const module of graph.keys()) if (!found.has(module)) visit(module);
  return circles;
}
