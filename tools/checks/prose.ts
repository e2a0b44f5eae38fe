import type { TrackedFile } from "./tracked_files.ts";

const MOST_COLUMNS = 120;
/** Rows of tables, and addresses that are most of a line. */
const EXCEPTED = /^\s*\||:\/\/\S{60}/;

/** Checks that lines of Markdown are no longer than 120 columns, but for tables, code blocks and long URLs. */
export function checkProse({ path, text }: TrackedFile): string[] {
  const breaches: string[] = [];
  let fence: string | undefined;
  for (const [at, line] of text.split("\n").entries()) {
    const [, mark] = /^\s*(`{3,}|~{3,})/.exec(line) ?? [];
    if (mark !== undefined) {
      if (fence === undefined) fence = mark;
      else if (mark.startsWith(fence) && line.trim() === mark) fence = undefined;
      continue;
    }
    const columns = [...line].length;
    if (fence !== undefined || columns <= MOST_COLUMNS || EXCEPTED.test(line)) continue;
    breaches.push(`${path}:${at + 1}: ${columns} columns, ${MOST_COLUMNS} is the most`);
  }
  return breaches;
}
