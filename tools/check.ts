/**
 * The repository's own rules, checked: who may import whom, who may call Deno, what a file may look like, how wide the
 * documentation is, that all packages have one version. Prints one line per breach and exits with 1 when there is any. Run it with `deno task check:rules`.
 */
import { checkCycles } from "./checks/cycles.ts";
import { checkDecisions } from "./checks/decisions.ts";
import { checkFile } from "./checks/files.ts";
import { checkImports } from "./checks/imports.ts";
import { checkLayers, LAYERS } from "./checks/layers.ts";
import { moduleGraph } from "./checks/module_graph.ts";
import { checkProse } from "./checks/prose.ts";
import { checkSecrets } from "./checks/secrets.ts";
import { checkSystemCalls } from "./checks/system_calls.ts";
import { trackedFiles } from "./checks/tracked_files.ts";
import { checkVersions } from "./checks/versions.ts";

const breaches: string[] = [];
const files = await trackedFiles();
const graph = moduleGraph(files);
breaches.push(
  ...checkVersions(files),
  ...checkDecisions(files),
  ...checkCycles(graph),
  ...checkLayers(graph, LAYERS),
);
for (const file of files) {
  breaches.push(...checkSecrets(file));
  if (file.path.endsWith(".md")) breaches.push(...checkProse(file));
  if (file.path.endsWith(".ts")) {
    breaches.push(...checkImports(file), ...checkFile(file), ...checkSystemCalls(file));
  }
}
for (const breach of breaches) console.log(breach);
console.log(breaches.length === 0 ? `${files.length} files keep the rules` : `${breaches.length} breaches`);
if (breaches.length > 0) Deno.exit(1);
