const MAIN = new URL("../../packages/cli/main.ts", import.meta.url).pathname;
const LANE = new URL("../../packages/service/http/lane.ts", import.meta.url).pathname;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

/** What `deno bundle` puts into every module that may `require`: it loads the module system of Node when it starts. */
const REQUIRE =
  /import\s*\{\s*createRequire as (\w+)\s*\}\s*from\s*"node:module";\s*var (\w+)\s*=\s*\1\(import\.meta\.url\);/g;

/**
 * Bundles the `lade` command into a directory, with all it needs of npm: `main.js` is the program, `lane.js` that of the
 * isolates by which it moves large bodies, the other files are what it loads as it needs it. Needs the npm registry, or what Deno has kept of it; a failure says what `deno bundle` said.
 */
export async function bundleCommand(directory: string): Promise<void> {
  await bundle(["--config", CONFIG, "--code-splitting", "--minify", "--outdir", directory, MAIN]);
  await bundle(["--config", CONFIG, "--minify", "--output", `${directory}/lane.js`, LANE]);
  for await (const { name, isFile } of Deno.readDir(directory)) {
    if (!isFile || !name.endsWith(".js")) continue;
    const path = `${directory}/${name}`;
    const code = await Deno.readTextFile(path);
    const late = code.replaceAll(REQUIRE, withLateRequire);
    if (late !== code) await Deno.writeTextFile(path, late);
  }
}

/** Why nothing can be bundled here; `undefined` where it can. */
export async function bundlingFault(): Promise<string | undefined> {
  const path = await Deno.makeTempFile({ suffix: ".js" });
  try {
    await bundle(["--no-config", "--output", `${path}.out.js`, path]);
    await Deno.remove(`${path}.out.js`);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await Deno.remove(path);
  }
}

async function bundle(args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", ...args],
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`Cannot bundle: ${new TextDecoder().decode(stderr).trim()}`);
}

/** The same function, which loads the module system when it is called: only CommonJS parts of the AWS SDK do. */
function withLateRequire(_code: string, _import: string, require: string): string {
  return `var ${require}=(name)=>process.getBuiltinModule("node:module").createRequire(import.meta.url)(name);`;
}
