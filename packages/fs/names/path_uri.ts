import {
  basePath,
  InvalidNameError,
  isRoot,
  localPath,
  type Location,
  parseUri,
  pathOfUri,
  PLATFORM,
  type Platform,
  rootOf,
  uriPathOf,
} from "@lade/core/backend";
import { pathFault, segmentFault } from "./path_fault.ts";

/**
 * Splits `scheme:///absolute/path`, as raw text: nothing is decoded. On Windows it has a drive or a share
 * (`scheme:///C:/path`, `scheme://server/share/path`), which is what `/` is elsewhere.
 *
 * With a trailing `/` the whole path is the container, a directory. Without, the container is `/` and the path is a
 * key below it: a single file that is named may be reached by any symbolic link.
 */
export function parsePathUri(scheme: string, uri: string, platform: Platform = PLATFORM): Location {
  const { scheme: given, rest } = parseUri(uri);
  const invalid = (detail: string) => new InvalidNameError({ operation: "parse", uri, detail });
  if (given !== scheme) {
    throw invalid(`the scheme is ${JSON.stringify(given)}, not ${JSON.stringify(scheme)}`);
  }
  const absolute = pathOfUri(rest, platform);
  const root = rootOf(absolute, platform);
  if (root === "") {
    throw invalid(
      platform === "posix"
        ? `the path is absolute, with three slashes in all: ${scheme}:///directory/file`
        : `the path has a drive or a share: ${scheme}:///C:/directory/file, ${scheme}://server/share/file`,
    );
  }
  const shareFault = rootFault(root, platform);
  if (shareFault !== undefined) throw invalid(shareFault);
  if (isRoot(absolute, platform)) return { container: root, key: "" };
  const path = absolute.slice(root.length);
  const isDirectory = path.endsWith("/");
  const fault = isDirectory ? segmentFault(path.slice(0, -1), platform) : pathFault(path, platform);
  if (fault !== undefined) throw invalid(fault);
  return isDirectory ? { container: absolute.slice(0, -1), key: "" } : { container: root, key: path };
}

/** The URI of a key (or, with an empty key, of the directory itself). */
export function formatPathUri(
  scheme: string,
  { container, key }: Location,
  platform: Platform = PLATFORM,
): string {
  return `${scheme}://${uriPathOf(`${basePath(container)}/${key}`, platform)}`;
}

/** The absolute path of a directory, without a trailing `/` but that of a root. A relative one is an `InvalidNameError`. */
export function rootPath(
  scheme: string,
  operation: string,
  container: string,
  platform: Platform = PLATFORM,
): string {
  const path = localPath(container, platform);
  const root = rootOf(path, platform);
  const invalid = (detail: string) =>
    new InvalidNameError({ operation, uri: `${scheme}://${uriPathOf(path, platform)}`, detail });
  if (root === "") throw invalid("the path of a directory is absolute");
  const below = isRoot(path, platform)
    ? undefined
    : segmentFault(basePath(path).slice(root.length), platform);
  const fault = rootFault(root, platform) ?? below;
  if (fault !== undefined) throw invalid(fault);
  return isRoot(path, platform) ? path : basePath(path);
}

/** Why there is no such server or share. */
function rootFault(root: string, platform: Platform): string | undefined {
  return root.startsWith("//") ? segmentFault(root.slice(2, -1), platform) : undefined;
}
