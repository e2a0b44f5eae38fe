/**
 * The public interface of every package, as `packages/NAME/api.txt` keeps it. `deno task api` writes these files;
 * `deno task check:api` compares them with the code, so that no export changes unseen.
 */
import { parseArgs } from "node:util";
import { isNode, list } from "./render_type.ts";
import { renderApi } from "./render_api.ts";

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
const { workspace } = JSON.parse(await Deno.readTextFile("deno.json")) as { workspace: string[] };
let changed = 0;
/** What packages export that another one exports too is told where it is declared. */
const told = new Set<string>();
for (const member of workspace) {
  const path = `${member.slice(2)}/api.txt`;
  const now = await describe(member);
  const before = await Deno.readTextFile(path).catch(() => "");
  if (now === before) continue;
  changed++;
  if (values.write) {
    await Deno.writeTextFile(path, now);
    console.log(`${path}: written`);
  } else console.log([`${path}: the package exports something else`, ...difference(before, now)].join("\n"));
}
if (changed > 0 && !values.write) {
  console.log("If that is meant, run `deno task api` and say so in the changelog.");
  Deno.exit(1);
}
if (changed === 0) console.log(`${workspace.length} packages export what their api.txt says`);

/** Every entry point of a package with the names it exports, then each declaration once. */
async function describe(member: string): Promise<string> {
  const { name, exports } = JSON.parse(await Deno.readTextFile(`${member}/deno.json`)) as {
    name: string;
    exports: string | Record<string, string>;
  };
  const entries: string[] = [];
  const declarations = new Set<string>();
  for (const [entry, module] of Object.entries(typeof exports === "string" ? { ".": exports } : exports)) {
    const symbols = await symbolsOf(`${member}/${module}`);
    const names = symbols.filter(isNode).map((symbol) => String(symbol.name)).sort();
    entries.push(`${name}${entry.slice(1)}`, ...names.map((exported) => `  ${exported}`));
    for (const declaration of renderApi(symbols)) declarations.add(declaration);
  }
  for (const declaration of declarations) {
    if (told.has(declaration)) declarations.delete(declaration);
    told.add(declaration);
  }
  return `${[...entries, "", ...[...declarations].sort()].join("\n")}\n`;
}

async function symbolsOf(module: string): Promise<readonly unknown[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", module],
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as {
    nodes: Record<string, { symbols: unknown }>;
  };
  return Object.values(nodes).flatMap(({ symbols }) => list(symbols));
}

function difference(before: string, now: string): string[] {
  const [old, fresh] = [before, now].map((text) => new Set(text.split("\n")));
  return [
    ...[...old ?? []].filter((line) => !fresh?.has(line)).map((line) => `- ${line}`),
    ...[...fresh ?? []].filter((line) => !old?.has(line)).map((line) => `+ ${line}`),
  ];
}
