import { assertEquals } from "@std/assert";
import { Registry } from "@lade/core";
import { Lade } from "@lade/lade";
import { s3Provider } from "@lade/s3";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { FakeTerminal } from "../cli/fake_terminal.ts";
import { bare } from "./open_fake.ts";
import { page, serveDocuments } from "./serve_documents.ts";

/** In the order of a hierarchical namespace, where a directory comes with all that is below it. */
const KEYS = ["foo/a", "foo/z.zst", "foo-1/x", "foo.conda", "foo.conda.zst"];
const HEADERS = { "etag": '"e"', "last-modified": "Sat, 28 Nov 2026 08:00:00 GMT" };

/** Runs a command on a service that lists `KEYS` in that order, two to a page. */
async function run(
  line: string,
  listed: readonly string[] = KEYS,
): Promise<{ code: number; out: string; err: string; keys: string[]; files: string[] }> {
  const keys = new Set(listed);
  await using service = await serveDocuments((query, request) => {
    const key = decodeURIComponent(new URL(request.url).pathname.slice("/bucket/".length));
    if (query.has("list-type")) {
      const prefix = query.get("prefix") ?? "";
      const all = [...keys].filter((name) => name.startsWith(prefix));
      const at = Number(query.get("continuation-token") ?? 0);
      const end = at + 2;
      return page(
        all.slice(at, end),
        all.length > end ? { end: "true", token: String(end) } : { end: "false" },
      );
    }
    if (query.has("delete")) {
      keys.clear();
      return `<DeleteResult>${
        KEYS.map((name) => `<Deleted><Key>${name}</Key></Deleted>`).join("")
      }</DeleteResult>`;
    }
    if (request.method === "DELETE") {
      keys.delete(key);
      return new Response(null, { status: 204 });
    }
    return keys.has(key)
      ? new Response("x", { headers: { ...HEADERS, "content-length": "1" } })
      : new Response("<Error><Code>NoSuchKey</Code></Error>", { status: 404 });
  });
  const registry = new Registry()
    .register({ schemes: ["file"], load: async () => (await import("@lade/fs/provider")).fileProvider })
    .register({ schemes: ["s3"], load: () => Promise.resolve(s3Provider(bare)) });
  const directory = await Deno.makeTempDir();
  try {
    await using lade = new Lade({ registry, config: { s3: { ...service.config } } });
    const terminal = new FakeTerminal({});
    const code = await runCli(line.replaceAll("DIR", directory).split(" "), { terminal, lade });
    return {
      code,
      out: terminal.stdout.text,
      err: terminal.stderr.text,
      keys: [...keys],
      files: walk(directory).sort(),
    };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function walk(directory: string, prefix = ""): string[] {
  return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) =>
    isDirectory ? walk(`${directory}/${name}`, `${prefix}${name}/`) : [prefix + name]
  );
}

Deno.test("lade ls -r and du see all that a service lists in another order", async () => {
  const ls = await run("ls -r s3://bucket/");
  assertEquals([ls.code, ls.out.trim().split("\n").map((row) => row.split(/\s+/).at(-1))], [0, KEYS], ls.err);
  const du = await run("du s3://bucket/");
  assertEquals([du.code, /\b5\b/.test(du.out)], [0, true], du.out);
});

Deno.test("lade du sums each level once, however a service lists", async () => {
  const { code, out, err } = await run("du -d 1 s3://bucket/", ["b/1", "a/1", "b/2", "a/x/2", "b/3"]);
  const rows = out.trim().split("\n").map((row) => row.trim().split(/\s+/));
  assertEquals([code, rows.map((row) => row.at(-1))], [0, [
    "s3://bucket/a/",
    "s3://bucket/b/",
    "s3://bucket",
  ]], err + out);
});

Deno.test("lade get -r and cp -r bring all that a service lists in another order", async () => {
  for (const command of ["get -r s3://bucket/ DIR/", "cp -r s3://bucket/ DIR/"]) {
    const { code, err, files } = await run(command);
    assertEquals([code, files], [0, KEYS.toSorted()], err);
  }
});

Deno.test("lade rm -r removes all that a service lists in another order", async () => {
  const { code, err, keys } = await run("rm -r --all s3://bucket/");
  assertEquals([code, keys], [0, []], err);
});
