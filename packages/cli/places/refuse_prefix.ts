import { InvalidNameError } from "@lade/core/errors";
import { isPrefix, localPathOf, type Place, prefixNoun } from "./place.ts";

/** Throws an `InvalidNameError` for a prefix where an object is needed, with what to do instead. */
export async function refusePrefix(place: Place, operation: string, advice: string): Promise<void> {
  if (!isPrefix(place)) return;
  const { uri } = place;
  const path = localPathOf(uri)?.replace(/(?<=.)\/+$/, "");
  const status = path === undefined ? undefined : await Deno.stat(path).catch(() => undefined);
  const told = status === undefined || status.isDirectory
    ? { detail: `it is ${prefixNoun(place)}`, advice }
    : { detail: "it is a file", advice: "leave out the slash at its end" };
  throw new InvalidNameError({ operation, uri, ...told });
}
