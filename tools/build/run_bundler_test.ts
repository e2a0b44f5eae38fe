import { assertEquals } from "@std/assert";
import { bundle, bundlingFault } from "./run_bundler.ts";

const ignore = await bundlingFault() !== undefined;

Deno.test({
  name: "what is bundled gives back what it holds, also where that is named once",
  ignore,
  async fn() {
    const directory = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${directory}/program.ts`, PROGRAM);
      await bundle(["--no-config", `${directory}/program.ts`], { output: `${directory}/out.js` });
      const { run } = await import(`file://${directory}/out.js`);
      assertEquals(await run(), ["used", "given back", "used", "given back later"]);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

const PROGRAM = `
const log: string[] = [];
function lease() {
  return { bytes: [1], [Symbol.dispose]() { log.push("given back"); } };
}
function open() {
  return { bytes: [1], async [Symbol.asyncDispose]() { log.push("given back later"); } };
}
function now() {
  using held = lease();
  const bytes = held.bytes.slice(0, 1);
  log.push("used");
  return bytes;
}
async function later() {
  await using held = open();
  const bytes = held.bytes.slice(0, 1);
  log.push("used");
  return bytes;
}
export async function run() {
  now();
  await later();
  return log;
}
`;
