import { NotFoundError, type ObjectInfo } from "@lade/core/backend";

/** A rename in one step whose answer was lost. */
export interface LostRename {
  /** What was to be renamed, as it was seen before. */
  readonly source: Pick<ObjectInfo, "size" | "checksums">;
  /** Describes what is where it was. */
  from(): Promise<unknown>;
  /** Describes what is where it was to go. */
  to(): Promise<Pick<ObjectInfo, "size" | "checksums">>;
}

/** Whether such a rename was made: by size and checksums, the object is where it was to go, and nowhere else. */
export async function isRenamed({ source: { size, checksums }, from, to }: LostRename): Promise<boolean> {
  try {
    const isKept = await from().then(() => true, (error) => {
      if (error instanceof NotFoundError) return false;
      throw error;
    });
    if (isKept) return false;
    const there = await to();
    return there.size === size && there.checksums?.crc32c === checksums?.crc32c &&
      there.checksums?.md5 === checksums?.md5;
  } catch {
    return false;
  }
}
