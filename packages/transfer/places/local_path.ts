import {
  basePath,
  directoryOf,
  isRoot,
  localPath,
  pathFrom,
  PLATFORM,
  type Platform,
  rootOf,
  uriPathOf,
} from "@lade/core/backend";
import { InvalidNameError } from "@lade/core/errors";
import { nearUriAdvice } from "@lade/core/text";
import { system } from "@lade/core/system";

/** What is asked of the system. */
export interface PathCalls {
  /** The system that the path is one of. */
  readonly platform: Platform;
  /** The working directory. */
  cwd(): string;
  /** The path without links. */
  realPath(path: string): string;
  /** Whether a link has this name. */
  isLink(path: string): boolean;
}

const SYSTEM: PathCalls = {
  platform: PLATFORM,
  cwd: () => system.cwd(),
  realPath: (path) => system.realPathSync(path),
  isLink(path) {
    try {
      return system.lstatSync(path).isSymlink;
    } catch {
      return false;
    }
  },
};

/**
 * The `file://` URI of a local path, relative ones against the working directory; a trailing slash is kept. A `..`
 * leads where it leads for the system, which is another directory behind a link: it is looked up. What is nearly a URI
 * (`s3:/b/k`) is an `InvalidNameError`; `./s3:/b/k` is that path. On Windows paths have drives and shares, and slashes of either kind.
 */
export function fileUri(path: string): string {
  return fileUriBy(path, SYSTEM);
}

/** As {@linkcode fileUri}, of any system. */
export function fileUriBy(path: string, calls: PathCalls): string {
  const { platform } = calls;
  const detail = nearUriAdvice(path);
  if (detail !== undefined) throw new InvalidNameError({ operation: "locate", uri: path, detail });
  const plain = localPath(path, platform);
  const absolute = resolve(path, plain, calls);
  const end = plain.endsWith("/") && !isRoot(absolute, platform) ? "/" : "";
  return `file://${uriPathOf(absolute, platform)}${end}`;
}

/** The `file://` URI of a local directory, which ends in `/`. */
export function directoryUri(path: string): string {
  const uri = fileUri(path);
  return uri.endsWith("/") ? uri : `${uri}/`;
}

/** As `resolve` of `node:path` does, but for links; to load that takes as long as a short command's rest. */
function resolve(given: string, path: string, calls: PathCalls): string {
  const { platform } = calls;
  const absolute = rootOf(path, platform) !== ""
    ? path
    : pathFrom(localPath(calls.cwd(), platform), path, platform);
  let at = rootOf(absolute, platform);
  for (const segment of absolute.slice(at.length).split("/")) {
    if (segment === "..") at = directoryAbove(given, at, calls);
    else if (segment !== "" && segment !== ".") at = `${basePath(at)}/${segment}`;
  }
  return at;
}

/** The directory above one, which is that of its real path where a link leads to it. */
function directoryAbove(given: string, path: string, calls: PathCalls): string {
  const { platform } = calls;
  try {
    return directoryOf(localPath(calls.realPath(path), platform), platform);
  } catch (error) {
    // What is not there, no link leads to.
    if (error instanceof system.errors.NotFound && !calls.isLink(path)) return directoryOf(path, platform);
    const detail = `where ".." leads from ${
      JSON.stringify(path)
    } cannot be found out, write the path without it`;
    throw new InvalidNameError({ operation: "locate", uri: given, detail, cause: error });
  }
}
