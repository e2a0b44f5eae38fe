import { assertEquals, assertStringIncludes } from "@std/assert";

const PERMISSIONS = ["--no-prompt", "--quiet", "--allow-read", "--allow-write", "--allow-env"];

async function example(name: string, ...args: string[]): Promise<string> {
  const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...PERMISSIONS, `examples/${name}`, ...args],
    cwd: new URL("..", import.meta.url),
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

for (const document of ["README.md", "docs/coming_from.md"]) {
  Deno.test(`the script of ${document} runs`, async () => {
    const text = await Deno.readTextFile(new URL(`../${document}`, import.meta.url));
    const [, script = ""] = /^```ts\n(.*?)^```/ms.exec(text) ?? [];
    assertStringIncludes(script, "file:///tmp/set/");
    const root = await Deno.makeTempDir();
    const path = `${root}/script.ts`;
    try {
      await Deno.writeTextFile(path, script.replaceAll("/tmp/set/", `${root}/set/`));
      const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
        args: ["run", ...PERMISSIONS, "--config", "deno.json", path],
        cwd: new URL("..", import.meta.url),
      }).output();
      assertEquals(code, 0, new TextDecoder().decode(stderr));
      assertStringIncludes(new TextDecoder().decode(stdout), `file://${root}/set/`);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  });
}

Deno.test("examples/quick_start.ts runs", async () => {
  const root = await Deno.makeTempDir();
  try {
    const output = await example("quick_start.ts", `file://${root}/`);
    assertStringIncludes(output, `file://${root}/hello.txt 5\n`);
    assertStringIncludes(output, `file://${root}/design.md `);
    assertStringIncludes(output, "# Lade 5\n");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("examples/transfer.ts copies a tree once", async () => {
  const output = (await example("transfer.ts", "docs/decisions")).trim().split("\n");
  const names = [...Deno.readDirSync(new URL("../docs/decisions", import.meta.url))].length;
  assertStringIncludes(output[0] ?? "", `copied ${names} objects, `);
  assertEquals([output.length, output.at(-1)], [names + 2, `left ${names} alone`]);
  assertStringIncludes(output[1] ?? "", " its destination exists");
});

Deno.test("examples/read_into_buffer.ts runs", async () => {
  assertStringIncludes(await example("read_into_buffer.ts"), " design.md\n");
});

Deno.test("examples/watch_requests.ts runs and shows three requests for 20 MiB", async () => {
  const events = (await example("watch_requests.ts")).trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(events.filter(({ type, operation }) => type === "finished" && operation === "get").length, 3);
});
