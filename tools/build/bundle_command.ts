import { fileURLToPath } from "node:url";
import { buildName } from "./build_name.ts";
import { type Chunk, chunkGroups } from "./chunk_groups.ts";
import { commandsLoads } from "./commands_loads.ts";
import { importsOf, mergeChunks } from "./merge_chunks.ts";
import { bundle } from "./run_bundler.ts";

const MAIN = fileURLToPath(new URL("../../packages/cli/main.ts", import.meta.url));
const LANE = fileURLToPath(new URL("../../packages/service/http/lane.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** What stands in `version_text.ts` in place of what is built. */
const BUILD = "@BUILD@";

/** What `deno bundle` puts into every module that may `require`: it loads the module system of Node when it starts. */
const REQUIRE =
  /import\s*\{\s*createRequire as (\w+)\s*\}\s*from\s*"node:module";\s*var (\w+)\s*=\s*\1\(import\.meta\.url\);/g;

/**
 * Bundles the `lade` command into a directory, with all it needs of npm: `main.js` is the program, `lane.js` that of the
 * isolates by which it moves large bodies, the other files are what it loads as it needs it; what the commands load
 * together lies in one file. Needs the npm registry, or what Deno has kept of it; a failure says what `deno bundle` said.
 */
export async function bundleCommand(directory: string): Promise<void> {
  const whole = await Deno.makeTempDir({ prefix: "lade-bundle-" });
  try {
    await bundle(["--config", CONFIG, "--code-splitting", MAIN], { outdir: whole }, requireLate);
    const split = new Map<string, string>();
    for await (const { name } of Deno.readDir(whole)) {
      split.set(name, await Deno.readTextFile(`${whole}/${name}`));
    }
    const merged = await mergeChunks(
      split,
      await groupsOf(split),
      (programs, { external, outdir }) =>
        bundle(["--no-config", `--external=${external}`, ...programs], { outdir }, requireLate),
    );
    const build = await buildName() ?? BUILD;
    await Deno.mkdir(directory, { recursive: true });
    for (const [name, code] of merged) {
      await Deno.writeTextFile(`${directory}/${name}`, code.replaceAll(BUILD, build));
    }
  } finally {
    await Deno.remove(whole, { recursive: true });
  }
  await bundle(["--config", CONFIG, LANE], { output: `${directory}/lane.js` });
}

/** Which files are better one. The program waits within itself for what it loads, so that nothing else is put to it. */
async function groupsOf(split: ReadonlyMap<string, string>): Promise<string[][]> {
  const chunks = new Map(
    [...split].map(([name, code]) => [name, { size: code.length, imports: importsOf(code) }] as const),
  );
  const start = reachedFrom("main.js", chunks);
  const rest = new Map([...chunks].filter(([name]) => !start.has(name)));
  start.delete("main.js");
  const groups = chunkGroups(rest, await commandsLoads(split));
  return start.size > 1 ? [[...start], ...groups] : groups;
}

function reachedFrom(name: string, chunks: ReadonlyMap<string, Chunk>): Set<string> {
  const reached = new Set([name]);
  for (const file of reached) for (const next of chunks.get(file)?.imports ?? []) reached.add(next);
  return reached;
}

function requireLate(code: string): string {
  return code.replaceAll(REQUIRE, withLateRequire);
}

/** The same function, which loads the module system when it is called: only CommonJS parts of the AWS SDK do. */
function withLateRequire(_code: string, _import: string, require: string): string {
  return `var ${require}=(name)=>process.getBuiltinModule("node:module").createRequire(import.meta.url)(name);`;
}
