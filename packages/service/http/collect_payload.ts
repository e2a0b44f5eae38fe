import { abortable } from "./abortable.ts";
import type { RequestPayload } from "./request_payload.ts";

/** The bytes of a payload in one piece, copied only where they are in several; nothing when there is no body. */
export async function collectPayload(
  payload: RequestPayload,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!payload.present) return undefined;
  const chunks = payload.takeChunks();
  if (!chunks) return join(payload);
  const { length } = payload;
  const bytes = new Uint8Array(length);
  const iterator = chunks[Symbol.asyncIterator]();
  let at = 0;
  let ended = false;
  try {
    while (at <= length) {
      const next = await abortable(iterator.next(), signal);
      if (next.done) {
        ended = true;
        break;
      }
      if (at + next.value.length <= length) bytes.set(next.value, at);
      at += next.value.length;
    }
  } finally {
    if (!ended) iterator.return?.().catch(() => {});
  }
  if (at === length) return bytes;
  throw new TypeError(
    `Cannot send a body of ${length} bytes: its chunks have ${at > length ? "more" : `only ${at}`}`,
  );
}

function join(payload: RequestPayload): Uint8Array<ArrayBuffer> {
  const [first] = payload.parts;
  if (payload.parts.length === 1 && first && isPlain(first)) return first;
  const bytes = new Uint8Array(payload.length);
  let at = 0;
  for (const part of payload.parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function isPlain(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer;
}
