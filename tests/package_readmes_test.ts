import { assertEquals, assertStringIncludes } from "@std/assert";
import { PRINTED, runScript, runServed, SERVED } from "./readme_scripts.ts";

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

for (const [name, lines] of Object.entries(PRINTED)) {
  Deno.test(`the script of packages/${name}/README.md prints what it promises`, async () => {
    assertEquals((await runScript(`packages/${name}/README.md`)).trim().split("\n"), lines);
  });
}

Deno.test("the script of packages/fs/README.md writes and lists files", async () => {
  const permissions = ["--allow-read", "--allow-write", "--allow-env=TMPDIR,TMP,TEMP"];
  const output = await runScript("packages/fs/README.md", { permissions });
  assertEquals(output.trim().split("\n"), ["runs/7/log.txt 8", "runs/7/state.json 12", '{"step":100}']);
});

Deno.test("the script of packages/service/README.md sends a request", async () => {
  const permissions = ["--allow-net=127.0.0.1"];
  assertEquals(await runScript("packages/service/README.md", { permissions }), "200 hello\n");
});

for (const name of ["s3", "azure", "gcs"] as const) {
  Deno.test(`the script of packages/${name}/README.md writes, lists, reads and deletes`, async () => {
    assertEquals(await runServed(name, runScript), SERVED);
  });
}
