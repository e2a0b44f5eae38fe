import { InvalidNameError } from "../errors/errors.ts";
import { system } from "../system/system.ts";

/** What a system calls files: by paths from `/`, or by drives and shares. */
export type Platform = "posix" | "windows";

/** That of this system. */
export const PLATFORM: Platform = system.build.os === "windows" ? "windows" : "posix";

const WINDOWS_ROOT = /^(?:[A-Za-z]:|\/\/[^/]+\/[^/]+)\//;
const ADVICE = "write C:\\directory\\file, \\\\server\\share\\file, or a path from the working directory";

/**
 * The one form that local paths have within Lade: `/` between names, and an absolute one begins with `/`; on Windows with a
 * drive or share (`C:/data`, `//server/share/data`). The system takes this form as it is. Reads what a user wrote or the
 * system said (`C:\data`, `\\?\C:\data`); a relative path stays one, and so does `\data`, which has no drive. A path without
 * a place of its own (`C:data`, `\\server`, `\\.\COM1`) is an `InvalidNameError`. On other systems a backslash is a
 * character, and every path stays as it is.
 */
export function localPath(path: string, platform: Platform = PLATFORM): string {
  if (platform === "posix") return path;
  const invalid = (detail: string) =>
    new InvalidNameError({ operation: "locate", uri: path, detail, advice: ADVICE });
  const slashed = path.replaceAll("\\", "/").replace(/^\/\/\?\/UNC\//i, "//").replace(
    /^\/\/\?\/(?=[a-z]:\/)/i,
    "",
  );
  if (/^[a-z]:/i.test(slashed)) {
    if (slashed[2] !== "/") throw invalid("it is relative to the working directory of a drive");
    return slashed.slice(0, 1).toUpperCase() + slashed.slice(1);
  }
  if (!slashed.startsWith("//")) return slashed;
  const share = slashed.replace(/^(\/\/[^/]+\/[^/]+)$/, "$1/");
  if (/^\/\/[.?]\//.test(share)) throw invalid("it names a device");
  if (!WINDOWS_ROOT.test(share)) throw invalid("a path on a server begins with the server and a share");
  return share;
}

/**
 * Where an absolute path begins: `/`, or on Windows `C:/` or `//server/share/`. An empty text where it is relative, as on
 * Windows `/data` is too.
 */
export function rootOf(path: string, platform: Platform = PLATFORM): string {
  if (platform === "posix") return path.startsWith("/") ? "/" : "";
  return WINDOWS_ROOT.exec(path)?.[0] ?? "";
}

/** Whether an absolute path is that of a root itself, which no directory is above. */
export function isRoot(path: string, platform: Platform = PLATFORM): boolean {
  return path !== "" && path === rootOf(path, platform);
}

/** An absolute path as it goes on: without the slash that only a root has at its end. */
export function basePath(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

/** The directory of an absolute path; of a root itself. */
export function directoryOf(path: string, platform: Platform = PLATFORM): string {
  const root = rootOf(path, platform);
  const end = path.lastIndexOf("/");
  return end < root.length ? root : path.slice(0, end);
}

/** A path as it is found from an absolute directory: an absolute one itself, `/data` on Windows on the same drive. */
export function pathFrom(directory: string, path: string, platform: Platform = PLATFORM): string {
  if (rootOf(path, platform) !== "") return path;
  return path.startsWith("/")
    ? basePath(rootOf(directory, platform)) + path
    : `${basePath(directory)}/${path}`;
}

/** What follows `scheme://` in the URI of an absolute path: `/C:/data`, `server/share/data`. Nothing is encoded. */
export function uriPathOf(path: string, platform: Platform = PLATFORM): string {
  if (platform === "posix" || rootOf(path, platform) === "") return path;
  return path.startsWith("//") ? path.slice(2) : `/${path}`;
}

/** The absolute path that {@linkcode uriPathOf} made this of. What is none comes back so that it has no root. */
export function pathOfUri(rest: string, platform: Platform = PLATFORM): string {
  if (platform === "posix") return rest;
  if (!rest.startsWith("/")) return `//${rest}`;
  return /^\/[A-Za-z]:\//.test(rest) ? rest.slice(1, 2).toUpperCase() + rest.slice(2) : rest;
}
