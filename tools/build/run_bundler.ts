/**
 * That within Deno 2.9 (0.25.5) takes `using slab = lease()` for a constant, and where `slab` is named once, it puts the
 * value there: then nothing is given back.
 */
const MINIFIER = "npm:esbuild@0.28.2";

/** Where a bundle goes. */
export type BundleTarget = { readonly outdir: string } | { readonly output: string };

/**
 * Runs `deno bundle` with arguments, and minifies what it made, each file edited before; a failure says what was said.
 */
export async function bundle(
  args: readonly string[],
  target: BundleTarget,
  edit: (code: string) => string = (code) => code,
): Promise<void> {
  const whole = await Deno.makeTempDir({ prefix: "lade-bundle-" });
  try {
    const to = "output" in target ? ["--output", `${whole}/out.js`] : ["--outdir", whole];
    await run(["bundle", "--quiet", ...to, ...args]);
    const files = (await Array.fromAsync(Deno.readDir(whole))).map(({ name }) => `${whole}/${name}`);
    for (const file of files) await Deno.writeTextFile(file, edit(await Deno.readTextFile(file)));
    await run([
      ...MINIFY,
      ..."output" in target ? [`--outfile=${target.output}`] : [`--outdir=${target.outdir}`],
      ...files,
    ]);
  } finally {
    await Deno.remove(whole, { recursive: true });
  }
}

const MINIFY = [
  "run",
  "--quiet",
  "--no-config",
  "--allow-all",
  MINIFIER,
  "--minify",
  "--format=esm",
  "--log-level=error",
];

async function run(args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`Cannot bundle: ${new TextDecoder().decode(stderr).trim()}`);
}

/** Why nothing can be bundled here; `undefined` where it can. */
export async function bundlingFault(): Promise<string | undefined> {
  const path = await Deno.makeTempFile({ suffix: ".js" });
  try {
    await bundle(["--no-config", path], { output: `${path}.out.js` });
    await Deno.remove(`${path}.out.js`);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await Deno.remove(path);
  }
}
