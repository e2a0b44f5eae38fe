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
  await using directory = await makeDirectory();
  await Deno.writeTextFile(`${directory.path}/script.ts`, script);
  const program = await bundled(`${directory.path}/script.ts`, directory.path);
  return await output(node ?? "node", { args: [program], env });
}

/** Bundles a program for Node into a directory, and gives where it is. */
async function bundled(module: string, directory: string): Promise<string> {
  const program = `${directory}/program.mjs`;
  const args = ["bundle", "--quiet", "--config", "deno.json", module, "-o", program];
  await output(Deno.execPath(), { args });
  return program;
}

async function makeDirectory(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Runs a module of this repository in Deno and in Node, and gives what both print. */
async function runOnBoth(module: string): Promise<readonly [deno: string, node: string]> {
  await using directory = await makeDirectory();
  const deno = output(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "-A", "--config", "deno.json", module],
  });
  const program = await bundled(module, directory.path);
  return [await deno, await output(node ?? "node", { args: [program] })];
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
const LIBRARIES = [
  "codec",
  "core",
  "formats",
  "loader",
  "tfjs",
  "checkpoint",
  "fs",
  "transfer",
  "workload",
  "lade",
  "testing",
];
/** What scripts of Deno are allowed that work with files. */
const FILES = ["--allow-read", "--allow-write", "--allow-env=TMPDIR,TMP,TEMP"];

Deno.test("what is for Node is tried on Node", async () => {
  // `service` is what the three services are made of; `node_command_test.ts` tries `cli`.
  assertEquals(await packagesForNode(), [...SERVICES, ...LIBRARIES, "service", "cli"].sort());
});

for (const name of LIBRARIES) {
  const document = `packages/${name}/README.md`;
  Deno.test({
    name: `the script of ${document} prints on Node what it prints on Deno${why}`,
    ignore,
    async fn() {
      const plain = (printed: string) => printed.replaceAll("'", '"');
      const permissions = name === "fs" ? FILES : [];
      assertEquals(plain(await runOnNode(document)), plain(await runScript(document, { permissions })));
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

Deno.test({
  name: `tests/node/system.ts prints and ends on Node as on Deno${why}`,
  ignore,
  async fn() {
    await using directory = await makeDirectory();
    const program = await bundled("tests/node/system.ts", directory.path);
    const run = async (command: string, args: readonly string[]) => {
      const child = new Deno.Command(command, {
        args: [...args, program, "one", "--two"],
        env: { TMPDIR: directory.path, NO_COLOR: "1" },
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode("what is read"));
      await writer.close();
      const { code, stdout, stderr } = await child.output();
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { code, stdout: text(stdout).split("\n"), stderr: text(stderr) };
    };
    const onDeno = await run(Deno.execPath(), ["run", "-A", "--quiet"]);
    assertEquals(await run(node ?? "node", []), onDeno);
    assertEquals([onDeno.code, onDeno.stdout.length, onDeno.stderr], [7, 22, ""]);
  },
});

for (
  const { promise, name, least } of [
    { promise: "files are stores on Node as the contract says", name: "conformance", least: 700 },
    { promise: "S3 on Node bears what its service does", name: "service", least: 200 },
  ]
) {
  Deno.test({
    name: `${promise}${why}`,
    ignore,
    async fn() {
      await using directory = await makeDirectory();
      const program = await bundled(`tests/node/${name}.ts`, directory.path);
      const tmp = `${directory.path}/tmp`;
      await Deno.mkdir(tmp);
      const { code, stdout } = await new Deno.Command(node ?? "node", {
        args: ["--test-reporter=tap", program],
        env: { TMPDIR: tmp },
      }).output();
      const lines = new TextDecoder().decode(stdout).split("\n");
      assertEquals(lines.filter((line) => line.startsWith("not ok")), []);
      const passed = lines.filter((line) => /^ok (?!.*# SKIP)/.test(line)).length;
      assertEquals([code, passed > least], [0, true], `${passed}`);
      assertEquals([...Deno.readDirSync(tmp)], []);
    },
  });
}

for (const name of ["whole", "errors", "http"]) {
  Deno.test({
    name: `tests/node/${name}.ts prints on Node what it prints on Deno${why}`,
    ignore,
    async fn() {
      const [onDeno, onNode] = await runOnBoth(`tests/node/${name}.ts`);
      assertEquals(onNode, onDeno);
      assertEquals(onNode.split("\n").length > 15, true, onNode);
    },
  });
}

Deno.test({
  name: `a write that is left half done on Deno is gone on with on Node, and the other way round${why}`,
  ignore,
  async fn() {
    await using directory = await makeDirectory();
    const { path } = directory;
    const program = await bundled("tests/node/half_write.ts", path);
    const onNode = (args: string[]) => output(node ?? "node", { args: [program, ...args] });
    const onDeno = (args: string[]) =>
      output(Deno.execPath(), { args: ["run", "-A", "--quiet", program, ...args] });
    for (const [begin, end] of [[onDeno, onNode], [onNode, onDeno]] as const) {
      for (const scheme of ["file", "direct"]) {
        const [token = "", etag] = (await begin([scheme, path])).split("\n");
        assertEquals(await end([scheme, path, token]), `true false false 3145728 1 2 3\n${etag}\n`);
      }
    }
  },
});

for (const program of ["flock", "perl"]) {
  Deno.test({
    name: `a lock that ${program} takes for Node is one of Deno's, and ends with its process${why}`,
    ignore,
    async fn() {
      await using directory = await makeDirectory();
      const { path } = directory;
      await Deno.writeTextFile(`${path}/file`, "");
      await Deno.mkdir(`${path}/bin`);
      await Deno.symlink(`/usr/bin/${program}`, `${path}/bin/${program}`);
      const locking = await bundled("tests/node/lock_file.ts", path);
      const lock = async () => {
        const child = new Deno.Command(node ?? "node", {
          args: [locking, `${path}/file`],
          env: { PATH: `${path}/bin` },
          stdout: "piped",
        }).spawn();
        const { value } = await child.stdout.pipeThrough(new TextDecoderStream()).getReader().read();
        return { child, told: value };
      };
      using file = await Deno.open(`${path}/file`);
      await file.lock(true);
      const refused = await lock();
      assertEquals(refused.told, "false\n");
      await file.unlock();
      const taken = await lock();
      assertEquals([taken.told, await file.tryLock(true)], ["true\n", false]);
      taken.child.kill("SIGKILL");
      await taken.child.status;
      await file.lock(true);
      refused.child.kill("SIGKILL");
      await refused.child.status;
    },
  });
}

Deno.test({
  name: `Node says what it lacks where it cannot lock, or may not read${why}`,
  ignore,
  async fn() {
    await using directory = await makeDirectory();
    const { path } = directory;
    await Deno.writeTextFile(`${path}/file`, "");
    const program = await bundled("tests/node/refusals.ts", path);
    const run = async (args: string[], env = {}) =>
      (await output(node ?? "node", { args: [...args, program, path], env })).trim().split("\n");
    const lacking = "Node locks files by the program flock or perl, and";
    assertEquals(await run([], { PATH: path }), [
      "read",
      `UnsupportedError ${lacking} neither is there, so that a condition cannot be kept`,
    ]);
    assertEquals(await run(["--permission", "--allow-fs-read=*", `--allow-fs-write=${path}/*`]), [
      "read",
      `UnsupportedError ${lacking} it may run neither (--allow-child-process), so that a condition cannot be kept`,
    ]);
    assertEquals(await run(["--permission", `--allow-fs-read=${program}`]), [
      `PermissionDeniedError Node may not read "${path}/file"; run it with --allow-fs-read=PATH`,
      `PermissionDeniedError Node may not read "${path}/file"; run it with --allow-fs-read=PATH`,
    ]);
  },
});
