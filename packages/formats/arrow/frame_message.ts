import { CONTINUATION, PREFIX } from "./message.ts";

/** What ends a stream. */
export const END: Uint8Array<ArrayBuffer> = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

/** Puts the mark and the length before metadata, and zeros behind them, so that what follows is aligned. */
export function frame(metadata: Uint8Array, alignment: number, position = 0): Uint8Array<ArrayBuffer> {
  const end = position + PREFIX + metadata.length;
  const length = end + (alignment - end % alignment) % alignment - position;
  const message = new Uint8Array(length);
  const view = new DataView(message.buffer);
  view.setUint32(0, CONTINUATION, true);
  view.setInt32(4, length - PREFIX, true);
  message.set(metadata, PREFIX);
  return message;
}
