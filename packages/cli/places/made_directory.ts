import type { Lade } from "@lade/lade";
import { isLocalDirectory, localPathOf, type Place } from "@lade/transfer/places";

/** Makes the local directory that files go below, as `get -r` does; gives what removes it again where nothing came of it. */
export async function madeDirectory(lade: Lade, { uri }: Pick<Place, "uri">): Promise<() => Promise<void>> {
  if (localPathOf(uri) === undefined || await isLocalDirectory(uri)) return () => Promise.resolve();
  await lade.createContainer(uri);
  return async () => {
    // What is in it stays.
    await lade.deleteContainer(uri).catch(() => {});
  };
}
