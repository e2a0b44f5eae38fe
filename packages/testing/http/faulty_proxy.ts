import { FakeServer, type FakeServerOptions, type ServedRequest } from "./fake_server.ts";
import { RawConnection, type RawResponse } from "./raw_connection.ts";
import { latin1 } from "./raw_server.ts";
import type { RequestRecord } from "./request_record.ts";
import type { RequestHead } from "./wire/request_head.ts";
import type { WireResponse } from "./wire/response.ts";
import { ConnectionClosedError } from "./wire/socket_stream.ts";

/** How a proxy is started. */
export interface FaultyProxyOptions extends FakeServerOptions {
  /** The port of the service at 127.0.0.1, which speaks plain HTTP. */
  readonly targetPort: number;
}

/** Fields that hold for one connection, and what the proxy says itself of a body. */
const HOP_FIELDS = /^(?:connection|keep-alive|expect|transfer-encoding|content-length)$/;

/**
 * Stands before a service that others wrote, as a {@linkcode FakeServer} whose work that service does: every fault
 * strikes between the client and it. A subclass says what requests mean, how the service refuses, and what a whole
 * object is.
 *
 * A request is forwarded as it came, target and `Host` too, so that signatures hold; bodies are held whole on their
 * way. A client that goes away takes back nothing that was forwarded.
 */
export abstract class FaultyProxy<R extends RequestRecord = RequestRecord> extends FakeServer<R> {
  readonly #targetPort: number;

  /** A proxy that listens once `listen()` was called. */
  constructor(options: FaultyProxyOptions) {
    super(options);
    this.#targetPort = options.targetPort;
  }

  /** All bytes of the object of a request, asked of the service in a way of one's own: what is signed stays as it is. */
  protected abstract wholeObject(record: R): Promise<Uint8Array>;

  /** Forwards a request, and gives what the service answers. */
  protected override async serve(
    { head, body, record, ignoresRange }: ServedRequest<R>,
  ): Promise<WireResponse> {
    const answer = await this.#forward(head, await body.bytes());
    if (!ignoresRange || answer.status !== 206) return answer;
    const { "Content-Range": _, ...headers } = answer.headers;
    return { ...answer, status: 200, headers, body: await this.wholeObject(record) };
  }

  async #forward(head: RequestHead, body: Uint8Array): Promise<WireResponse> {
    const fields = head.headers.entries().filter(([name]) => !HOP_FIELDS.test(name.toLowerCase()));
    const framing = head.framing.kind === "none" ? [] : [["Content-Length", String(body.length)]];
    const lines = [...fields, ...framing, ["Connection", "close"]].map(([name, value]) =>
      `${name}: ${value}\r\n`
    );
    using connection = await RawConnection.open({ port: this.#targetPort });
    await connection.write(latin1(`${head.method} ${head.target} HTTP/1.1\r\n${lines.join("")}\r\n`), body);
    const answer = await connection.read(head.method);
    if (answer.end !== "whole") throw new ConnectionClosedError("Cannot forward: the service broke off");
    return answerOf(head.method, answer);
  }
}

function answerOf(method: string, { status, headers, body }: RawResponse): WireResponse {
  const fields = Object.entries(headers).filter(([name]) => !HOP_FIELDS.test(name));
  return {
    status,
    headers: Object.fromEntries(fields.map(([name, value]) => [spelled(name), value])),
    // The length of what a GET would have brought.
    body: method === "HEAD" ? { size: Number(headers["content-length"] ?? 0), pieces: [] } : body,
    chunked: headers["transfer-encoding"] === "chunked",
  };
}

/** The spelling that faults know. */
function spelled(name: string): string {
  if (name === "etag") return "ETag";
  return name.startsWith("x-") ? name : name.replace(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
