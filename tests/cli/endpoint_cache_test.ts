import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { S3Cli } from "./s3_cli.ts";

const MIB = 2 ** 20;

/** What the cache of a directory says; nothing where there is none. */
async function entriesOf(directory: string): Promise<Record<string, unknown>[] | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(`${directory}/endpoints-1.json`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

Deno.test("lade remembers how many requests an endpoint bore, begins there next time, and keeps no secret", async () => {
  await using cli = await S3Cli.start({}, { latencyMs: 50 });
  cli.fake.putSynthetic("bucket", "large", { size: 200 * MIB });
  const cache = `${cli.directory.path}/cache`;
  const get = (...args: string[]) =>
    cli.run(["get", "-q", ...args, "s3://bucket/large", "large"], {
      env: { LADE_CACHE_DIR: cache },
    });
  assertEquals((await get("--no-endpoint-cache")).code, 0);
  assertEquals(await entriesOf(cache), undefined);
  assertEquals(await get(), { code: 0, stdout: "", stderr: "" });
  const endpoint = new URL(cli.fake.url).origin;
  const [first, ...others] = await entriesOf(cache) ?? [];
  assertEquals([first?.endpoint, first?.direction, others], [endpoint, "read", []]);
  const text = await Deno.readTextFile(`${cache}/endpoints-1.json`);
  for (const secret of [cli.fake.accessKeyId, cli.fake.secretAccessKey, "large"]) {
    assert(!text.includes(secret));
  }
  // From four, 25 chunks are too few to come so far.
  await Deno.writeTextFile(
    `${cache}/endpoints-1.json`,
    JSON.stringify([{ ...first, limit: 24, rate: undefined }]),
  );
  assertEquals((await get()).code, 0);
  assertGreaterOrEqual(Number((await entriesOf(cache))?.[0]?.limit), 24);
});

Deno.test("lade neither reads nor makes the cache of endpoints for what is small", async () => {
  await using cli = await S3Cli.start({ a: "1" });
  const cache = `${cli.directory.path}/cache`;
  const env = { LADE_CACHE_DIR: cache };
  for (
    const args of [["put", "-q", "a", "s3://bucket/a"], ["get", "-q", "s3://bucket/a", "b"], [
      "ls",
      "s3://bucket/",
    ]]
  ) {
    assertEquals((await cli.run(args, { env })).code, 0);
  }
  assertEquals(await entriesOf(cache), undefined);
});

Deno.test("lade reads with a cache of endpoints that is damaged or may not be read", async () => {
  await using cli = await S3Cli.start({ "cache/endpoints-1.json": "[{" });
  cli.fake.putSynthetic("bucket", "large", { size: 64 * MIB });
  for (const cache of [`${cli.directory.path}/cache`, "/nowhere/cache"]) {
    const env = { LADE_CACHE_DIR: cache };
    const { code, stderr } = await cli.run(["get", "-q", "s3://bucket/large", "large"], {
      env,
    });
    assertEquals([code, stderr], [0, ""]);
  }
});
