import { InvalidNameError } from "@lade/core/errors";
import type { Place } from "../places/place.ts";

/**
 * Why nothing is moved or copied from a prefix to one that it lies in, at the path `within`: it has something at that very
 * path, which would come to lie in the source and replace what is still to go.
 */
export function intoItself(source: Place, within: string, operation: string): InvalidNameError {
  const inner = JSON.stringify(source.uriOf(`${source.key}${within}`));
  const detail = `${inner} would come to lie in the source again`;
  return new InvalidNameError({ operation, uri: source.uri, detail, advice: "go by another prefix" });
}
