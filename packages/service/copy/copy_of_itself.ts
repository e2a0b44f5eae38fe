import type { CopyResult, ObjectInfo } from "@lade/core/backend";

/** What a copy of an object onto itself gives that changes nothing, and so is not made. */
export function copyOfItself({ size, etag, version, checksums }: ObjectInfo): CopyResult {
  return {
    size,
    ...(etag !== undefined && { etag, sourceEtag: etag }),
    ...(version !== undefined && { version }),
    ...(checksums && { checksums }),
  };
}
