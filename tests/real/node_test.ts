import { assertEquals } from "@std/assert";
import { findNode } from "../../tools/servers/find_node.ts";
import { output, ROOT, type Run, runScript, runServed, scriptOf, SERVED } from "../readme_scripts.ts";

const node = findNode();
const ignore = node === undefined;
const why = ignore ? " (skipped: Node is not installed: deno task servers)" : "";

/** Runs the first script of a document in Node, bundled as a program of its own. */
async function runOnNode(document: string, run: Run = {}): Promise<string> {
  return await runScriptOnNode(await scriptOf(document), run);
}

async function runScriptOnNode(script: string, { env = {} }: Run = {}): Promise<string> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/script.ts`, script);
    const program = `${directory}/script.mjs`;
    const args = ["bundle", "--quiet", "--config", "deno.json", `${directory}/script.ts`, "-o", program];
    await output(Deno.execPath(), { args });
    return await output(node ?? "node", { args: [program], env });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** The packages that say of themselves that they run on Node, but for what the others are made of. */
async function packagesForNode(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(new URL("packages", ROOT))) {
    const { jsr } = JSON.parse(await Deno.readTextFile(new URL(`packages/${name}/deno.json`, ROOT)));
    if (jsr.runtimeCompat.node) names.push(name);
  }
  return names.sort();
}

const SERVICES = ["s3", "azure", "gcs"] as const;
const LIBRARIES = ["codec", "core", "formats", "loader", "tfjs", "checkpoint"];

Deno.test("what is for Node is tried on Node", async () => {
  // `service` is what the three services are made of.
  assertEquals(await packagesForNode(), [...SERVICES, ...LIBRARIES, "service"].sort());
});

for (const name of LIBRARIES) {
  const document = `packages/${name}/README.md`;
  Deno.test({
    name: `the script of ${document} prints on Node what it prints on Deno${why}`,
    ignore,
    async fn() {
      const plain = (printed: string) => printed.replaceAll("'", '"');
      assertEquals(plain(await runOnNode(document)), plain(await runScript(document)));
    },
  });
}

for (const name of SERVICES) {
  Deno.test({
    name: `the script of packages/${name}/README.md writes, lists, reads and deletes on Node${why}`,
    ignore,
    async fn() {
      assertEquals(await runServed(name, runOnNode), SERVED);
    },
  });
}

Deno.test({
  name: `objects are compressed and decompressed in threads of Node${why}`,
  ignore,
  async fn() {
    const script = `import { decompressZstdBytes, getBytes, MemoryStore, withZstd } from "@lade/core";
await using store = new MemoryStore();
const writer = withZstd(await store.createWriter("a.zst"), { level: 3 });
await writer.write(new Uint8Array(50_000_000));
await writer.close();
const { bytes } = await getBytes(store, "a.zst");
console.log((await decompressZstdBytes(bytes)).length);
`;
    assertEquals(await runScriptOnNode(script), "50000000\n");
  },
});
