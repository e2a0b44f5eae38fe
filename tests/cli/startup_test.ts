import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { NPY } from "./format_files.ts";
import { ladeArguments, type RunLadeOptions } from "./run_lade.ts";
import { S3Cli } from "./s3_cli.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const ROOT = new URL("../../", import.meta.url);

/** What a command line loads: npm packages, and modules by their paths in `packages/`. */
interface Loaded {
  readonly packages: string[];
  readonly modules: string[];
}

/** What a command line loads, as the runtime's own log tells. Modules are looked at only when they are needed. */
async function loaded(args: readonly string[], options: RunLadeOptions): Promise<Loaded> {
  // A module that is not looked at beforehand counts as a file to be read.
  const permissions = [...options.permissions ?? [], `--allow-read=${fileURLToPath(ROOT)}`];
  const [run = "run", ...rest] = ladeArguments(args, { ...options, permissions }).filter((flag) =>
    flag !== "--quiet"
  );
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [run, "--log-level=debug", "--unstable-lazy-dynamic-imports", ...rest],
    cwd: options.cwd,
    env: { NO_COLOR: "1", ...options.env },
  }).output();
  const log = new TextDecoder().decode(stderr);
  assertEquals(success, true, log.slice(-2_000));
  const found = (pattern: RegExp) =>
    [...new Set([...log.matchAll(pattern)].map(([, name = ""]) => name))].sort();
  return {
    packages: found(/\/npm\/[^/\s]+\/((?:@[^/\s]+\/)?[^/\s]+)\/\d+\.\d+\.\d+/g),
    modules: found(new RegExp(`specifier: ${ROOT.href}packages/(\\S+\\.ts)`, "g")),
  };
}

Deno.test("lade ls of a local directory loads no package at all, and no other backend", async () => {
  await using directory = await TemporaryDirectory.make({ a: "1" });
  for (const place of [".", `direct://${directory.path}/`]) {
    const { packages, modules } = await loaded(["ls", place], { cwd: directory.path, readOnly: true });
    assertEquals(packages, []);
    assertEquals(modules.includes("fs/store/local_store.ts"), true);
    assertEquals(modules.filter((path) => /^(?:s3|azure|service)\/|\/(memory|layers|zstd)\//.test(path)), []);
  }
});

Deno.test("lade get of an object of s3:// loads no package, and nothing for doctor, zstd, uploads or copies", async () => {
  await using cli = await S3Cli.start();
  const uri = "s3://bucket/a";
  await cli.run(["pipe", uri], { stdin: "1" });
  const { packages, modules } = await loaded(["get", "-q", uri, "a"], cli.options());
  assertEquals(await cli.directory.tree(), { a: "1" });
  assertEquals(packages, []);
  assertEquals(modules.includes("s3/objects/get_object.ts"), true);
  assertEquals(modules.filter((path) => /^s3\/(doctor|upload|copy|delete|buckets|presign)\//.test(path)), []);
  assertEquals(modules.filter((path) => path.startsWith("transfer/limits/")), []);
  assertEquals(modules.filter((path) => /^core\/(zstd|memory|layers|conformance|testing)\//.test(path)), []);
  assertEquals(modules.filter((path) => path.startsWith("azure/")), []);
  assertEquals(modules.filter((path) => /^fs\/(sweep|open_direct|files\/direct)/.test(path)), []);
});

Deno.test("lade show loads the one format that an object has, and no package", async () => {
  await using directory = await TemporaryDirectory.make();
  await Deno.writeFile(`${directory.path}/a.npy`, NPY);
  const { packages, modules } = await loaded(["show", "a.npy"], { cwd: directory.path, readOnly: true });
  assertEquals(packages, []);
  const folders = new Set(modules.flatMap((path) => /^formats\/(\w+)\//.exec(path)?.[1] ?? []));
  const shared = new Set(["array", "binary", "errors", "formats", "registry", "source", "table"]);
  assertEquals([...folders.difference(shared)], ["npy"]);
  const listed = await loaded(["ls", "."], { cwd: directory.path, readOnly: true });
  assertEquals(listed.modules.filter((path) => /^(?:formats|checkpoint|loader)\//.test(path)), []);
});

Deno.test("lade bench loads no package, and lade workload that of YAML alone", async () => {
  await using directory = await TemporaryDirectory.make({
    "spec.yaml": "version: 1\nobjects: { s: { count: 1, size: 1 } }\nphases: [{ put: s }]\n",
  });
  const options = { cwd: directory.path, permissions: [`--allow-write=${directory.path}`] };
  const bench = ["bench", ".", "--time", "1s", "--size", "1", "--objects", "1", "--concurrency", "1"];
  assertEquals((await loaded(bench, options)).packages, []);
  const { packages } = await loaded(["workload", "check", "spec.yaml"], { ...options, readOnly: true });
  assertEquals(packages, ["js-yaml"]);
});

Deno.test("lade loads the command line's package for what is not plain", async () => {
  await using directory = await TemporaryDirectory.make({ a: "1" });
  const { packages } = await loaded(["ls", "-rH"], { cwd: directory.path, readOnly: true });
  assertEquals(packages, ["@optique/core"]);
});

Deno.test("lade --version loads no package, and nothing but the system of what runs a command", async () => {
  await using directory = await TemporaryDirectory.make();
  const { packages, modules } = await loaded(["--version"], { cwd: directory.path, readOnly: true });
  assertEquals(packages, []);
  const own = modules.filter((path) => !/^(?:core\/system|codec\/node)\//.test(path));
  assertEquals(own, ["cli/main.ts", "cli/program/version_text.ts"]);
});
