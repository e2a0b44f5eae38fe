import { ByteReader, EndOfStreamError, FramingError } from "./byte_reader.ts";
import type { Pacer } from "./pacer.ts";
import { RequestBody } from "./request_body.ts";
import { parseRequestHead, type RequestHead } from "./request_head.ts";
import type { WireResponse } from "./response.ts";
import { type CutMode, cutOff, type Delivery, sendResponse } from "./send_response.ts";
import { ConnectionClosedError, type SocketStream } from "./socket_stream.ts";

/** Longest head accepted, in bytes. */
const HEAD_LIMIT = 32 * 1024;

/** One request and the connection it came on. */
export interface Exchange {
  /** The request line and fields. */
  head: RequestHead;
  /** The body, not yet read. */
  body: RequestBody;
  /** The connection. */
  stream: SocketStream;
}

/** What to do in answer to a request. */
export type Answer =
  | {
    kind: "respond";
    response: WireResponse;
    delivery: Delivery;
    /** Told of bytes of body as they are written. */
    count: (bytes: number) => void;
    /** Called when all was sent or the connection is gone. */
    done: () => void;
  }
  | { kind: "cut"; how: CutMode };

/** Serves the requests of one connection, one after the other, until either side ends it. */
export async function serveConnection(
  stream: SocketStream,
  options: {
    /** The pace of what is sent. */
    down: Pacer;
    /** The pace of what is received. */
    up: Pacer;
    /** Does the work of a request. */
    handle: (exchange: Exchange) => Promise<Answer>;
    /** Answers what is not HTTP. */
    refuse: (error: FramingError) => WireResponse;
  },
): Promise<void> {
  const reader = new ByteReader(() => stream.read());
  try {
    while (await serveOne(stream, reader, options));
  } catch (error) {
    if (!(error instanceof ConnectionClosedError || error instanceof EndOfStreamError)) throw error;
  } finally {
    stream.finish();
  }
}

async function serveOne(
  stream: SocketStream,
  reader: ByteReader,
  options: Parameters<typeof serveConnection>[1],
): Promise<boolean> {
  const { down: pacer, up } = options;
  let head: RequestHead;
  try {
    const bytes = await reader.until("\r\n\r\n", HEAD_LIMIT, "the request head");
    if (bytes === null) return false;
    head = parseRequestHead(bytes);
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
    await sendResponse(stream, options.refuse(error), {
      delivery: { pauses: [] },
      head: false,
      close: true,
      pacer,
      count: () => {},
    });
    return false;
  }
  const body = new RequestBody(reader, head.framing, {
    beforeFirst: async () => {
      if (!head.expectsContinue) return;
      await pacer.latency();
      await stream.write(new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n"));
    },
    after: (read) => up.after(read),
  });
  const answer = await options.handle({ head, body, stream });
  if (answer.kind === "cut") {
    await cutOff(stream, answer.how);
    return false;
  }
  // A client that was never told to go on may send the body or not: the connection cannot be trusted.
  const unsent = head.expectsContinue && !body.started && !body.ended;
  let reusable: boolean;
  try {
    await pacer.latency();
    reusable = await sendResponse(stream, answer.response, {
      delivery: answer.delivery,
      head: head.method === "HEAD",
      close: head.close || unsent,
      pacer,
      count: answer.count,
    });
  } finally {
    answer.done();
  }
  if (!reusable) return false;
  try {
    await body.drain();
  } catch (error) {
    if (error instanceof FramingError) return false;
    throw error;
  }
  return true;
}
