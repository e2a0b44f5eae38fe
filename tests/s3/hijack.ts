import { createTransport, type Transport, type TransportRequest } from "@lade/service/http";
import type { S3Surroundings } from "@lade/s3";
import type { ForeignServer } from "./foreign_server.ts";
import { bare } from "./open_fake.ts";

/** Which requests somebody else answers. */
export type RequestMatch = (request: {
  /** The method. */
  readonly method: string;
  /** The path, encoded. */
  readonly path: string;
  /** The query. */
  readonly query: URLSearchParams;
  /** Whether it copies from an object that its headers name. */
  readonly copies: boolean;
}) => boolean;

/** Surroundings in which requests that match go to another server while `on.now`. */
export function hijack(meets: RequestMatch, foreign: ForeignServer, on: { now: boolean }): S3Surroundings {
  return {
    ...bare,
    transport: (given) => {
      const inner = createTransport(given, {});
      const send = (request: TransportRequest) => {
        const { pathname: path, searchParams: query } = new URL(request.url);
        const copies = request.headers?.some(([name]) => name.toLowerCase() === "x-amz-copy-source") ?? false;
        const met = on.now && meets({ method: request.method, path, query, copies });
        return inner.send(met ? { ...request, url: foreign.url + path } : request);
      };
      return {
        send,
        close: () => inner.close(),
        [Symbol.asyncDispose]: () => inner.close(),
      } satisfies Transport;
    },
  };
}
