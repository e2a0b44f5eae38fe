/**
 * Builds the `lade` command into `dist`, which git ignores: `dist/main.js` is the program. Run it with `deno task build`.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { bundleCommand } from "./bundle_command.ts";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));

await Deno.mkdir(DIST, { recursive: true });
for await (const { name } of Deno.readDir(DIST)) {
  if (name.endsWith(".js")) await Deno.remove(`${DIST}/${name}`);
}
await bundleCommand(DIST);
console.log(`${DIST}/main.js is the command`);
