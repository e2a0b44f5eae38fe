import type { TrackedFile } from "./tracked_files.ts";

const MOST_LINES = 400;
const NAME = /^[a-z][a-z0-9_]*\.(?:d\.)?ts$/;
const VAGUE = /^(?:utils?|helpers?|common|misc|shared)(?:_test)?\.ts$/;
const MARKS = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"];

/** Checks size, name and leftovers of one TypeScript file. */
export function checkFile({ path, text }: TrackedFile): string[] {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const breaches: string[] = [];
  const lines = text.split("\n").length - 1;
  if (lines > MOST_LINES) breaches.push(`${path}: ${lines} lines, ${MOST_LINES} is the most`);
  if (!NAME.test(name)) breaches.push(`${path}: file names are snake_case`);
  if (VAGUE.test(name)) breaches.push(`${path}: a file is named after what it holds`);
  for (const mark of MARKS) {
    if (new RegExp(`\\b${mark}\\b`).test(text)) breaches.push(`${path}: holds a ${mark}`);
  }
  if (/\bimport\.meta\.url\)\.pathname/.test(text)) {
    breaches.push(
      `${path}: a path with a space differs from that of its URL: take fileURLToPath() of node:url`,
    );
  }
  if (/^packages\/(?!cli\/)/.test(path) && !path.endsWith("_test.ts") && /^[^/*]*\bconsole\./m.test(text)) {
    breaches.push(`${path}: a library does not print`);
  }
  return breaches;
}
