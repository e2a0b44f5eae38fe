import type { ResponseHeaders } from "./response_headers.ts";
import type { ConnectionInfo, ResponseBody, ResponseTimings, TransportResponse } from "./transport.ts";

/** An answer as the transports make it; those that try again fill in how often. */
export class HttpResponse implements TransportResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: ResponseBody;
  readonly connection: ConnectionInfo;
  readonly timings: ResponseTimings;
  attempts = 1;
  throttled = false;
  waitedMs = 0;

  /** Is made of what came. */
  constructor(parts: Pick<TransportResponse, "status" | "headers" | "body" | "connection" | "timings">) {
    this.status = parts.status;
    this.headers = parts.headers;
    this.body = parts.body;
    this.connection = parts.connection;
    this.timings = parts.timings;
  }

  /** Gives up what is left of the body. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.body.cancel();
  }
}
