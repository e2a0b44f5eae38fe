import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";

const program = new URL("./threads_process.ts", import.meta.url);

/** Worker threads before the loop, in it, those that the loader still has behind it, and those that are left in the end. */
async function threads(how: string, body: string): Promise<number[]> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", fileURLToPath(program), how, body],
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (text === "") throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(text);
}

const ignore = Deno.build.os !== "linux";
for (const how of ["break", "abort", "dispose"]) {
  Deno.test({
    name: `${how} leaves no thread of a worker whose transformation does not end`,
    ignore,
    fn: async () => assertEquals(await threads(how, "new Promise(() => {})"), [0, 2, 0, 0]),
  });
}

Deno.test({
  name: "a transformation that throws leaves no thread of a worker",
  ignore,
  fn: async () => assertEquals(await threads("throw", "{}.none.none"), [0, 2, 0, 0]),
});

Deno.test({
  name: "dispose settles while a transformation loops without an end",
  ignore,
  async fn() {
    const [before, within, ended] = await threads("dispose", "(() => { while (true); })()");
    assertEquals([before, within, ended], [0, 2, 0]);
  },
});
