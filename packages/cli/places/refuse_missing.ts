import { NotFoundError } from "@lade/core/errors";
import { isLocalDirectory, type Place } from "./place.ts";

/**
 * Throws a `NotFoundError` for a prefix under which a listing found nothing, so that a typing error does not pass for
 * success. Containers and local directories may be empty.
 */
export async function refuseMissing({ key, uri }: Place, operation: string): Promise<void> {
  if (key === "" || await isLocalDirectory(uri)) return;
  throw new NotFoundError({ operation, uri, detail: "no such prefix" });
}
