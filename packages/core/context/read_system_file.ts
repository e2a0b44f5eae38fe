import { system } from "../system/system.ts";

const PERMISSIONS = ["read", "write", "net", "env", "sys", "run", "ffi"] as const;

/**
 * The text of a file that the system makes up (`/proc/self/mountinfo`), where this process may read it without anybody
 * being asked: Deno opens such files only for those who have every permission.
 */
export function readSystemFile(path: string): string | undefined {
  try {
    // There it would be a file like any other.
    if (system.build.os === "windows") return undefined;
    const isAllowed = PERMISSIONS.every((name) => system.permissions.querySync({ name }).state === "granted");
    return isAllowed ? system.readTextFileSync(path) : undefined;
  } catch {
    // Other systems have no such file.
    return undefined;
  }
}
