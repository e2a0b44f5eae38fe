import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { getBytes, NotFoundError } from "../../packages/core/mod.ts";
import { has } from "../peers.ts";
import { type BareServer, startBareServer } from "./bare_server.ts";

const ignore = Deno.build.os !== "linux" || !await has("cc");

async function start(options: Parameters<typeof startBareServer>[0] = {}): Promise<BareServer> {
  const server = await startBareServer(options);
  assert(server);
  return server;
}

Deno.test(
  "the bare server has what it is told, and reads of it are ranges of one object",
  { ignore },
  async () => {
    const size = 9 * 2 ** 20 + 5;
    await using server = await start({
      objects: { "a/large": size },
      many: [{ prefix: "a/small/", count: 3, size: 7 }],
    });
    const { lade, root } = server;
    const entries = await Array.fromAsync(lade.list(`${root}/`));
    assertEquals(entries.map((entry) => "key" in entry ? [entry.key, entry.size] : [entry.uri]), [
      ["a/large", size],
      ["a/small/00000", 7],
      ["a/small/00001", 7],
      ["a/small/00002", 7],
    ]);
    const { store, key } = await lade.locate(`${root}/a/large`);
    // The checksum of the whole is compared on the way.
    const { bytes: whole } = await getBytes(store, key);
    assertEquals(whole.length, size);
    const { bytes: end } = await getBytes(store, key, { range: { suffixLength: 2 ** 20 } });
    assertEquals(end, whole.subarray(size - 2 ** 20));
    assertNotEquals(whole.subarray(0, 4096), whole.subarray(2 ** 20, 2 ** 20 + 4096));
    const generated = await lade.locate(`${root}/1234-x`);
    assertEquals((await getBytes(generated.store, generated.key)).bytes, whole.subarray(0, 1234));
  },
);

Deno.test(
  "the bare server remembers the size of what is put, in one go and in parts",
  { ignore },
  async () => {
    await using server = await start();
    const { lade, root } = server;
    const before = await server.counts();
    const [small, large] = [new Uint8Array(1000), new Uint8Array(20 * 2 ** 20)];
    await lade.put(`${root}/one`, small);
    const { store, key } = await lade.locate(`${root}/parts`);
    const writer = await store.createWriter(key, { partSize: 8 * 2 ** 20 });
    await writer.write(large);
    await writer.close();
    assertEquals((await lade.stat(`${root}/one`)).size, small.length);
    assertEquals((await lade.stat(`${root}/parts`)).size, large.length);
    const after = await server.counts();
    assert(after.bytesIn - before.bytesIn >= small.length + large.length);
    assert(after.cpuSeconds > 0);
    await lade.remove(`${root}/one`);
    await assertRejects(() => lade.stat(`${root}/one`), NotFoundError);
  },
);

Deno.test("the bare server lists in pages, and groups names", { ignore }, async () => {
  await using server = await start({
    many: ["p/a/", "p/b/", "q"].map((prefix) => ({ prefix, count: 1200, size: 1 })),
  });
  const { lade, root } = server;
  assertEquals((await Array.fromAsync(lade.list(`${root}/p/`))).length, 2400);
  const url = `${server.url}/bench?list-type=2&prefix=p/&delimiter=/&max-keys=1`;
  const pages: string[] = [];
  for (let token: string | undefined = ""; token !== undefined;) {
    const text = await (await fetch(`${url}${token && `&continuation-token=${token}`}`)).text();
    pages.push(
      ...[...text.matchAll(/<CommonPrefixes><Prefix>(.*?)<\/Prefix>/g)].map(([, prefix = ""]) => prefix),
    );
    token = /<NextContinuationToken>(.*?)</.exec(text)?.[1];
  }
  assertEquals(pages, ["p/a/", "p/b/"]);
});

Deno.test(
  "the bare server ends with the process that started it, however that ends",
  { ignore },
  async () => {
    const script = `
    import { openGround } from ${JSON.stringify(new URL("../ground/ground.ts", import.meta.url).href)};
    import { startBareServer } from ${JSON.stringify(new URL("./bare_server.ts", import.meta.url).href)};
    await openGround();
    const server = await startBareServer();
    console.log(new URL(server.url).port);
    setInterval(() => {}, 1000);`;
    const parent = new Deno.Command(Deno.execPath(), {
      args: ["eval", script],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = parent.stdout.getReader();
    const port = Number(new TextDecoder().decode((await reader.read()).value));
    await reader.cancel();
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    parent.kill("SIGKILL");
    await parent.status;
    assertEquals(await connection.read(new Uint8Array(1)).catch(() => null), null);
  },
);
