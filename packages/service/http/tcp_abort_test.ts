import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { type Peer, RawServer, until } from "@lade/testing/http";
import { TcpTransport } from "./tcp_transport.ts";
import type { TransportOptions } from "./transport_options.ts";
import type { TransportRequest } from "./transport.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const reason = new Error("no longer wanted");

interface Case {
  readonly script: (peer: Peer, reached: () => void, over: Promise<void>) => Promise<void>;
  readonly request?: Omit<TransportRequest, "method" | "url">;
  readonly options?: TransportOptions;
}

/** Aborts a request once the server's script says how far it got. */
async function abortAt({ options, request, script }: Case): Promise<void> {
  const controller = new AbortController();
  const reached = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  await using server = new RawServer((peer) => script(peer, reached.resolve, over.promise));
  await using transport = new TcpTransport(options);
  const sending = transport.send({
    method: "PUT",
    url: server.url,
    signal: controller.signal,
    ...request,
  });
  const failed = assertRejects(() => sending);
  await reached.promise;
  controller.abort(reason);
  assertStrictEquals(await failed, reason);
  assertEquals([transport.connections, server.connections], [0, 1]);
  over.resolve();
}

Deno.test("TcpTransport.send() aborts before anything", async () => {
  await using transport = new TcpTransport();
  const sending = transport.send({
    method: "GET",
    url: "http://127.0.0.1:1/",
    signal: AbortSignal.abort(reason),
  });
  assertStrictEquals(await assertRejects(() => sending), reason);
  assertEquals(transport.connections, 0);
});

Deno.test("TcpTransport.send() that is aborted just as it is given a connection gives it back", async () => {
  await using server = new RawServer(async (peer) => {
    while (await peer.head() !== undefined) await peer.answer("hello");
  });
  // Whichever of these steps is the one between the connection's being given and its being taken.
  for (let steps = 0; steps < 12; steps++) {
    const controller = new AbortController();
    const abort = async () => {
      for (let i = 0; i < steps; i++) await undefined;
      controller.abort(reason);
    };
    await using transport = new TcpTransport({ maxConnections: 1 });
    const request = { method: "GET", url: server.url } as const;
    const first = await transport.send(request);
    const second = transport.send({ ...request, signal: controller.signal })
      .then(({ body }) => body.text(9)).catch((error) => error);
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals(await first.body.read(new Uint8Array(9)), 5);
    const aborting = abort();
    await first.body.discard();
    await aborting;
    const outcome = await second;
    assert(outcome === reason || outcome === "hello", String(outcome));
    const third = await transport.send(request);
    assertEquals(await third.body.text(9), "hello");
  }
});

Deno.test("TcpTransport.send() aborts while it waits for an answer", () =>
  abortAt({
    script: async (peer, reached) => {
      await peer.head();
      reached();
      await peer.rest();
    },
  }));

Deno.test("TcpTransport.send() aborts while it sends a body", () =>
  abortAt({
    request: { body: new Uint8Array(2 ** 26), expectContinue: false },
    script: async (peer, reached, over) => {
      await peer.head();
      await peer.bytes(100_000);
      reached();
      await over;
    },
  }));

Deno.test("TcpTransport.send() aborts while it waits for 100 Continue", () =>
  abortAt({
    request: { body: new Uint8Array(2 ** 22) },
    options: { clock: new FakeClock() },
    script: async (peer, reached) => {
      await peer.head();
      reached();
      await peer.rest();
    },
  }));

Deno.test("TcpTransport.send() aborts while the source of its body is slow", async () => {
  let returned = false;
  const chunks: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      return: () => {
        returned = true;
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
  await abortAt({
    request: { body: { length: 5, chunks } },
    script: async (peer, reached) => {
      await peer.head();
      reached();
      await peer.rest();
    },
  });
  assert(returned);
});

Deno.test("TcpTransport.send() aborts within the head of an answer", () =>
  abortAt({
    script: async (peer, reached) => {
      await peer.head();
      await peer.send("HTTP/1.1 200 OK\r\nContent-");
      reached();
      await peer.rest();
    },
  }));

Deno.test("TcpTransport.send() aborts while it waits for the next try", async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.answer("", "503 Slow Down");
    await peer.rest();
  });
  await using transport = new TcpTransport({ clock, random: () => 1 });
  const sending = transport.send({ method: "GET", url: server.url, signal: controller.signal });
  const failed = assertRejects(() => sending);
  await until(() => clock.pending === 2);
  controller.abort(reason);
  assertStrictEquals(await failed, reason);
  assertEquals(transport.connections, 1);
});

Deno.test("TcpTransport.send() aborts while prepare() or retryable() take their time", async () => {
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.answer("body");
    await peer.rest();
  });
  await using transport = new TcpTransport();
  for (const hook of ["prepare", "retryable"] as const) {
    const controller = new AbortController();
    const request = {
      method: "GET",
      url: server.url,
      signal: controller.signal,
      [hook]: () => {
        controller.abort(reason);
        return Promise.resolve(hook === "prepare" ? { headers: [] } : undefined);
      },
    };
    assertStrictEquals(await assertRejects(() => transport.send(request)), reason);
    assertEquals(transport.connections, 0);
  }
});

Deno.test("TcpTransport.send() aborts while it resolves the host", async () => {
  await using transport = new TcpTransport({ resolve: () => new Promise(() => {}) });
  const controller = new AbortController();
  const sending = transport.send({ method: "GET", url: "http://slow.test/", signal: controller.signal });
  const failed = assertRejects(() => sending);
  await until(() => transport.connections === 1);
  controller.abort(reason);
  assertStrictEquals(await failed, reason);
  await until(() => transport.connections === 0);
});

Deno.test("TcpTransport.send() aborts while TLS is negotiated", async () => {
  const controller = new AbortController();
  await using server = new RawServer(async (peer) => {
    await peer.bytes(1);
    controller.abort(reason);
    await peer.rest();
  });
  await using transport = new TcpTransport();
  const url = server.url.replace("http:", "https:");
  const sending = transport.send({ method: "GET", url, signal: controller.signal });
  assertStrictEquals(await assertRejects(() => sending), reason);
  await until(() => transport.connections === 0);
});

Deno.test("TcpTransport.send() aborts while it waits for a connection, and the others go on", async () => {
  const { promise: go, resolve } = Promise.withResolvers<void>();
  await using server = new RawServer(async (peer) => {
    while (await peer.head() !== undefined) {
      await go;
      await peer.answer("fine");
    }
  });
  await using transport = new TcpTransport({ maxConnections: 1 });
  const controller = new AbortController();
  const first = transport.send({ method: "GET", url: server.url });
  const second = transport.send({ method: "GET", url: server.url, signal: controller.signal });
  const third = transport.send({ method: "GET", url: server.url });
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => second), reason);
  resolve();
  assertEquals(await (await first).body.text(9), "fine");
  assertEquals(await (await third).body.text(9), "fine");
  assertEquals(server.connections, 1);
});

Deno.test("TcpTransport bodies abort between and within reads, and reject from then on", async () => {
  for (const pending of [false, true]) {
    const controller = new AbortController();
    await using server = new RawServer(async (peer) => {
      await peer.head();
      await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
      await peer.rest();
    });
    await using transport = new TcpTransport();
    const { body } = await transport.send({ method: "GET", url: server.url, signal: controller.signal });
    const target = new Uint8Array(10);
    assertEquals(await body.read(target), 5);
    const reading = pending ? assertRejects(async () => await body.read(target)) : undefined;
    controller.abort(reason);
    assertEquals(transport.connections, 0);
    if (reading) assertStrictEquals(await reading, reason);
    assertStrictEquals(await assertRejects(async () => await body.read(target)), reason);
    await body.cancel();
    await body.discard();
    assertStrictEquals(await assertRejects(async () => await body.close(true)), reason);
  }
});

Deno.test("TcpTransport ignores an abort after the body was read", async () => {
  await using server = new RawServer(async (peer) => {
    while (await peer.head() !== undefined) await peer.answer("fine");
  });
  await using transport = new TcpTransport();
  const controller = new AbortController();
  const { body } = await transport.send({ method: "GET", url: server.url, signal: controller.signal });
  assertEquals(await body.text(9), "fine");
  controller.abort(reason);
  assertEquals([await body.read(new Uint8Array(1)), transport.connections], [0, 1]);
});

Deno.test("ResponseBody.cancel() closes the connection and a pending read rejects with the reason", async () => {
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
    await peer.rest();
  });
  await using transport = new TcpTransport();
  const { body } = await transport.send({ method: "GET", url: server.url });
  const reading = assertRejects(async () => await body.read(new Uint8Array(10)));
  await body.cancel(reason);
  assertStrictEquals(await reading, reason);
  assertEquals(transport.connections, 0);
  const response = await transport.send({ method: "GET", url: server.url });
  await response.body.cancel();
  const error = await assertRejects(async () => await response.body.read(new Uint8Array(1)), DOMException);
  assertEquals(error.name, "AbortError");
});
