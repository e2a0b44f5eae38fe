import { assertEquals, assertRejects } from "@std/assert";
import { testWithPython } from "./python.ts";

testWithPython("python: a script runs in a directory of its own, and its failure is told", async (python) => {
  await Deno.writeTextFile(`${python.directory}/in.txt`, "é");
  const script = `
import sys
with open("in.txt") as f: print(f.read(), *sys.argv[1:], sep="|")
with open("out.bin", "wb") as f: f.write(bytes(range(3)))
`;
  assertEquals(await python.run(script, "a b", "$c"), "é|a b|$c");
  assertEquals(await Deno.readFile(`${python.directory}/out.bin`), Uint8Array.of(0, 1, 2));
  await assertRejects(() => python.run("raise ValueError('no')"), Error, "ValueError: no");
});

testWithPython("python: every library is there", async ({ run }) => {
  const script = `
import sys, importlib
for name in sys.argv[1:]: importlib.import_module(name)
print("ok")
`;
  const { FORMATS_LIBRARIES } = await import("../../../tools/servers/formats_python.ts");
  assertEquals(await run(script, ...FORMATS_LIBRARIES), "ok");
});
