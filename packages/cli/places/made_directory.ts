import { AlreadyExistsError } from "@lade/core/errors";
import type { Lade } from "@lade/lade";
import { isLocalDirectory, localPathOf, type Place } from "@lade/transfer/places";

/** Makes the local directory that files go below, as `get -r` does; gives what removes it again where nothing came of it. */
export async function madeDirectory(
  lade: Pick<Lade, "createContainer" | "deleteContainer">,
  { uri }: Pick<Place, "uri">,
): Promise<() => Promise<void>> {
  const nothing = () => Promise.resolve();
  if (localPathOf(uri) === undefined || await isLocalDirectory(uri)) return nothing;
  try {
    await lade.createContainer(uri);
  } catch (error) {
    // Another command made it meanwhile.
    if (error instanceof AlreadyExistsError && await isLocalDirectory(uri)) return nothing;
    throw error;
  }
  return async () => {
    // What is in it stays.
    await lade.deleteContainer(uri).catch(() => {});
  };
}
