/**
 * Checks that every exported symbol of every package is documented and that the packages can be published: runs
 * `deno doc --lint` on each entry point. Run it with `deno task check:docs`.
 */
interface Manifest {
  readonly workspace: readonly string[];
}
interface PackageManifest {
  readonly exports: string | Readonly<Record<string, string>>;
}

const root: Manifest = JSON.parse(await Deno.readTextFile("deno.json"));
const entries: string[] = [];
for (const member of root.workspace) {
  const manifest: PackageManifest = JSON.parse(await Deno.readTextFile(`${member}/deno.json`));
  const paths = typeof manifest.exports === "string" ? [manifest.exports] : Object.values(manifest.exports);
  entries.push(...paths.map((path) => `${member}/${path}`));
}
const { success, stderr } = await new Deno.Command(Deno.execPath(), { args: ["doc", "--lint", ...entries] }).output();
if (!success) {
  console.log(new TextDecoder().decode(stderr));
  Deno.exit(1);
}
console.log(`${entries.length} entry points are documented`);
