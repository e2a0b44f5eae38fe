import { assertEquals } from "@std/assert";
import { errorWords } from "./system.ts";
import { nodeSystem } from "./node_system.ts";

Deno.test("errorWords() tells an error of Deno's and of Node's in the same words, and leaves others as they are", async () => {
  const said = async (call: () => unknown) => {
    try {
      await call();
    } catch (error) {
      return errorWords(error);
    }
  };
  const full = (system: Pick<typeof Deno, "openSync">) => () => {
    using file = system.openSync("/dev/full", { write: true });
    file.writeSync(new Uint8Array(1));
  };
  const node = nodeSystem() as unknown as typeof Deno;
  for (const system of [Deno, node]) {
    if (Deno.build.os === "linux") assertEquals(await said(full(system)), "no space left on device");
    assertEquals(await said(() => system.lstatSync("/no, such/file")), "no such file or directory");
    assertEquals(await said(() => system.rename("/no, such/file", "/x")), "no such file or directory");
  }
  assertEquals([errorWords(new Error("E: x")), errorWords("text"), errorWords(new Error("Ab"))], [
    "E: x",
    "text",
    "Ab",
  ]);
});
