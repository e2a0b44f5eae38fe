/**
 * Checks that every exported symbol of every package is documented: runs `deno doc --lint` on each entry point. Run it
 * with `deno task check:docs`.
 *
 * The linter takes every type of another package for a private one; those that another package exports are left out, and
 * those that a module of the same package imports from npm, which are told there.
 */
interface Manifest {
  readonly workspace: readonly string[];
}
interface PackageManifest {
  readonly exports: string | Readonly<Record<string, string>>;
}

const PRIVATE = /^error\[private-type-ref\].* references private type '([^']+)'$/;
const ERROR = /^error\[/;
const NPM_TYPES = /^import type \{([^}]+)\} from "(?!\.|@lade\/|node:)[^"]+";/gm;

const root: Manifest = JSON.parse(await Deno.readTextFile("deno.json"));
const entries = new Map<string, string[]>();
for (const member of root.workspace) {
  const manifest: PackageManifest = JSON.parse(await Deno.readTextFile(`${member}/deno.json`));
  const paths = typeof manifest.exports === "string" ? [manifest.exports] : Object.values(manifest.exports);
  entries.set(member, paths.map((path) => `${member}/${path}`));
}
const known = new Map<string, ReadonlySet<string>>();
const foreign = new Map<string, ReadonlySet<string>>();
for (const [member, paths] of entries) {
  known.set(member, await exportedNames(paths));
  foreign.set(member, await namesOfNpm(member));
}
let breaches = 0;
for (const [member, paths] of entries) {
  const lines = (await doc(["--lint", ...paths])).stderr.split("\n");
  for (const [i, line] of lines.entries()) {
    if (!ERROR.test(line)) continue;
    const [, name] = PRIVATE.exec(line) ?? [];
    if (name !== undefined && exportedElsewhere(member, name)) continue;
    breaches++;
    console.log(`${line}\n${lines[i + 1]}`);
  }
}
console.log(breaches === 0 ? `${entries.size} packages are documented` : `${breaches} breaches`);
if (breaches > 0) Deno.exit(1);

function exportedElsewhere(member: string, name: string): boolean {
  if (foreign.get(member)?.has(name)) return true;
  return [...known].some(([other, names]) => other !== member && names.has(name));
}

/** The types that the modules below a folder import from packages that are not of this repository. */
async function namesOfNpm(folder: string): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) (await namesOfNpm(path)).forEach((found) => names.add(found));
    if (!name.endsWith(".ts")) continue;
    for (const [, list = ""] of (await Deno.readTextFile(path)).matchAll(NPM_TYPES)) {
      for (const imported of list.split(",")) names.add(imported.trim());
    }
  }
  return names;
}

async function exportedNames(paths: readonly string[]): Promise<Set<string>> {
  const names = new Set<string>();
  const { stdout } = await doc(["--json", ...paths]);
  for (const [, name] of stdout.matchAll(/"name":\s*"([^"]+)"/g)) if (name !== undefined) names.add(name);
  return names;
}

async function doc(args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  return { stdout: text.decode(stdout), stderr: text.decode(stderr) };
}
