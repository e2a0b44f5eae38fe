import { type CopyResult, PreconditionFailedError, takeBoth } from "@lade/core/backend";
import { system } from "@lade/core/system";
import { fileError } from "../files/file_error.ts";
import { etagOf, type FileStatus } from "../files/file_status.ts";
import { statObject } from "../read/open_object.ts";
import type { CopyRequest } from "./copy_request.ts";
import { openSpecial } from "./open_special.ts";
import type { WriteTarget } from "./resolve_target.ts";

const CHUNK = 2 ** 20;

/** Copies a file into a pipe or device. What was written there cannot be taken back when the file turns out changed. */
export async function copyInto(
  { source, subject, target, from, options: { signal } }: CopyRequest,
  found: FileStatus,
  destination: WriteTarget,
): Promise<CopyResult> {
  using file = await system.open(from);
  const special = await openSpecial(destination, signal).catch((error) => {
    throw fileError(error, target, signal);
  });
  try {
    const buffer = new Uint8Array(CHUNK);
    let size = 0;
    for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
      await takeBoth(source.context.bandwidth, count, signal);
      await special.append(buffer.subarray(0, count), signal).catch((error) => {
        throw fileError(error, target, signal);
      });
      size += count;
    }
    const now = await statObject(source, subject, from);
    if (etagOf(now) !== etagOf(found) || size !== found.size) {
      throw new PreconditionFailedError({ ...subject, detail: "the file changed while it was copied" });
    }
    return { size, sourceEtag: etagOf(found) };
  } finally {
    await special.close();
  }
}
