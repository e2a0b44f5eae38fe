/** A body sent piece by piece from memory. */
export interface PieceBody {
  /** Bytes in all. */
  size: number;
  /** The pieces, in order; each is sent before the next is asked for. */
  pieces: Iterable<Uint8Array>;
}

/** A response before it meets the wire. */
export interface WireResponse {
  /** Status code. */
  status: number;
  /** Header fields, without the ones the wire adds (`Content-Length`, `Transfer-Encoding`, `Connection`). */
  headers: Record<string, string>;
  /** The body. */
  body: Uint8Array | PieceBody;
  /** Whether the body is sent in chunks instead of with a length. */
  chunked: boolean;
  /** The service's error code, for the log. */
  errorCode?: string;
}

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  204: "No Content",
  206: "Partial Content",
  301: "Moved Permanently",
  304: "Not Modified",
  302: "Found",
  303: "See Other",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  411: "Length Required",
  412: "Precondition Failed",
  416: "Requested Range Not Satisfiable",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
};

/** The number of bytes in a body. */
export function bodySize(body: Uint8Array | PieceBody): number {
  return body instanceof Uint8Array ? body.length : body.size;
}

/** The status line and header fields of a response, with the empty line. */
export function encodeHead(response: WireResponse, framing: Record<string, string>): Uint8Array {
  let text = `HTTP/1.1 ${response.status} ${REASONS[response.status] ?? "Status"}\r\n`;
  for (const fields of [response.headers, framing]) {
    for (const [name, value] of Object.entries(fields)) text += `${name}: ${value}\r\n`;
  }
  return latin1(text + "\r\n");
}

function latin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
