import { nearUriAdvice } from "@lade/core/text";
import { InvalidNameError } from "@lade/core/errors";

/**
 * The `file://` URI of a local path, relative ones against the working directory; a trailing slash is kept. What is
 * nearly a URI (`s3:/b/k`) is an `InvalidNameError`; `./s3:/b/k` is that path.
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

/** As `resolve` of `node:path` does on POSIX; to load that takes as long as the rest of a short command. */
function resolve(path: string): string {
  const segments: string[] = [];
  for (const segment of (path.startsWith("/") ? path : `${Deno.cwd()}/${path}`).split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return `/${segments.join("/")}`;
}
