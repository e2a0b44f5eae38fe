import type { TrackedFile } from "./tracked_files.ts";

/** Packages whose files work on Node too, all by `system` of `@lade/core/system`. */
const BY_SYSTEM =
  /^packages\/(?:fs|transfer|lade|cli|testing\/conformance)\/(?!testing\/|.*\/testing\/|.*_test\.ts$)/;

/** What is sent to a thread of Deno's as text. */
const SENT: ReadonlySet<string> = new Set(["packages/fs/read/read_elsewhere.ts"]);

const COMMENTS_AND_TEXTS = /\/\*[\s\S]*?\*\/|\/\/.*$|"(?:[^"\\\n]|\\.)*"/gm;
const CALL = /(?<!typeof )\bDeno\.(?!(?:DirEntry|FileInfo|OpenOptions|Signal)\b)[\w.]+/g;

/** Checks that one file asks Deno for nothing that Node has by another name. */
export function checkSystemCalls({ path, text }: TrackedFile): string[] {
  if (!BY_SYSTEM.test(path) || SENT.has(path)) return [];
  const calls = text.replace(COMMENTS_AND_TEXTS, "").match(CALL) ?? [];
  return calls.map((call) => `${path}: ${call} is not there on Node: take system of @lade/core/system`);
}
