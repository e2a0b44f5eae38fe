import { assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { RawServer, until } from "@lade/testing/http";
import { TcpTransport } from "./tcp_transport.ts";

Deno.test.sanitizer({ ops: true, resources: true });

for (
  const [framing, head, pieces] of [
    ["of known length", "Content-Length: 12", ["Hello", ", you", "!!"]],
    ["in chunks", "Transfer-Encoding: chunked", ["5\r\nHello\r\n", "5\r\n, you\r\n", "2\r\n!!\r\n0\r\n\r\n"]],
  ] as const
) {
  Deno.test(`a body ${framing} tells how far it has come, and for how long its bytes were waited for`, async () => {
    const clock = new FakeClock();
    const turns = pieces.map(() => Promise.withResolvers<void>());
    await using server = new RawServer(async (peer) => {
      await peer.head();
      await peer.send(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n`);
      for (const [index, piece] of pieces.entries()) {
        await turns[index]?.promise;
        await peer.send(piece);
      }
      await peer.rest();
    });
    await using transport = new TcpTransport({ clock });
    const { body } = await transport.send({ method: "GET", url: server.url });
    assertEquals(body.arrivals?.(), { bytes: 0, waitedMs: 0 });
    await clock.advance(1_000);
    const target = new Uint8Array(5);
    const first = Promise.resolve(body.read(target, 5));
    await clock.advance(30);
    assertEquals(body.arrivals?.(), { bytes: 0, waitedMs: 30 });
    turns[0]?.resolve();
    assertEquals(await first, 5);
    await clock.advance(1_000);
    assertEquals(body.arrivals?.(), { bytes: 5, waitedMs: 30 }, "the reader's own time does not count");
    turns[1]?.resolve();
    turns[2]?.resolve();
    assertEquals(await body.text(100), ", you!!");
    await clock.advance(1_000);
    assertEquals(body.arrivals?.(), { bytes: 12, waitedMs: 30 });
  });
}

Deno.test("what has come of a body when it is aborted is given out, and the next read rejects", async () => {
  const clock = new FakeClock();
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n");
    await responded.promise;
    await peer.send("Hello");
    await peer.rest();
  });
  const responded = Promise.withResolvers<void>();
  const controller = new AbortController();
  const finished: unknown[] = [];
  const observer = {
    finished: (_: unknown, complete: boolean) => void finished.push(complete),
  };
  await using transport = new TcpTransport({ clock, observer });
  const { body } = await transport.send({ method: "GET", url: server.url, signal: controller.signal });
  const target = new Uint8Array(12);
  const reading = Promise.resolve(body.read(target, 12));
  responded.resolve();
  await until(() => body.arrivals?.()?.bytes === 5);
  const reason = new Error("enough");
  controller.abort(reason);
  assertEquals([await reading, new TextDecoder().decode(target.subarray(0, 5))], [5, "Hello"]);
  assertEquals(await assertRejects(() => Promise.resolve(body.read(target))), reason);
  assertEquals([body.arrivals?.()?.bytes, finished, transport.connections], [5, [false], 0]);
});
