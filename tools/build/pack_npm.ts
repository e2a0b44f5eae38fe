/**
 * Packs the `lade` command for npm into `dist`, which git ignores: `dist/lade-cli-VERSION.tgz` is a package over Deno's
 * own. Run it with `deno task pack:npm`.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { bundleCommand } from "./bundle_command.ts";
import { npmPackage } from "./npm_package.ts";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));

const program = await Deno.makeTempDir({ prefix: "lade-npm-" });
try {
  await bundleCommand(program);
  const { name, bytes } = await npmPackage(program);
  await Deno.mkdir(DIST, { recursive: true });
  await Deno.writeFile(`${DIST}/${name}`, bytes);
  console.log(`${DIST}/${name} is the package, which npm install takes`);
} finally {
  await Deno.remove(program, { recursive: true });
}
