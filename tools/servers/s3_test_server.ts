import type { StartedServer } from "./start_server.ts";

/** An S3 server that others wrote, and the keys that may do everything on it. */
export interface S3TestServer extends StartedServer {
  /** Its endpoint. */
  readonly url: string;
  /** The access key. */
  readonly accessKeyId: string;
  /** Its secret. */
  readonly secretAccessKey: string;
}
