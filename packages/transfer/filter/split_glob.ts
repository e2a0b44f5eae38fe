import { InvalidNameError } from "@lade/core/errors";
import { Glob } from "./glob.ts";
import type { ObjectFilter } from "./object_filter.ts";

/** A URI or path with wildcards, taken apart. */
export interface SplitGlob {
  /** What comes before the segment of the first wildcard: the prefix or directory that is listed, with its slash. */
  readonly base: string;
  /** Accepts what matches the rest, by the name below the base. */
  readonly filter: ObjectFilter;
}

/**
 * Takes apart a source that holds wildcards; `undefined` where it holds none. The scheme, and the container that follows
 * it, hold none, nor does a URL, whose `?` begins its query: that is an `InvalidNameError`. What is no glob is a
 * `TypeError`.
 */
export function splitGlob(source: string): SplitGlob | undefined {
  const first = source.search(/[*?[{\\]/);
  if (first < 0) return undefined;
  const refuse = (detail: string, advice: string): never => {
    throw new InvalidNameError({ operation: "match", uri: source, detail, advice });
  };
  if (/^https?:\/\//i.test(source)) {
    refuse("a URL holds no wildcards", "name the container by its URI, or leave out --glob");
  }
  const end = source.lastIndexOf("/", first);
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(source)?.[0] ?? "";
  if (scheme !== "" && end < scheme.length && !isLocal(scheme)) {
    refuse("a container is named without wildcards", "name one, and match what is in it");
  }
  const glob = new Glob(source.slice(end + 1), true);
  const filter = Object.assign((_meta: unknown, name: string) => glob.matches(name), {
    ...(glob.literalPrefix !== "" && { prefixes: [glob.literalPrefix] }),
    byNameOnly: true,
  });
  return { base: end < 0 ? "./" : source.slice(0, end + 1), filter };
}

function isLocal(scheme: string): boolean {
  return /^(?:file|direct):/i.test(scheme);
}
