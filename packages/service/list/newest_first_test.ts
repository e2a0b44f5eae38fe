import type { ObjectVersion } from "@lade/core/backend";
import { assertEquals } from "@std/assert";
import { listVersions } from "./list_versions.ts";
import { newestFirst } from "./newest_first.ts";
import type { Page, PageQuery } from "./page_reader.ts";

const LISTING = { uri: "mem://box", prefix: "" } as const;

function version(text: string): ObjectVersion {
  const [key = "", version = ""] = text.split("@");
  const isLatest = version.endsWith("!");
  return { key, version, isLatest, lastModified: new Date(0), size: 1, isDeleteMarker: false };
}

function pagesOf(pages: readonly string[]): (query: PageQuery) => Promise<Page<ObjectVersion>> {
  return ({ token = "0" }) => {
    const at = Number(token);
    const words = (pages[at] ?? "").split(" ").filter((word) => word !== "");
    return Promise.resolve({
      entries: words.filter((word) => word.includes("@")).map(version),
      prefixes: words.filter((word) => !word.includes("@")).map((prefix) => ({ prefix })),
      ...(at + 1 < pages.length && { next: `${at + 1}` }),
    });
  };
}

const PAGES: Readonly<Record<string, readonly [pages: readonly string[], listed: string]>> = {
  "within a page": [["a@1 a@2! b@1 b@2"], "a@2! a@1 b@2 b@1"],
  "of which pages show parts": [["a@1 a@2", "a@3!", "b@1!"], "a@3! a@2 a@1 b@1!"],
  "of which an empty page comes between": [["a@1", "", "a@2!"], "a@2! a@1"],
  "that a folded prefix ends": [["a@1 a@2! b/", "c@1!"], "a@2! a@1 b/ c@1!"],
  "that follow a folded prefix": [["a/ b@1", "b@2! c@1"], "a/ b@2! b@1 c@1"],
};

for (const [what, [pages, listed]] of Object.entries(PAGES)) {
  Deno.test(`newestFirst() turns round the versions of a key ${what}`, async () => {
    const reader = newestFirst(pagesOf(pages), (versions) => versions.toReversed());
    const all = await Array.fromAsync(listVersions(reader, { ...LISTING, delimiter: "/" }));
    const names = all.map((each) => "key" in each ? `${each.key}@${each.version}` : each.prefix);
    assertEquals(names.join(" "), listed);
  });
}

Deno.test("newestFirst() leaves out what its caller does not arrange", async () => {
  const reader = newestFirst(pagesOf(["a@1 a@2", "b@1!"]), (all) => all.filter(({ isLatest }) => isLatest));
  const all = await Array.fromAsync(listVersions(reader, LISTING));
  assertEquals(all.map(({ key }) => key), ["b"]);
});
