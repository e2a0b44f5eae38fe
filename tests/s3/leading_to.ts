import type { Transport, TransportRequest } from "@lade/service/http";

/** A transport that takes every request to one server, whatever host it is for. */
export function leadingTo(url: string, inner: Transport): Transport {
  const moved = (from: string) => from.replace(/^https:\/\/[^/]+/, url);
  return {
    send: (request: TransportRequest) => {
      const { prepare } = request;
      return inner.send({
        ...request,
        url: moved(request.url),
        ...(prepare && {
          prepare: async (attempt) => {
            const head = await prepare(attempt);
            return { headers: head.headers.filter(([name]) => name.toLowerCase() !== "host") };
          },
        }),
      });
    },
    close: () => inner.close(),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}
