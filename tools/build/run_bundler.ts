/** Runs `deno bundle` with arguments; a failure says what it said. */
export async function bundle(args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", ...args],
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
    await bundle(["--no-config", "--output", `${path}.out.js`, path]);
    await Deno.remove(`${path}.out.js`);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await Deno.remove(path);
  }
}
