import { basePath } from "@lade/core/backend";
import { system } from "@lade/core/system";
import { readUploadName, recordPath, uploadName } from "../names/temporary_name.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { directoryOf } from "../tree/tree.ts";
import { readRecord } from "./part_record.ts";

/**
 * The path of the bytes of a write, beside one of the paths that its object may have. A link that was made or changed
 * meanwhile leads elsewhere. There is none for an id that no write has, and for that of another object's write.
 */
export async function findUpload(
  { calls }: LocalSetup,
  paths: readonly string[],
  id: string,
): Promise<string | undefined> {
  const name = uploadName(id);
  if (!readUploadName(name)) return undefined;
  const names = paths.map((path) => path.slice(path.lastIndexOf("/") + 1));
  for (const directory of new Set(paths.map((path) => directoryOf(path)))) {
    const path = `${basePath(directory)}/${name}`;
    const record = recordPath(path);
    if ((await calls.present(calls.lstat(record)))?.kind !== "file") continue;
    const bytes = await calls.present(system.readFile(record));
    // One that is damaged is not gone on with, but removed.
    const header = bytes && readRecord(bytes)?.header;
    if (!header || names.includes(header.name)) return path;
  }
  return undefined;
}
