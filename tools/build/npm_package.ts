import config from "../../packages/cli/deno.json" with { type: "json" };
import { compress } from "./compress.ts";
import { runFlags } from "./run_flags.ts";
import { tarOf } from "./tar_of.ts";

const ROOT = new URL("../../", import.meta.url);

/** A package of npm, as its registry takes it. */
export interface NpmPackage {
  /** The name of its file. */
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Packs a bundled program for npm: its command starts it with the Deno that npm installs beside it, of this minor version. */
export async function npmPackage(program: string): Promise<NpmPackage> {
  const { name, version, jsr: { description } } = config;
  const manifest = {
    name,
    version,
    description,
    license: "Apache-2.0",
    bin: { lade: "lade.cjs" },
    engines: { node: ">=18" },
    dependencies: { deno: `~${Deno.version.deno}` },
  };
  const flags = (isWindows: boolean) => runFlags(isWindows).map((flag) => JSON.stringify(flag)).join(", ");
  const launcher = (await Deno.readTextFile(new URL("./npm_launcher.cjs", import.meta.url)))
    .replace("/* WINDOWS FLAGS */", () => flags(true))
    .replace("/* FLAGS */", () => flags(false));
  const text = (content: string) => new TextEncoder().encode(content);
  const tar = await tarOf([
    { name: "package/package.json", bytes: text(`${JSON.stringify(manifest, null, 2)}\n`) },
    { name: "package/lade.cjs", bytes: text(launcher), mode: 0o755 },
    { name: "package/README.md", bytes: await Deno.readFile(new URL("packages/cli/README.md", ROOT)) },
    { name: "package/LICENSE", bytes: await Deno.readFile(new URL("LICENSE", ROOT)) },
  ], { "package/program": program });
  const file = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
  return { name: file, bytes: await compress(tar, 9) };
}
