import { connect } from "node:net";
import { ByteReader } from "./wire/byte_reader.ts";
import { SocketStream } from "./wire/socket_stream.ts";

/** An answer as it came. */
export interface RawResponse {
  /** The status. */
  status: number;
  /** The header fields by lower-case name. */
  headers: Record<string, string>;
  /** The body, as much of it as came. */
  body: Uint8Array;
  /** The body as text. */
  text: string;
  /** How the body ended: whole, by an early end of the connection, or by a reset. */
  end: "whole" | "fin" | "rst";
}

/** A client's end of one connection, for tests that write and read exactly what they say. */
export class RawConnection implements Disposable {
  readonly #stream: SocketStream;
  readonly #reader: ByteReader;

  private constructor(stream: SocketStream) {
    this.#stream = stream;
    this.#reader = new ByteReader(() => stream.read());
  }

  /** Connects to a server, in plain text. */
  static async open({ port }: { readonly port: number }): Promise<RawConnection> {
    const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return new RawConnection(new SocketStream(socket));
  }

  /** Writes bytes, or text as UTF-8. */
  async write(...parts: (Uint8Array | string)[]): Promise<void> {
    for (const part of parts) {
      const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
      await this.#stream.write(bytes);
    }
  }

  /** Reads one answer to a request of the given method. */
  async read(method: string): Promise<RawResponse> {
    const head = await this.#reader.until("\r\n\r\n", 65536, "the response head");
    if (head === null) throw new Error("Cannot read the response: the connection ended");
    const [statusLine = "", ...lines] = new TextDecoder("latin1").decode(head).split("\r\n");
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
    const headers = Object.fromEntries(lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }));
    const pieces: Uint8Array[] = [];
    let end: RawResponse["end"] = "whole";
    if (method !== "HEAD" && status !== 204 && status !== 304 && status >= 200) {
      try {
        await this.#readBody(headers, pieces);
      } catch {
        end = this.#stream.wasReset ? "rst" : "fin";
      }
    }
    const body = new Uint8Array(await new Blob(pieces.map((piece) => piece.slice())).arrayBuffer());
    return { status, headers, body, text: new TextDecoder().decode(body), end };
  }

  /** Reads whatever comes next, or null at the end. */
  some(): Promise<Uint8Array | null> {
    return this.#reader.some(65536);
  }

  /** Ends this side. */
  async end(): Promise<void> {
    this.#stream.end();
  }

  /** Closes. */
  [Symbol.dispose](): void {
    this.#stream.destroy();
  }

  async #readBody(headers: Record<string, string>, pieces: Uint8Array[]): Promise<void> {
    if (headers["transfer-encoding"] !== "chunked") {
      return await this.#take(Number(headers["content-length"]), pieces);
    }
    while (true) {
      const size = parseInt(await this.#reader.line(100, "a chunk"), 16);
      await this.#take(size, pieces);
      await this.#reader.crlf("a chunk");
      if (size === 0) return;
    }
  }

  async #take(count: number, pieces: Uint8Array[]): Promise<void> {
    for (let left = count; left > 0;) {
      const piece = await this.#reader.some(left);
      if (piece === null) throw new Error("the connection ended");
      pieces.push(piece);
      left -= piece.length;
    }
  }
}
