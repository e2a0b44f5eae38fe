import type { TrackedFile } from "./tracked_files.ts";

const INDEX = "docs/decisions/README.md";

/**
 * Checks that each decision has a number of its own, which its file name and its title tell, that no number is left out,
 * and that the index has all of them.
 */
export function checkDecisions(files: readonly TrackedFile[]): string[] {
  const seen = new Map<string, string>();
  const breaches: string[] = [];
  const index = files.find(({ path }) => path === INDEX)?.text ?? "";
  for (const { path, text } of files) {
    const [, name, number] = /^docs\/decisions\/((\d{3})-[^/]+\.md)$/.exec(path) ?? [];
    if (name === undefined || number === undefined) continue;
    const other = seen.get(number);
    if (other !== undefined) breaches.push(`${path}: has the number of ${other}`);
    if (!text.startsWith(`# ${number}: `)) breaches.push(`${path}: its title begins with another number`);
    if (!index.includes(`](${name})`)) breaches.push(`${path}: ${INDEX} does not have it`);
    seen.set(number, path);
  }
  for (let number = 1; number <= seen.size; number++) {
    if (!seen.has(`${number}`.padStart(3, "0"))) {
      breaches.push(`docs/decisions: there is no number ${number}`);
    }
  }
  return breaches;
}
