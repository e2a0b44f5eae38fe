/**
 * Makes the `lade` command one file, `dist/lade`, which git ignores. Run it with `deno task compile`.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { bundleCommand } from "./bundle_command.ts";
import { compileByDeno } from "./compile_by_deno.ts";
import { denoOfTarget, TARGETS } from "./deno_of_target.ts";
import { packSelfExtracting } from "./pack_self_extracting.ts";
import { sha256Hex } from "./sha256_hex.ts";
import { readScriptOptions, refuse } from "../scripts/script_options.ts";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
const HELP = `Usage: deno task compile [OPTION...]

Makes the command one file, dist/lade, and beside it a file with its SHA-256. "deno compile" makes it, where its runtime
can be downloaded; else it becomes a file that unpacks the program and a Deno at its first start.

  --target TARGET     what it is to run on, instead of this machine; then the file is dist/lade-TARGET:
${TARGETS.map((target) => `                      ${target}`).join("\n")}
  --output FILE       writes it there instead
  --self-extracting   makes the file that unpacks itself, without trying the other
  --allow-ffi         lets it map memory too, for "loader stream --shared-memory"
  --allow-all         lets it do everything, so that files below /dev, /proc and /sys can be opened`;

const { values } = readScriptOptions(HELP, {
  options: {
    target: { type: "string", default: Deno.build.target },
    output: { type: "string" },
    "self-extracting": { type: "boolean", default: false },
    "allow-ffi": { type: "boolean", default: false },
    "allow-all": { type: "boolean", default: false },
  },
});
const { target } = values;
if (!TARGETS.includes(target)) refuse(`--target ${target} is none of ${TARGETS.join(", ")}`);
const isHere = target === Deno.build.target;
const suffix = target.includes("windows") ? ".exe" : "";
const output = values.output ?? `${DIST}/lade${isHere ? "" : `-${target}`}${suffix}`;
const flags = (["allow-ffi", "allow-all"] as const).filter((name) => values[name]).map((name) => `--${name}`);

const directory = await Deno.makeTempDir({ prefix: "lade-compile-" });
try {
  const program = `${directory}/program`;
  await bundleCommand(program);
  const compiled = `${directory}/lade${suffix}`;
  let way = "it was made by deno compile";
  const fault = values["self-extracting"]
    ? "it was asked for"
    : await compileByDeno({ program, target, flags, output: compiled });
  if (fault !== undefined) {
    way = `it unpacks itself at its first start: ${fault}`;
    const deno = await denoOfTarget(target, directory, fault);
    await Deno.writeFile(compiled, await packSelfExtracting({ program, deno, target, flags }));
  }
  const bytes = await Deno.readFile(compiled);
  await Deno.mkdir(output.replace(/[^/]*$/, "") || ".", { recursive: true });
  const name = output.replace(/^.*\//, "");
  await replaceFile(output, bytes, 0o755);
  await replaceFile(
    `${output}.sha256`,
    new TextEncoder().encode(`${await sha256Hex(bytes)}  ${name}\n`),
    0o644,
  );
  console.log(`${output} is the command for ${target}, ${(bytes.length / 2 ** 20).toFixed(1)} MiB; ${way}`);
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : error}`);
  Deno.exitCode = 1;
} finally {
  await Deno.remove(directory, { recursive: true });
}

/** Puts a file in place of another, which may be running. */
async function replaceFile(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  await Deno.writeFile(`${path}.new`, bytes, { mode });
  await Deno.chmod(`${path}.new`, mode);
  await Deno.rename(`${path}.new`, path);
}
