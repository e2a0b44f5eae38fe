import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);

/** What the table tells, in its order: the name of the file and the text before the number, which one file of that name has. */
const BOUNDS: readonly (readonly [file: string, before: string])[] = [
  ["object_read.ts", "const MAX_FUTILE_TRIES = "],
  ["send_part.ts", "const MAX_FUTILE_TRIES = "],
  ["ask_for_document.ts", "const MAX_TRIES = "],
  ["read_document.ts", "const MAX_DOCUMENT_BYTES = "],
  ["page_guard.ts", "const MAX_EMPTY_PAGES = "],
  ["list_pages.ts", "const MAX_SORTED = "],
  ["service_caller.ts", "const MAX_REDIRECTS = "],
  ["content_range.ts", "const MAX_OBJECT_BYTES = "],
  ["run_process.ts", "const BOUNDS = { timeoutMs: "],
  ["ask_service.ts", "const REMOTE_BOUNDS = {\n  retry: { maxAttempts: 3, totalMs: "],
  ["subject_token.ts", "const MAX_PROGRAM_MS = "],
  ["read_text_file.ts", "const MAX_BYTES = "],
  ["unless_aborted.ts", "const GRACE_MS = "],
  ["lock_object.ts", "const PATIENCE_MS = "],
  ["local_store.ts", "descriptors.wait({ limitMs: "],
  ["job_runner.ts", "const DESCRIPTOR_WAIT_MS = "],
  ["follow_links.ts", "const MOST = "],
  ["remove_tree.ts", "const MOST_PASSES = "],
  ["settle_versions.ts", "const MAX_PASSES = "],
  ["clean_workload.ts", "const MOST_PASSES = "],
  ["store_context.ts", "options.maxBufferedBytes ?? "],
  ["kept_journal.ts", "const MOST_WAIT_MS = "],
  ["shard_report.ts", "const SHARD_STALE_MS = "],
  ["read_names.ts", "const MOST_BYTES = "],
  ["read_op_log.ts", "const MOST_LINE = "],
  ["sort_op_logs.ts", "const MOST_ROWS = "],
  ["analyze_op_log.ts", "const MOST_GROUPS = "],
  ["order_by_start.ts", "export const WINDOW = "],
  ["parse_workload.ts", "const LONGEST = "],
  ["read_objects.ts", "export const MOST_OBJECTS = "],
  ["read_phases.ts", "const MOST_AT_A_TIME = "],
  ["run_workload.ts", "export const BUFFERED_BYTES = "],
];

Deno.test("docs/bounds.md tells the bounds of single tasks as they are in the code", async () => {
  const text = await Deno.readTextFile(new URL("docs/bounds.md", ROOT));
  const [, table = ""] = /<!-- bounds of single tasks.*?-->\n(.*?)<!-- end -->/s.exec(text) ?? [];
  const told = table.trim().split("\n").slice(2).map((line) => line.split("|")[2]?.trim() ?? "");
  const paths = await filesBelow(new URL("packages/", ROOT));
  const found = await Promise.all(BOUNDS.map(([file, before]) => boundIn(paths, file, before)));
  assertEquals(told, found);
});

/** The number that follows a text of a file, which may be written as a power or a product. */
async function boundIn(paths: readonly URL[], file: string, before: string): Promise<string> {
  const named = paths.filter(({ pathname }) => pathname.endsWith(`/${file}`));
  const codes = await Promise.all(named.map((path) => Deno.readTextFile(path)));
  const [written, ...others] = codes.flatMap((code) => code.split(before).slice(1));
  assert(written !== undefined && others.length === 0, `${before}is not in one ${file}`);
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
