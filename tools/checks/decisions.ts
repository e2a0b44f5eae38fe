import type { TrackedFile } from "./tracked_files.ts";

/** Checks that each decision has a number of its own, which its file name and its title tell. */
export function checkDecisions(files: readonly TrackedFile[]): string[] {
  const seen = new Map<string, string>();
  const breaches: string[] = [];
  for (const { path, text } of files) {
    const [, number] = /^docs\/decisions\/(\d{3})-[^/]+\.md$/.exec(path) ?? [];
    if (number === undefined) continue;
    const other = seen.get(number);
    if (other !== undefined) breaches.push(`${path}: has the number of ${other}`);
    if (!text.startsWith(`# ${number}: `)) breaches.push(`${path}: its title begins with another number`);
    seen.set(number, path);
  }
  return breaches;
}
