import type { ChunkedRead, CopyObjectResult, PutResult, ReadResult } from "@lade/core";
import { localPathOf, type Place } from "../places/place.ts";

/** How far the bytes of one object were checked on their way. */
export interface Verification {
  /** What became of the object; `"copied"` by its service, without coming here. */
  readonly action: "read" | "written" | "copied";
  /** The object. */
  readonly uri: string;
  /** The checksum that store and bytes agree on; absent where none was compared. */
  readonly checksum?: { readonly name: string; readonly value: string };
  /** Why none was compared, and what would be. */
  readonly reason?: string;
}

/** Takes what was verified of an object. */
export type VerificationListener = (verification: Verification) => void;

/** Passes the chunks of an object on, and reports at their end how they were checked. */
export async function* verifiedChunks(
  chunks: ChunkedRead,
  from: Place,
  onVerified: VerificationListener,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  tellRead(from, yield* chunks, onVerified);
}

/** Reports how a copy was checked, on both of its ends. */
export function tellCopied(
  from: Place,
  to: Place,
  result: CopyObjectResult,
  onVerified: VerificationListener,
): void {
  if (!result.read) return onVerified({ action: "copied", uri: to.uri });
  tellRead(from, result.read, onVerified);
  tellWritten(to, result, onVerified);
}

/** Reports how what was written was checked. */
export function tellWritten(to: Place, { checksums }: PutResult, onVerified: VerificationListener): void {
  tell("written", to, checksums, onVerified);
}

function tellRead(
  from: Place,
  { checksums, verified, unverified }: ReadResult,
  onVerified: VerificationListener,
): void {
  tell("read", from, verified ? checksums : undefined, onVerified, unverified);
}

/** Local files have no checksum to compare with, and nobody expects one. */
function tell(
  action: "read" | "written",
  { uri }: Place,
  checksums: PutResult["checksums"],
  onVerified: VerificationListener,
  reason?: string,
): void {
  const [first] = Object.entries(checksums ?? {});
  if (first) onVerified({ action, uri, checksum: { name: first[0], value: String(first[1]) } });
  else if (localPathOf(uri) === undefined) {
    onVerified({ action, uri, ...(reason !== undefined && { reason }) });
  }
}
