import { system } from "@lade/core/system";

/** What is known of the file system that a path lies on. */
export interface FileSystem {
  /** Its kind, where it is one of the known ones. */
  readonly kind: string | undefined;
  /** Bytes that this user may still write, and bytes in all. */
  readonly room: { readonly freeBytes: number; readonly totalBytes: number } | undefined;
}

/** The numbers by which Linux distinguishes the kinds; see statfs(2). */
const KINDS: ReadonlyMap<number, string> = new Map([
  [0x00c36400, "CephFS"],
  [0x01021994, "tmpfs"],
  [0x01021997, "9p"],
  [0x0bd00bd0, "Lustre"],
  [0x19830326, "BeeGFS"],
  [0x2fc12fc1, "ZFS"],
  [0x47504653, "GPFS"],
  [0x4d44, "FAT"],
  [0x52654973, "ReiserFS"],
  [0x58465342, "XFS"],
  [0x5346544e, "NTFS"],
  [0x65735546, "FUSE"],
  [0x6969, "NFS"],
  [0x794c7630, "overlayfs"],
  [0x858458f6, "ramfs"],
  [0x9123683e, "Btrfs"],
  [0xca451a4e, "bcachefs"],
  [0xef53, "ext4"],
  [0xf2f52010, "F2FS"],
  [0xfe534d42, "SMB"],
  [0xff534d42, "CIFS"],
]);

/**
 * Asks the system for the file system of a path. Nothing where that is not permitted (`--allow-sys=statfs`); no room is
 * told by those that have no size, such as ramfs.
 */
export async function fileSystemOf(path: string): Promise<FileSystem | undefined> {
  const { statfs } = await import("node:fs/promises");
  try {
    const { bavail, blocks, bsize, type } = await statfs(path);
    const kind = system.build.os === "linux" ? KINDS.get(type >>> 0) : undefined;
    const room = blocks > 0 ? { freeBytes: bavail * bsize, totalBytes: blocks * bsize } : undefined;
    return { kind, room };
  } catch (error) {
    if (error instanceof system.errors.NotCapable) return undefined;
    throw error;
  }
}
