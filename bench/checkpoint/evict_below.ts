import { evict } from "../workspace.ts";

/** Drops all files below a directory from the page cache. */
export async function evictBelow(directory: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = `${directory}/${name}`;
    await (isDirectory ? evictBelow(path) : evict(path));
  }
}
