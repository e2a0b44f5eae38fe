import { assertEquals } from "@std/assert";
import { sumFigures } from "@lade/core/backend";
import { HedgeBudget } from "@lade/core/concurrency";
import { FakeClock } from "@lade/testing";
import { RawServer, until } from "@lade/testing/http";
import { FetchTransport } from "./fetch_transport.ts";
import { TcpTransport } from "./tcp_transport.ts";
import type { Transport } from "./transport.ts";
import type { TransportOptions } from "./transport_options.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const TRANSPORTS: Readonly<Record<string, (options: TransportOptions) => Transport>> = {
  TcpTransport: (options) => new TcpTransport(options),
  FetchTransport: (options) => new FetchTransport(options),
};

/** Answers with the number of the connection, but for a first request of `/slow`, which waits until it is closed. */
function serve() {
  const seen = { slow: 0, closed: 0, requests: 0 };
  const server = new RawServer(async (peer) => {
    for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
      seen.requests++;
      if (head.startsWith("GET /slow ") && ++seen.slow === 1) {
        await peer.rest();
        seen.closed++;
        return;
      }
      await peer.answer(`${peer.number}`);
    }
  });
  return { server, seen };
}

for (const [name, make] of Object.entries(TRANSPORTS)) {
  Deno.test(`${name} asks again on another connection, and closes the one that is slow`, async () => {
    const clock = new FakeClock();
    const hedges = new HedgeBudget(clock);
    const { server, seen } = serve();
    await using _ = server;
    await using transport = make({ clock, hedges });
    const get = async (path: string) => {
      const response = await transport.send({ method: "GET", url: `${server.url}${path}`, hedge: true });
      return await response.body.text(100);
    };
    for (let count = 0; count < 20; count++) assertEquals(await get("/fast"), "1");
    const slow = get("/slow");
    await until(() => seen.slow === 1);
    await clock.advance(80);
    assertEquals(await slow, "2");
    await until(() => seen.closed === 1);
    assertEquals([seen.requests, server.connections, hedges.issued, hedges.won], [22, 2, 1, 1]);
    const { hedges: { issued, won }, requests, retries } = transport.figures ?? sumFigures([]);
    assertEquals([issued, won, requests, retries], [1, 1, 22, 0]);
    assertEquals([await get("/fast"), server.connections], ["2", 2], "the connection that won is kept");
  });

  Deno.test(`${name} that is closed ends both tries`, async () => {
    const clock = new FakeClock();
    const hedges = new HedgeBudget(clock);
    let waiting = 0;
    await using server = new RawServer(async (peer) => {
      for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
        if (head.startsWith("GET /slow ")) waiting++;
        else await peer.answer("");
      }
    });
    const transport = make({ clock, hedges, retry: { maxAttempts: 1 } });
    const get = async (path: string) =>
      await (await transport.send({ method: "GET", url: `${server.url}${path}`, hedge: true })).body.text(
        100,
      );
    for (let count = 0; count < 20; count++) await get("/fast");
    const failed = get("/slow").catch((error) => error.kind);
    await until(() => waiting === 1);
    await clock.advance(80);
    await until(() => waiting === 2);
    await transport.close();
    assertEquals([await failed, hedges.issued, hedges.won], ["closed", 1, 0]);
  });

  Deno.test(`${name} sends nothing twice without a budget`, async () => {
    const clock = new FakeClock();
    const { server, seen } = serve();
    await using _ = server;
    await using transport = make({ clock });
    const get = (path: string) =>
      transport.send({ method: "GET", url: `${server.url}${path}`, hedge: true }).then((r) => r.body.text(9));
    for (let count = 0; count < 20; count++) await get("/fast");
    const slow = get("/slow").catch((error) => error.kind);
    await until(() => seen.slow === 1);
    await clock.advance(10_000);
    await transport.close();
    assertEquals([await slow, seen.slow], ["closed", 1]);
  });
}
