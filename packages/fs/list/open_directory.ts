import type { StoreContext } from "@lade/core/backend";
import { system } from "@lade/core/system";

/** The entries of a directory, the first of which is read. */
export interface OpenDirectory {
  /** The first entry. */
  readonly first: IteratorResult<Deno.DirEntry>;
  /** The others. */
  readonly others: AsyncIterator<Deno.DirEntry>;
}

const WAIT_MS = 30_000;

/** Begins to read a directory, once the system lets another file be open. */
export async function openDirectory(
  { descriptors }: Pick<StoreContext, "descriptors">,
  path: string,
  signal?: AbortSignal,
): Promise<OpenDirectory> {
  const open = async () => {
    const others = system.readDir(path)[Symbol.asyncIterator]();
    return { first: await others.next(), others };
  };
  return await descriptors.wait({ limitMs: WAIT_MS, signal }, open);
}
