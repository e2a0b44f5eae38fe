import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UsageError } from "../command/usage_error.ts";
import { type StatsOf, withStats } from "./stats_file.ts";

type Context = Parameters<typeof withStats>[0];

const report = { statistics: () => ({ objects: 0 }), stats: { failed: 0 } } as unknown as StatsOf["report"];
const context = { name: "cp", signal: new AbortController().signal } as unknown as Context;
const secret = "AbCdEf0123456789AbCdEf0123456789AbCdEf01234%3D";

Deno.test("a statistics file tells why a command failed, and no secret; a mistake leaves none", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/stats.json`;
    const uri = `https://a.blob.core.windows.net/c/b?sv=2024-01-01&sig=${secret}`;
    const stats = { path, report, now: () => 0, settings: { sources: [uri] } };
    const run = (error: Error) => withStats(context, stats, () => Promise.reject(error));
    await assertRejects(() => run(new UsageError("no such option")), UsageError);
    assertEquals([...Deno.readDirSync(directory)], []);
    await assertRejects(() => run(new Error(`Cannot reach ${uri}: no`)), Error, "Cannot reach");
    const text = await Deno.readTextFile(path);
    assertEquals([text.includes(secret), JSON.parse(text).outcome], [false, "failed"]);
    assertStringIncludes(JSON.parse(text).error, "Cannot reach https://a.blob.core.windows.net/c/b");
    assertEquals(Array.from(Deno.readDirSync(directory), ({ name }) => name), ["stats.json"]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
