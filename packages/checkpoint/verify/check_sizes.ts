import { attemptOfData, placeOfRecord, PREFIXES } from "../keys/series_keys.ts";
import type { Verification } from "./verification.ts";

/** Compares the size of every object that a checkpoint names with a listing of where they lie; none is read. */
export async function checkSizes(
  { store, manifest, table, onFault }: Pick<Verification, "store" | "manifest" | "table" | "onFault">,
  signal: AbortSignal | undefined,
): Promise<{ readonly objects: number; readonly unreadable: ReadonlySet<string> }> {
  const due = new Map<string, number>();
  for (const { key, size } of [...table.shards, ...manifest.records]) due.set(key, size);
  const folders = new Set([...due.keys()].map(folderOf));
  const found = new Map<string, number>();
  for (const folder of folders) {
    for await (const { key, size } of store.list(folder, signal ? { signal } : {})) {
      if (due.has(key)) found.set(key, size);
    }
  }
  const unreadable = new Set<string>();
  for (const [key, size] of due) {
    const own = found.get(key);
    if (own === size) continue;
    unreadable.add(key);
    onFault({ key, detail: own === undefined ? "it is gone" : `it has ${own} bytes, not ${size}` });
  }
  return { objects: due.size, unreadable };
}

/** What all objects of one attempt have before their names. */
function folderOf(key: string): string {
  const attempt = attemptOfData(key);
  if (attempt !== undefined) return `${PREFIXES.data}${attempt}/`;
  const record = placeOfRecord(key);
  return record ? `${PREFIXES.records}${record.attempt}/` : key;
}
