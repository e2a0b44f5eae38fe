/** The packages of npm that have Deno for a target. */
const PACKAGES: Readonly<Record<string, string>> = {
  "x86_64-unknown-linux-gnu": "@deno/linux-x64-glibc",
  "aarch64-unknown-linux-gnu": "@deno/linux-arm64-glibc",
  "x86_64-apple-darwin": "@deno/darwin-x64",
  "aarch64-apple-darwin": "@deno/darwin-arm64",
};

/** What the command can be made for, as Rust names it. */
export const TARGETS: readonly string[] = [
  ...Object.keys(PACKAGES),
  "x86_64-pc-windows-msvc",
  "aarch64-pc-windows-msvc",
];

/**
 * The path of a Deno of this version for a target: that which runs, or one that npm downloads below `directory`. There is
 * none for Windows, which has no shell to unpack it; `fault` says why it is asked for.
 */
export async function denoOfTarget(target: string, directory: string, fault: string): Promise<string> {
  if (target === Deno.build.target) return Deno.execPath();
  const name = PACKAGES[target];
  if (name === undefined) {
    throw new TypeError(`Cannot make a file that unpacks itself for ${target}, and ${fault}`);
  }
  const versioned = `${name}@${Deno.version.deno}`;
  const packed = await run("npm", ["pack", "--silent", versioned, "--pack-destination", directory]);
  await run("tar", ["-xzf", `${directory}/${packed.trim()}`, "-C", directory, "package/deno"]);
  return `${directory}/package/deno`;
}

async function run(program: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`Cannot get Deno: ${program} ${args.join(" ")}: ${text(stderr).trim()}`);
  return text(stdout);
}
