import { assertEquals } from "@std/assert";
import { checkFile } from "./files.ts";
import { checkSecrets } from "./secrets.ts";

Deno.test("checkFile() refuses long files, vague names and leftovers", () => {
  assertEquals(checkFile({ path: "packages/core/a.ts", text: "x\n".repeat(401) }).length, 1);
  assertEquals(checkFile({ path: "packages/core/utils.ts", text: "" }).length, 1);
  assertEquals(checkFile({ path: "packages/core/camelCase.ts", text: "" }).length, 1);
  assertEquals(checkFile({ path: "packages/core/a.ts", text: `// ${"TO" + "DO"}: later\n` }).length, 1);
  assertEquals(checkFile({ path: "packages/core/a.ts", text: "export const x = 1;\n" }), []);
});

Deno.test("checkFile() refuses printing in a library, not in the command", () => {
  assertEquals(checkFile({ path: "packages/core/a.ts", text: 'console.log("x");\n' }).length, 1);
  assertEquals(checkFile({ path: "packages/cli/a.ts", text: 'console.log("x");\n' }), []);
});

Deno.test("checkFile() refuses the path of a module's URL, in which a space is written with a percent sign", () => {
  const path = (text: string) => checkFile({ path: "tools/a.ts", text }).length;
  assertEquals(path(`const ROOT = new URL("../", import.meta.${"url"}).pathname;\n`), 1);
  assertEquals(path(`const ROOT = fileURLToPath(new URL("../", import.meta.${"url"}));\n`), 0);
});

Deno.test("checkSecrets() finds keys, but not the documentation's example", () => {
  assertEquals(checkSecrets({ path: "a", text: "AKIA" + "ABCDEFGHIJKLMNOP" }).length, 1);
  assertEquals(checkSecrets({ path: "a", text: "AKIA" + "IOSFODNN7EXAMPLE" }), []);
  assertEquals(checkSecrets({ path: "a", text: "-----BEGIN PRIVATE KEY-----\nMIIE" }).length, 1);
  assertEquals(checkSecrets({ path: "a", text: "https://registry." + "npmjs.org/x" }).length, 1);
});
