/**
 * Builds the `lade` command into `dist`, which git ignores: `dist/main.js` is the program. Run it with `deno task build`.
 *
 * @module
 */
import { bundleCommand } from "./bundle_command.ts";

const DIST = new URL("../../dist", import.meta.url).pathname;

try {
  await Deno.remove(DIST, { recursive: true });
} catch (error) {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
await bundleCommand(DIST);
console.log(`${DIST}/main.js is the command`);
