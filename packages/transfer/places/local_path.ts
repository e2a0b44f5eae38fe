import { nearUriAdvice } from "@lade/core/text";
import { InvalidNameError } from "@lade/core/errors";

/**
 * The `file://` URI of a local path, relative ones against the working directory; a trailing slash is kept. A `..`
 * leads where it leads for the system, which is another directory behind a link: it is looked up. What is nearly a URI (`s3:/b/k`) is an `InvalidNameError`; `./s3:/b/k` is that path.
 */
export function fileUri(path: string): string {
  const detail = nearUriAdvice(path);
  if (detail !== undefined) throw new InvalidNameError({ operation: "locate", uri: path, detail });
  const absolute = resolve(path);
  return `file://${absolute}${path.endsWith("/") && absolute !== "/" ? "/" : ""}`;
}

/** The `file://` URI of a local directory, which ends in `/`. */
export function directoryUri(path: string): string {
  const uri = fileUri(path);
  return uri.endsWith("/") ? uri : `${uri}/`;
}

/** As `resolve` of `node:path` does on POSIX, but for links; to load that takes as long as a short command's rest. */
function resolve(path: string): string {
  let segments: string[] = [];
  for (const segment of (path.startsWith("/") ? path : `${Deno.cwd()}/${path}`).split("/")) {
    if (segment === "..") segments = segmentsAbove(path, segments);
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return `/${segments.join("/")}`;
}

/** The directory above one, which is that of its real path where a link leads to it. */
function segmentsAbove(path: string, segments: readonly string[]): string[] {
  const directory = `/${segments.join("/")}`;
  try {
    const real = Deno.realPathSync(directory);
    return real.split("/").filter((segment) => segment !== "").slice(0, -1);
  } catch (error) {
    // What is not there, no link leads to.
    if (error instanceof Deno.errors.NotFound && !isLink(directory)) return segments.slice(0, -1);
    const detail = `where ".." leads from ${
      JSON.stringify(directory)
    } cannot be found out, write the path without it`;
    throw new InvalidNameError({ operation: "locate", uri: path, detail, cause: error });
  }
}

function isLink(path: string): boolean {
  try {
    return Deno.lstatSync(path).isSymlink;
  } catch {
    return false;
  }
}
