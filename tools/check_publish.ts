/**
 * Checks that every package can be published, and that JSR would give it every point but that for provenance: runs `deno
 * publish --dry-run`, which finds slow types, and `deno doc --json`. Run it with `deno task check:publish`; with `--files`
 * it names every file that would be published.
 */
import { readDryRun } from "./publish/dry_run.ts";
import { fileFaults } from "./publish/published_files.ts";
import { type Documentation, judgePackage, type PackageManifest } from "./publish/registry_score.ts";

/** What users name on a command line, or in a loader's options, is imported by its URL. */
const IMPORTS_OF_USERS =
  /^packages\/(?:cli\/loader\/module_of|loader\/workers\/(?:sample_work|worker_program))\.ts:/;

const faults: string[] = [];
const { workspace } = await readJson<{ workspace: readonly string[] }>("deno.json");
const dryRun = await deno(["publish", "--dry-run", "--allow-dirty"]);
if (!dryRun.success) {
  console.log(dryRun.text);
  Deno.exit(1);
}
const { files, warnings } = readDryRun(dryRun.text, Deno.cwd());
for (const { kind, place } of warnings) {
  if (kind === "unanalyzable-dynamic-import" && IMPORTS_OF_USERS.test(place)) continue;
  faults.push(`${place}: ${kind}`);
}
for (const member of workspace) {
  const folder = member.slice(2);
  const manifest = await readJson<PackageManifest>(`${folder}/deno.json`);
  const published = files.get(manifest.name) ?? [];
  const { faults: short, documented, declared, runtimes } = judgePackage({
    manifest,
    documentation: await documentationOf(folder, manifest),
    readme: await Deno.readTextFile(`${folder}/README.md`).catch(() => undefined),
  });
  const wrong = [...fileFaults(folder, published.map(({ path }) => path)), ...short];
  faults.push(...wrong.map((fault) => `${manifest.name}: ${fault}`));
  const kilobytes = Math.round(published.reduce((sum, { size }) => sum + size, 0) / 1024);
  console.log(
    `${manifest.name}: ${published.length} files, ${kilobytes} KiB, ${documented} of ${declared} symbols documented, ${
      runtimes.join(", ")
    }`,
  );
  if (Deno.args.includes("--files")) { for (const { path } of published) console.log(`  ${path}`); }
}
for (const fault of faults) console.log(fault);
console.log(
  faults.length === 0 ? `${workspace.length} packages can be published` : `${faults.length} faults`,
);
if (faults.length > 0) Deno.exit(1);

async function documentationOf(folder: string, { exports }: PackageManifest): Promise<Documentation> {
  const paths = typeof exports === "string" ? [exports] : Object.values(exports);
  const { success, text, output } = await deno([
    "doc",
    "--json",
    ...paths.map((path) => `${folder}/${path}`),
  ]);
  if (!success) throw new Error(text);
  return (JSON.parse(output) as { nodes: Documentation }).nodes;
}

/** Runs Deno; `text` is all that it says. */
async function deno(args: readonly string[]): Promise<{ success: boolean; output: string; text: string }> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { NO_COLOR: "1" },
  }).output();
  const [output, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { success, output: output ?? "", text: `${output}${said}` };
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(path)) as T;
}
