import { readSystemFile } from "@lade/core/backend";
import { system } from "@lade/core/system";

/**
 * Whether a directory is a mount point: one whose file system is not that of the directory above it, or which the system
 * lists as mounted, as it does what is mounted a second time (`mount --bind`). That list may be out of reach.
 */
export async function isMountPoint(path: string, status: Deno.FileInfo): Promise<boolean> {
  const parent = await system.stat(`${path}/..`).catch(() => undefined);
  if (parent && parent.dev !== status.dev) return true;
  const list = readSystemFile("/proc/self/mountinfo");
  if (list === undefined) return false;
  const real = await system.realPath(path);
  return list.split("\n").some((line) => unescaped(line.split(" ")[4] ?? "") === real);
}

function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, code) => String.fromCharCode(parseInt(code, 8)));
}
