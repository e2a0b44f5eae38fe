import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);

/** What the table tells, in its order: the package, the name of the file, which is there once, and the text before the number. */
const BOUNDS: readonly (readonly [name: string, file: string, before: string])[] = [
  ["core", "object_read.ts", "const MAX_FUTILE_TRIES = "],
  ["s3", "send_part.ts", "const MAX_FUTILE_TRIES = "],
  ["s3", "read_document.ts", "const MAX_TRIES = "],
  ["s3", "read_document.ts", "const MAX_DOCUMENT_BYTES = "],
  ["service", "page_guard.ts", "const MAX_EMPTY_PAGES = "],
  ["service", "list_pages.ts", "const MAX_SORTED = "],
  ["service", "service_caller.ts", "const MAX_REDIRECTS = "],
  ["service", "content_range.ts", "const MAX_OBJECT_BYTES = "],
  ["s3", "run_process.ts", "const BOUNDS = { timeoutMs: "],
  ["s3", "ask_service.ts", "const REMOTE_BOUNDS = { retry: { maxAttempts: 3, totalMs: "],
  ["fs", "lock_object.ts", "const PATIENCE_MS = "],
  ["fs", "local_store.ts", "const DESCRIPTOR_WAIT_MS = "],
  ["cli", "job_runner.ts", "const DESCRIPTOR_WAIT_MS = "],
  ["fs", "follow_links.ts", "const MOST = "],
  ["fs", "remove_tree.ts", "const MOST_PASSES = "],
  ["lade", "settle_versions.ts", "const MAX_PASSES = "],
  ["core", "store_context.ts", "options.maxBufferedBytes ?? "],
];

Deno.test("docs/bounds.md tells the bounds of single tasks as they are in the code", async () => {
  const text = await Deno.readTextFile(new URL("docs/bounds.md", ROOT));
  const [, table = ""] = /<!-- bounds of single tasks.*?-->\n(.*?)<!-- end -->/s.exec(text) ?? [];
  const told = table.trim().split("\n").slice(2).map((line) => line.split("|")[2]?.trim() ?? "");
  const found = await Promise.all(BOUNDS.map(async ([name, file, before]) => {
    const paths = await filesBelow(new URL(`packages/${name}/`, ROOT));
    const [path, ...others] = paths.filter(({ pathname }) => pathname.endsWith(`/${file}`));
    assert(path && others.length === 0, `${file} is not in packages/${name} once`);
    return await boundOf(path, before);
  }));
  assertEquals(told, found);
});

/** The number that follows a text of a file, which may be written as a power or a product. */
async function boundOf(path: URL, before: string): Promise<string> {
  const code = await Deno.readTextFile(path);
  const written = code.split(before)[1] ?? "";
  const [terms = ""] = /^[\d_]+(?: \*{1,2} [\d_]+)*/.exec(written) ?? [];
  const value = terms.split(" * ").map((term) => {
    const [base = NaN, exponent = 1] = term.split(" ** ").map((digits) => Number(digits.replaceAll("_", "")));
    return base ** exponent;
  }).reduce((product, factor) => product * factor, 1);
  return value.toLocaleString("en-US");
}

async function filesBelow(directory: URL): Promise<URL[]> {
  const entries = await Array.fromAsync(Deno.readDir(directory));
  const below = entries.map(({ name, isDirectory }) =>
    isDirectory ? filesBelow(new URL(`${name}/`, directory)) : [new URL(name, directory)]
  );
  return (await Promise.all(below)).flat();
}
