import type { Pacer } from "./pacer.ts";
import { bodySize, encodeHead, type WireResponse } from "./response.ts";
import type { SocketStream } from "./socket_stream.ts";

/** How a connection is broken: an orderly end, or a TCP reset. */
export type CutMode = "fin" | "rst";

/** What happens to a response on its way out. */
export interface Delivery {
  /** Replaces the declared `Content-Length`; the body itself stays as it is. */
  declaredLength?: number;
  /** Breaks the connection after this many bytes of the head or of the body. */
  cut?: { in: "head" | "body"; afterBytes: number; how: CutMode };
  /** Waits, each time this many bytes of body have gone. */
  pauses: { afterBytes: number; wait: () => Promise<void> }[];
  /** Bytes written after the response, before the next one. */
  garbage?: Uint8Array;
}

/** Bodies up to this size leave in one write with their head. */
const COALESCE = 64 * 1024;
const CRLF = new Uint8Array([13, 10]);

/** How a response is sent. */
export interface SendOptions {
  /** What happens to it on its way. */
  delivery: Delivery;
  /** Whether the body is described but not sent. */
  head: boolean;
  /** Whether the connection ends with it. */
  close: boolean;
  /** The pace. */
  pacer: Pacer;
  /** Told of bytes of body as they are written. */
  count: (bytes: number) => void;
}

/** Writes a response and says whether the connection can serve another request. */
export async function sendResponse(
  stream: SocketStream,
  response: WireResponse,
  options: SendOptions,
): Promise<boolean> {
  const { delivery, pacer } = options;
  const bodiless = options.head || response.status === 204 || response.status === 304;
  const size = bodySize(response.body);
  const head = encodeHead(response, framingFields(response, size, options));
  if (delivery.cut?.in === "head") {
    await stream.write(head.subarray(0, delivery.cut.afterBytes));
    await cutOff(stream, delivery.cut.how);
    return false;
  }
  let sent = 0;
  let pending: Uint8Array | undefined = head;
  const pauses = delivery.pauses.toSorted((a, b) => a.afterBytes - b.afterBytes);
  const end = bodiless ? 0 : Math.min(size, delivery.cut?.afterBytes ?? Infinity);
  for (const piece of bodiless ? [] : piecesOf(response.body)) {
    for (let at = 0; at < piece.length && sent < end;) {
      while (pauses[0] !== undefined && pauses[0].afterBytes <= sent) {
        if (pending !== undefined) await stream.write(pending);
        pending = undefined;
        await pauses.shift()?.wait();
      }
      const stop = Math.min(end, pauses[0]?.afterBytes ?? Infinity);
      const part = piece.subarray(at, at + Math.min(piece.length - at, stop - sent, pacer.quantum));
      const framed: Uint8Array = response.chunked ? chunk(part) : part;
      if (pending !== undefined && framed.length <= COALESCE) {
        await stream.write(join(pending, framed));
      } else {
        if (pending !== undefined) await stream.write(pending);
        await stream.write(framed);
      }
      pending = undefined;
      at += part.length;
      sent += part.length;
      options.count(part.length);
      await pacer.after(part.length);
    }
  }
  if (pending !== undefined) await stream.write(pending);
  for (const pause of pauses) {
    if (!bodiless && pause.afterBytes <= sent) await pause.wait();
  }
  if (delivery.cut !== undefined) {
    await cutOff(stream, delivery.cut.how);
    return false;
  }
  if (response.chunked && !bodiless) await stream.write(new TextEncoder().encode("0\r\n\r\n"));
  if (delivery.garbage !== undefined) await stream.write(delivery.garbage);
  const short = (delivery.declaredLength ?? 0) > size && !bodiless;
  return !options.close && !short;
}

/** Breaks the connection in the given way. */
export async function cutOff(stream: SocketStream, how: CutMode): Promise<void> {
  if (how === "rst") await stream.reset();
  else stream.finish();
}

function framingFields(
  response: WireResponse,
  size: number,
  options: SendOptions,
): Record<string, string> {
  const fields: Record<string, string> = {};
  if (response.chunked) fields["Transfer-Encoding"] = "chunked";
  else if (response.status !== 204 && response.status !== 304) {
    fields["Content-Length"] = String(options.delivery.declaredLength ?? size);
  }
  if (options.close) fields["Connection"] = "close";
  return fields;
}

function piecesOf(body: WireResponse["body"]): Iterable<Uint8Array> {
  return body instanceof Uint8Array ? [body] : body.pieces;
}

function chunk(bytes: Uint8Array): Uint8Array {
  return join(new TextEncoder().encode(`${bytes.length.toString(16)}\r\n`), bytes, CRLF);
}

function join(...parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
