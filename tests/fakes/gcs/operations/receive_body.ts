import { BytesContent, type Content, SyntheticContent } from "../../parts/content.ts";
import type { CallBody } from "./call.ts";
import { ChecksumReader, type Checksums } from "./checksums.ts";

/** A body that has arrived. */
export interface ReceivedBody extends Checksums {
  /** Its bytes, or zeros where they are discarded. */
  readonly content: Content;
}

/** Receives a body whole, with its checksums. */
export async function receiveBody(
  body: CallBody,
  { discard, maxMd5Size }: { readonly discard: boolean; readonly maxMd5Size: number },
): Promise<ReceivedBody> {
  const { declaredLength } = body;
  if (declaredLength === undefined) {
    const bytes = await body.bytes();
    const reader = new ChecksumReader(bytes.length, maxMd5Size);
    reader.update(bytes);
    return { content: kept(bytes, bytes.length, discard), ...reader.digest() };
  }
  const reader = new ChecksumReader(declaredLength, maxMd5Size);
  const bytes = new Uint8Array(discard ? 0 : declaredLength);
  let at = 0;
  for (let piece = await body.next(); piece; piece = await body.next()) {
    reader.update(piece);
    if (!discard) bytes.set(piece, at);
    at += piece.length;
  }
  return { content: kept(bytes, at, discard), ...reader.digest() };
}

function kept(bytes: Uint8Array, size: number, discard: boolean): Content {
  return discard ? new SyntheticContent(size, 0) : new BytesContent(bytes);
}
