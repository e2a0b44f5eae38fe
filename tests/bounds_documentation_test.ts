import { assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);

/** What the table tells, in its order: the file, the text before the number, and the number's product. */
const BOUNDS: readonly (readonly [path: string, before: string])[] = [
  ["core/read/object_read.ts", "const MAX_FUTILE_TRIES = "],
  ["s3/upload/send_part.ts", "const MAX_FUTILE_TRIES = "],
  ["s3/list/read_document.ts", "const MAX_TRIES = "],
  ["s3/list/read_document.ts", "const MAX_DOCUMENT_BYTES = "],
  ["service/list/page_guard.ts", "const MAX_EMPTY_PAGES = "],
  ["service/list/list_pages.ts", "const MAX_SORTED = "],
  ["s3/client/s3_connection.ts", "const MAX_REDIRECTS = "],
  ["service/body/content_range.ts", "const MAX_OBJECT_BYTES = "],
  ["s3/credentials/run_process.ts", "const BOUNDS = { timeoutMs: "],
  ["s3/credentials/ask_service.ts", "const REMOTE_BOUNDS = { retry: { maxAttempts: 3, totalMs: "],
  ["fs/write/lock_object.ts", "const PATIENCE_MS = "],
  ["fs/local_store.ts", "const DESCRIPTOR_WAIT_MS = "],
  ["cli/transfer/job_runner.ts", "const DESCRIPTOR_WAIT_MS = "],
  ["fs/write/follow_links.ts", "const MOST = "],
  ["fs/whole/remove_tree.ts", "const MOST_PASSES = "],
  ["lade/removal/settle_versions.ts", "const MAX_PASSES = "],
  ["core/context/store_context.ts", "options.maxBufferedBytes ?? "],
];

Deno.test("docs/bounds.md tells the bounds of single tasks as they are in the code", async () => {
  const text = await Deno.readTextFile(new URL("docs/bounds.md", ROOT));
  const [, table = ""] = /<!-- bounds of single tasks.*?-->\n(.*?)<!-- end -->/s.exec(text) ?? [];
  const told = table.trim().split("\n").slice(2).map((line) => line.split("|")[2]?.trim() ?? "");
  const found = await Promise.all(BOUNDS.map(([path, before]) => boundOf(path, before)));
  assertEquals(told, found);
});

/** The number that follows a text of a file, which may be written as a power or a product. */
async function boundOf(path: string, before: string): Promise<string> {
  const code = await Deno.readTextFile(new URL(`packages/${path}`, ROOT));
  const written = code.split(before)[1] ?? "";
  const [terms = ""] = /^[\d_]+(?: \*{1,2} [\d_]+)*/.exec(written) ?? [];
  const value = terms.split(" * ").map((term) => {
    const [base = NaN, exponent = 1] = term.split(" ** ").map((digits) => Number(digits.replaceAll("_", "")));
    return base ** exponent;
  }).reduce((product, factor) => product * factor, 1);
  return value.toLocaleString("en-US");
}
