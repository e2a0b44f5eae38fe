import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseShard, shardOf } from "../../packages/transfer/shard/mod.ts";

const PAGE = await Deno.readTextFile(new URL("../../docs/many_machines.md", import.meta.url));

Deno.test("the line of Python in docs/many_machines.md computes the shares that lade does", async () => {
  const [, expression = ""] = /```python\n\s*(.*)\n\s*```/.exec(PAGE) ?? [];
  assertStringIncludes(expression, "hashlib.sha256");
  const names = ["", "a", "größe 1.bin", "🙀/😀.parquet", ...Array.from({ length: 50 }, (_, i) => `x/${i}`)];
  const program = `import hashlib, json, sys
names = json.load(sys.stdin)
print(json.dumps([${expression} for n in (2, 7, 100000) for name in names]))`;
  const python = new Deno.Command("python3", {
    args: ["-c", program],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  let process: Deno.ChildProcess;
  try {
    process = python.spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(names)));
  await writer.close();
  const { stdout, stderr } = await process.output();
  assertEquals(new TextDecoder().decode(stderr), "");
  const expected = [2, 7, 100_000].flatMap((count) => names.map((name) => shardOf(name, count)));
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)), expected);
});

Deno.test("each row of engines in docs/many_machines.md is what --shard auto and its word read", () => {
  const table = PAGE.slice(PAGE.indexOf("| engine |"), PAGE.indexOf("These count from 0"));
  const rows = table.trim().split("\n").slice(2).map((row) => row.split("|").map((cell) => cell.trim()));
  assertEquals(rows.length, 8);
  for (const [, , told = "", word = ""] of rows) {
    if (told.includes("SLURM_ARRAY")) continue;
    const isSlurm = told.includes("SLURM");
    for (const [, index = "", count = ""] of told.matchAll(/`(\w+)` of `(\w+)`/g)) {
      const variables: Record<string, string> = {
        [index]: "2",
        [count]: "5",
        ...(isSlurm && { SLURM_STEP_ID: "0" }),
      };
      for (const text of ["auto", word.replaceAll("`", "")]) {
        const { number, count } = parseShard(text, (name) => variables[name]);
        assertEquals([text, number, count], [text, 3, 5]);
      }
    }
  }
});
