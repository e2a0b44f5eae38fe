import { assertEquals, assertStringIncludes } from "@std/assert";

const ROOT = new URL("..", import.meta.url);

/** Runs the first script of a document without any permission, and gives what it prints. */
async function runScript(document: string): Promise<string> {
  const text = await Deno.readTextFile(new URL(document, ROOT));
  const [, script = ""] = /^```ts\n(.*?)^```/ms.exec(text) ?? [];
  assertStringIncludes(script, "import ");
  const directory = await Deno.makeTempDir();
  const path = `${directory}/script.ts`;
  try {
    await Deno.writeTextFile(path, script);
    const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "--config", "deno.json", path],
      cwd: ROOT,
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("the script of packages/loader/README.md goes on with exactly the rest", async () => {
  const output = await runScript("packages/loader/README.md");
  const samples = [...output.matchAll(/sample (\d)/g)].map(([, number]) => Number(number));
  assertEquals(samples.length, 10);
  assertEquals(samples.toSorted(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assertEquals(output.trim().split("\n").length, 4);
  assertStringIncludes(output, "6 samples were left\n");
});

Deno.test("the script of packages/tfjs/README.md makes tensors", async () => {
  const lines = (await runScript("packages/tfjs/README.md")).trim().split("\n");
  assertEquals(lines.length, 3);
  const labels = lines.flatMap((line) => {
    assertStringIncludes(line, " int32 ");
    return (line.split(" ").at(-1) ?? "").split(",").map(Number);
  });
  assertEquals(labels.toSorted((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

Deno.test("the script of packages/checkpoint/README.md saves by two ranks, and loads by one", async () => {
  const output = await runScript("packages/checkpoint/README.md");
  assertEquals(output.trim().split("\n"), [
    "saved step 100",
    "saved step 200",
    "1 200 0.005",
    "0 100 0.01",
    "200 200 200 200 0 faults",
  ]);
});
