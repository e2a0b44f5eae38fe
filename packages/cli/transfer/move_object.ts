import type { Dropped, MoveObjectOptions } from "@lade/core";
import { moveObject as moveBetween } from "@lade/core/operations";
import type { Place } from "../places/place.ts";
import { tellCopied, type VerificationListener } from "./verification.ts";

/** Moves an object, tells how its copy was verified and what it lacks, and resolves with its size, where it became known. */
export async function moveObject(
  from: Place,
  to: Place,
  options: MoveObjectOptions,
  onVerified: VerificationListener,
  onDropped: (dropped: readonly Dropped[]) => void,
): Promise<number | undefined> {
  const { copied, source } = await moveBetween(from.store, from.key, to.store, to.key, options);
  if (copied) tellCopied(from, to, copied, onVerified);
  onDropped(copied?.dropped ?? []);
  return source?.size;
}
