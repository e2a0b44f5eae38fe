import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runLade } from "./cli/run_lade.ts";

const GUIDE = new URL("../docs/loader.md", import.meta.url);
const ROOT = new URL("..", import.meta.url);

/** The part of the guide below a heading, up to the next one. */
async function section(heading: string): Promise<string> {
  const [, rest = ""] = (await Deno.readTextFile(GUIDE)).split(`\n## ${heading}\n`);
  return rest.split("\n## ")[0] ?? "";
}

Deno.test("the guide's script takes every sample once, with eight ranks and then six", async () => {
  const [, script = ""] =
    /^```ts\n(.*?)^```/ms.exec(await section("From a directory of files to eight ranks")) ?? [];
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(path, script);
    const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "--config", "deno.json", path],
      cwd: ROOT,
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    assertEquals(
      new TextDecoder().decode(stdout),
      "48 samples by 8 ranks, at position 48\n100 samples in all, 100 of them different\n",
    );
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("the guide's first commands run as they stand", async () => {
  const [, lines = ""] =
    /^```sh\n(.*?)^```/ms.exec(await section("From a directory of files to eight ranks")) ?? [];
  const commands = lines.trim().split("\n").map((line) => line.replace(/\s+#.*/, "").split(" ").slice(1));
  const directory = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${directory}/train`);
    for (let i = 0; i < 100; i++) await Deno.writeTextFile(`${directory}/train/${i}.txt`, `sample ${i}`);
    const outputs: string[] = [];
    for (const args of commands) {
      const own = args.map((arg) => arg.replace("/data/", `${directory}/`));
      const { code, stdout, stderr } = await runLade(own, { cwd: directory });
      assertEquals(code, 0, stderr);
      outputs.push(stdout);
    }
    const [plan = "", index = "", run = ""] = outputs;
    assertEquals(outputs.length, 3);
    assertStringIncludes(plan, "1 step in an epoch; rank 3 of 8 begins with sample ");
    assertStringIncludes(index, `${directory}/train/lade-manifest.tsv (100 objects of files`);
    assertMatch(run, /^ +1 .+ 890 B /m);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
