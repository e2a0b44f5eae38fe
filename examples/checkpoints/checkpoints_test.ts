import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

Deno.test("examples/checkpoints/main.ts comes to the same with a process killed and fewer ranks as without", async () => {
  const directory = await Deno.makeTempDir();
  const run = async (...args: string[]) => {
    const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-prompt", "--allow-read", "--allow-write", "--allow-env", "--allow-run"],
        "examples/checkpoints/main.ts",
        ...args,
      ],
      cwd: new URL("../..", import.meta.url),
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  };
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
