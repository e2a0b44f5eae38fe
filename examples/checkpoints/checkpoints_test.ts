import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runExample } from "../run_example.ts";

Deno.test("examples/checkpoints/main.ts comes to the same with a process killed and fewer ranks as without", async () => {
  const directory = await Deno.makeTempDir();
  const permissions = ["--allow-read", "--allow-write", "--allow-env", "--allow-run"];
  const run = (...args: string[]) => runExample("checkpoints/main.ts", permissions, args);
  try {
    const [killed, whole] = await Promise.all([
      run("--at", `file://${directory}/killed`, "--kill-at", "25"),
      run("--at", `file://${directory}/whole/`, "--kill-at", "0", "--ranks", "2"),
    ]);
    assertStringIncludes(killed, "begins\n");
    assertStringIncludes(killed, "rank 1 of 4 was killed\n");
    assertMatch(killed, /\ngoes on from step [12]0\n/);
    const sumOf = (output: string) => /^step 60, saved by \d ranks: (\S+)$/m.exec(output)?.[1];
    assertMatch(killed, /^step 60, saved by 3 ranks: /m);
    assertMatch(whole, /^step 60, saved by 2 ranks: /m);
    assertEquals(sumOf(killed), sumOf(whole));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
