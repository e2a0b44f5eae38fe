import { readUploadName, recordPath, uploadName } from "../names/temporary_name.ts";
import type { LocalParts } from "../tree/local_parts.ts";
import { directoryOf } from "../tree/tree.ts";

/**
 * The path of the bytes of a write, beside one of the paths that its object may have. A link that was made or changed
 * meanwhile leads elsewhere. There is none for an id that no write has.
 */
export async function findUpload(
  { calls }: LocalParts,
  paths: readonly string[],
  id: string,
): Promise<string | undefined> {
  const name = uploadName(id);
  if (!readUploadName(name)) return undefined;
  for (const directory of new Set(paths.map(directoryOf))) {
    const path = `${directory === "/" ? "" : directory}/${name}`;
    if (await calls.present(calls.lstat(recordPath(path)))) return path;
  }
  return undefined;
}
