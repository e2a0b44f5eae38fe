import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { systemEnvironment } from "./environment.ts";

const MODULE = new URL("./environment.ts", import.meta.url).href;
const CONFIG = fileURLToPath(new URL("../../../deno.json", import.meta.url));

/** What two variables, `ONE` and `TWO`, are read as by a process with these permissions. */
async function readWith(...permissions: string[]): Promise<unknown> {
  const code = `import { systemEnvironment as read } from ${JSON.stringify(MODULE)};
    console.log(JSON.stringify([read("ONE") ?? null, read("TWO") ?? null]));`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-check",
      "--config",
      CONFIG,
      ...permissions,
      `data:text/javascript,${encodeURIComponent(code)}`,
    ],
    env: { ONE: "1", TWO: "2" },
    stdin: "null",
    stderr: "null",
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("systemEnvironment reads what it may, and takes the rest for absent", async () => {
  assertEquals(await readWith("--allow-env"), ["1", "2"]);
  assertEquals(await readWith("--allow-env=ONE"), ["1", null]);
  assertEquals(await readWith("--allow-env", "--deny-env=TWO"), ["1", null]);
  assertEquals(await readWith(), [null, null]);
});

Deno.test("systemEnvironment takes an empty variable for absent", () => {
  Deno.env.set("LADE_EMPTY", "");
  try {
    assertEquals(systemEnvironment("LADE_EMPTY"), undefined);
  } finally {
    Deno.env.delete("LADE_EMPTY");
  }
});
