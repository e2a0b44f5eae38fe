import { assertEquals } from "@std/assert";
import { sumFigures } from "@lade/core/backend";
import { FakeClock } from "@lade/testing";
import { RawServer } from "@lade/testing/http";
import { createTransport } from "./create_transport.ts";
import { TcpTransport } from "./tcp_transport.ts";
import { TransportShare } from "./transport_share.ts";
import { FetchTransport } from "./fetch_transport.ts";

Deno.test.sanitizer({ ops: true, resources: true });

Deno.test("TransportFigures counts requests, bytes and what was waited for, in all and for each address", async () => {
  const clock = new FakeClock();
  await using server = new RawServer(async (peer) => {
    while (await peer.head() !== undefined) {
      await peer.bytes(5);
      await clock.advance(30);
      await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n1234");
      // The body is waited for as soon as the answer is there.
      await responded.promise;
      await clock.advance(50);
      await peer.send("5678");
    }
  });
  let responded = Promise.withResolvers<void>();
  const seen: number[] = [];
  const observer = {
    responded: () => responded.resolve(),
    received: (_: unknown, n: number) => void seen.push(n),
  };
  await using transport = new TcpTransport({ clock, observer });
  for (let i = 0; i < 2; i++) {
    const response = await transport.send({ method: "PUT", url: server.url, body: new Uint8Array(5) });
    responded = Promise.withResolvers();
    const text = response.body.text(100);
    observer.responded();
    assertEquals(await text, "12345678");
  }
  const { addresses, bytesRead, bytesWritten, connections, requests, retries, throttled, waitedMs } =
    transport.figures;
  assertEquals({ bytesRead, bytesWritten, connections, requests, retries, throttled }, {
    ...{ bytesRead: 16, bytesWritten: 10, connections: 1, requests: 2, retries: 0, throttled: 0 },
  });
  assertEquals([waitedMs.sending + waitedMs.answers, waitedMs.connecting], [60, 0]);
  assertEquals(waitedMs.bytes, 100);
  const address = `127.0.0.1:${server.port}`;
  const [only, ...others] = addresses;
  assertEquals([only?.endpoint, only?.address, only?.requests, only?.failed, only?.bytes], [
    ...[server.url, address, 2, 0, 16],
  ]);
  assertEquals(others, []);
  assertEquals(JSON.parse(JSON.stringify(transport.figures)), sumFigures([transport.figures]));
  // An observer of the caller's own is told as well.
  assertEquals(seen.reduce((a, b) => a + b), 16);
});

Deno.test("TransportFigures counts what the service throttled, and the tries that followed", async () => {
  const clock = new FakeClock();
  const answers = ["503 Slow Down", "429 Too Many Requests", "500 Oh", "200 OK"];
  await using server = new RawServer(async (peer) => {
    while (await peer.head() !== undefined) await peer.answer("", answers.shift());
  });
  await using transport = createTransport({ clock, random: () => 0 });
  const sending = transport.send({ method: "GET", url: server.url });
  let over = false;
  sending.finally(() => over = true);
  while (!over) {
    await clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await (await sending).body.discard();
  const { addresses, requests, retries, throttled } = transport.figures ?? {};
  assertEquals([requests, retries, throttled, addresses?.[0]?.failed], [4, 3, 2, 3]);
});

Deno.test("TransportFigures of fetch count by endpoint, and those of a share are the transport's", async () => {
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.answer("hello");
    await peer.rest();
  });
  await using transport = new FetchTransport();
  const share = new TransportShare(transport);
  const response = await share.send({ method: "GET", url: server.url });
  assertEquals(await response.body.text(10), "hello");
  assertEquals(share.figures, transport.figures);
  const [only] = transport.figures.addresses;
  assertEquals([transport.figures.bytesRead, only?.address, only?.bytes, only?.requests], [
    ...[5, `127.0.0.1:${server.port}`, 5, 1],
  ]);
});
