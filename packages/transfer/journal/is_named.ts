import { system, type SystemFile } from "@lade/core/system";

/** Whether an open file still has a path: another process may have removed it before this one had its lock. */
export async function isNamed(path: string, file: SystemFile): Promise<boolean> {
  const [named, opened] = await Promise.all([system.stat(path).catch(() => undefined), file.stat()]);
  return named !== undefined && named.ino === opened.ino && named.dev === opened.dev;
}
