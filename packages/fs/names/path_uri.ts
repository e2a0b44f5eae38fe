import { InvalidNameError, type Location, parseUri } from "@lade/core/backend";
import { pathFault, segmentFault } from "./path_fault.ts";

/**
 * Splits `scheme:///absolute/path`, as raw text: nothing is decoded.
 *
 * With a trailing `/` the whole path is the container, a directory. Without, the container is `/` and the path is a
 * key below it: a single file that is named may be reached by any symbolic link.
 */
export function parsePathUri(scheme: string, uri: string): Location {
  const { scheme: given, rest } = parseUri(uri);
  const invalid = (detail: string) => new InvalidNameError({ operation: "parse", uri, detail });
  if (given !== scheme) {
    throw invalid(`the scheme is ${JSON.stringify(given)}, not ${JSON.stringify(scheme)}`);
  }
  if (!rest.startsWith("/")) {
    throw invalid(`the path is absolute, with three slashes in all: ${scheme}:///directory/file`);
  }
  if (rest === "/") return { container: "/", key: "" };
  const path = rest.slice(1);
  const isDirectory = path.endsWith("/");
  const fault = isDirectory ? segmentFault(path.slice(0, -1)) : pathFault(path);
  if (fault !== undefined) throw invalid(fault);
  return isDirectory ? { container: rest.slice(0, -1), key: "" } : { container: "/", key: path };
}

/** The URI of a key (or, with an empty key, of the directory itself). */
export function formatPathUri(scheme: string, { container, key }: Location): string {
  return `${scheme}://${container === "/" ? "" : container}/${key}`;
}

/** The absolute path of a directory, without a trailing `/`. A relative one is an `InvalidNameError`. */
export function rootPath(scheme: string, operation: string, container: string): string {
  const invalid = (detail: string) =>
    new InvalidNameError({ operation, uri: `${scheme}://${container}`, detail });
  if (!container.startsWith("/")) throw invalid("the path of a directory is absolute");
  const path = container.replace(/\/$/, "");
  if (path === "") return "/";
  const fault = segmentFault(path.slice(1));
  if (fault !== undefined) throw invalid(fault);
  return path;
}
