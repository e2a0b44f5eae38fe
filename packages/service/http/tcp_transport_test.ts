import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createGetResult } from "@lade/core/backend";
import { latin1, RawServer } from "@lade/testing/http";
import { TcpTransport } from "./tcp_transport.ts";
import { TransportError } from "./transport_error.ts";

Deno.test.sanitizer({ ops: true, resources: true });

Deno.test("TcpTransport.send() sends the request to the byte and gives the answer", async () => {
  const heads: unknown[] = [];
  await using server = new RawServer(async (peer) => {
    heads.push(await peer.head());
    await peer.answer("hello", "206 Partial Content", 'ETag: "x"\r\nX-Twice:  a \r\nX-Twice: b\r\n');
    await peer.rest();
  });
  await using transport = new TcpTransport();
  const response = await transport.send({
    method: "GET",
    url: `${server.url}/a/../b//c%2Fd?x=1&y=%20`,
    headers: [["range", "bytes=0-4"], ["X-Meta", "caf\u00e9"]],
  });
  assertEquals(heads, [
    `GET /a/../b//c%2Fd?x=1&y=%20 HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\nrange: bytes=0-4\r\nX-Meta: caf\u00e9`,
  ]);
  const { attempts, body, connection, headers, status, throttled } = response;
  assertEquals([status, attempts, throttled, body.length], [206, 1, false, 5]);
  assertEquals([headers.get("etag"), headers.get("x-twice"), headers.get("none")], [
    '"x"',
    "a, b",
    undefined,
  ]);
  assertEquals(connection, {
    id: 1,
    endpoint: server.url,
    remoteAddress: `127.0.0.1:${server.port}`,
    reused: false,
  });
  assertEquals(await body.text(100), "hello");
});

Deno.test("TcpTransport keeps a connection for the next request once the body was read", async () => {
  await using server = new RawServer(async (peer) => {
    for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
      await peer.answer(head.split(" ")[1]);
    }
  });
  await using transport = new TcpTransport();
  for (let i = 0; i < 5; i++) {
    const response = await transport.send({ method: "GET", url: `${server.url}/${i}` });
    assertEquals(response.connection.reused, i > 0);
    assertEquals(await response.body.text(10), `/${i}`);
  }
  assertEquals([server.connections, transport.connections], [1, 1]);
});

Deno.test("TcpTransport takes HEAD, 204, 304 and lengths of zero as bodies of no bytes", async () => {
  const answers = [
    ["HEAD", "200 OK\r\nContent-Length: 1000"],
    ["GET", "204 No Content"],
    ["GET", "304 Not Modified\r\nContent-Length: 7"],
    ["PUT", "200 OK\r\nContent-Length: 0"],
  ] as const;
  await using server = new RawServer(async (peer) => {
    for (const [, answer] of answers) {
      await peer.head();
      await peer.send(`HTTP/1.1 ${answer}\r\n\r\n`);
    }
    await peer.rest();
  });
  await using transport = new TcpTransport();
  for (const [method] of answers) {
    const response = await transport.send({ method, url: server.url });
    assertEquals([response.body.length, await response.body.read(new Uint8Array(9))], [0, 0]);
  }
  assertEquals(server.connections, 1);
});

Deno.test("TcpTransport reads chunked bodies with extensions and trailers", async () => {
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.send(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n" +
        "5;name=value\r\nhello\r\n00001\r\n,\r\n6 ;x\r\n world\r\n0;last\r\nX-Sum: 1\r\n\r\n",
    );
    await peer.head();
    await peer.answer("next");
    await peer.rest();
  });
  await using transport = new TcpTransport();
  const response = await transport.send({ method: "GET", url: server.url });
  assertEquals([response.body.length, await response.body.text(100)], [undefined, "hello, world"]);
  const next = await transport.send({ method: "GET", url: server.url });
  assertEquals([await next.body.text(9), next.connection.reused], ["next", true]);
});

Deno.test("TcpTransport reads a body without a length up to the connection's end", async () => {
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.send("HTTP/1.0 200 OK\r\n\r\nall of it");
  });
  await using transport = new TcpTransport();
  const response = await transport.send({ method: "GET", url: server.url });
  assertEquals(await response.body.text(100), "all of it");
  assertEquals(transport.connections, 0);
});

Deno.test("TcpTransport does not keep a connection that the answer closes", async () => {
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.answer("x", "200 OK", "Connection: foo, Close\r\n");
    await peer.rest();
  });
  await using transport = new TcpTransport();
  for (let i = 1; i <= 2; i++) {
    const response = await transport.send({ method: "GET", url: server.url });
    assertEquals(await response.body.text(9), "x");
    assertEquals([server.connections, transport.connections], [i, 0]);
  }
});

Deno.test("TcpTransport reads large bodies right, into any buffer", async () => {
  const data = Uint8Array.from({ length: 3_000_001 }, (_, i) => (i * 31) >> 3);
  await using server = new RawServer(async (peer) => {
    while (await peer.head() !== undefined) await peer.answer(data);
  });
  await using transport = new TcpTransport();
  for (const size of [1_000, 65_536, 1_000_000, 5_000_000]) {
    const response = await transport.send({ method: "GET", url: server.url });
    const target = new Uint8Array(data.length + 8);
    let at = 4;
    for (;;) {
      const count = await response.body.read(target.subarray(at, Math.min(at + size, target.length)));
      if (count === 0) break;
      at += count;
    }
    assertEquals(at, data.length + 4);
    assert(target.subarray(4, at).every((byte, i) => byte === data[i]));
  }
  assertEquals(server.connections, 1);
});

Deno.test("TcpTransport bodies are sources for createGetResult()", async () => {
  await using server = new RawServer(async (peer) => {
    while (await peer.head() !== undefined) await peer.answer("0123456789");
  });
  await using transport = new TcpTransport();
  const read = async (length: number) => {
    const { body: source } = await transport.send({ method: "GET", url: server.url });
    const info = { key: "k", size: 10, lastModified: new Date(0), metadata: {} };
    const result = createGetResult({ info, source, uri: "s3://b/k", range: { offset: 0, length } });
    const target = new Uint8Array(20);
    return target.subarray(0, await result.readInto(target));
  };
  assertEquals(await read(10), latin1("0123456789"));
  assertEquals(transport.connections, 1);
  await assertRejects(() => read(11), Error, "the body ended after 10 of 11 bytes");
  await assertRejects(() => read(9), TransportError, "the body is longer than expected");
  assertEquals(transport.connections, 0);
});

Deno.test("TcpTransport.send() refuses requests that cannot be sent as they are", async () => {
  await using transport = new TcpTransport();
  const url = "http://127.0.0.1:9/";
  const body = new Uint8Array(3);
  const cases = [
    [{ method: "GET", url: "ftp://h/" }, "only http:// and https://"],
    [{ method: "GET", url: "http://h/a b" }, "percent-encoded"],
    [{ method: "GET", url: "http://h/a\r\nx: y" }, "percent-encoded"],
    [{ method: "GET", url: "http://user:secret@h/" }, 'to "http://h/": it names no host'],
    [{ method: "GET", url: "http://h:99999/?secret" }, 'to "http://h:99999/": it names no host'],
    [{ method: "GET /", url }, "is no method"],
    [{ method: "GET", url, headers: [["a b", "c"]] }, '"a b" is no header name'],
    [{ method: "GET", url, headers: [["a", "secret\r\nb: c"]] }, 'the header "a": its value holds'],
    [{ method: "GET", url, headers: [["a", "\u0100"]] }, 'the header "a": its value holds'],
    [{ method: "GET", url, headers: [["Transfer-Encoding", "chunked"]] }, "the transport decides it"],
    [{ method: "PUT", url, body, headers: [["content-length", "4"]] }, "the body has 3 bytes"],
  ] as const;
  for (const [request, problem] of cases) {
    const error = await assertRejects(() => transport.send(request), TypeError, problem);
    assert(!error.message.includes("secret"));
  }
});

Deno.test("TcpTransport.send() takes content-length, host and expect from an SDK's headers", async () => {
  let head: string | undefined;
  await using server = new RawServer(async (peer) => {
    head = await peer.head();
    await peer.send("HTTP/1.1 100 Continue\r\n\r\n");
    assertEquals(await peer.bytes(3), new Uint8Array(3));
    await peer.answer();
    await peer.rest();
  });
  await using transport = new TcpTransport();
  const headers = [["Content-Length", "3"], ["Host", "bucket.example"], ["expect", "100-continue"], [
    "a",
    "b",
  ]] as const;
  await transport.send({ method: "PUT", url: server.url, body: new Uint8Array(3), headers });
  assertEquals(
    head,
    "PUT / HTTP/1.1\r\nhost: bucket.example\r\na: b\r\ncontent-length: 3\r\nexpect: 100-continue",
  );
});

Deno.test("TcpTransport tells its observer what happens", async () => {
  await using server = new RawServer(async (peer) => {
    while (await peer.head() !== undefined) {
      await peer.bytes(5);
      await peer.answer("four");
    }
  });
  const events: unknown[] = [];
  await using transport = new TcpTransport({
    observer: {
      connected: (connection) => events.push(["connected", connection.id]),
      attemptStarted: (request, attempt) => events.push(["attempt", request.label, attempt]),
      sent: (_, bytes) => events.push(["sent", bytes]),
      responded: (_, { status, timings: { attemptMs, connectedMs, firstByteMs, startMs } }) => {
        assert(startMs <= attemptMs && attemptMs <= connectedMs && connectedMs <= firstByteMs);
        events.push(["responded", status]);
      },
      received: (_, bytes) => events.push(["received", bytes]),
      finished: (_, complete) => events.push(["finished", complete]),
    },
  });
  const request = { method: "PUT", url: server.url, body: new Uint8Array(5), label: "s3://b/k" };
  const response = await transport.send(request);
  await response.body.discard();
  const unread = await transport.send(request);
  await unread[Symbol.asyncDispose]();
  assertEquals(events, [
    ["attempt", "s3://b/k", 1],
    ["connected", 1],
    ["sent", 5],
    ["responded", 200],
    ["received", 4],
    ["finished", true],
    ["attempt", "s3://b/k", 1],
    ["sent", 5],
    ["responded", 200],
    ["finished", false],
  ]);
});

Deno.test("TcpTransport.close() ends what is under way and leaves nothing open", async () => {
  await using server = new RawServer(async (peer) => {
    const head = await peer.head();
    if (head?.includes("/body")) await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
    await peer.rest();
  });
  const transport = new TcpTransport();
  const waiting = transport.send({ method: "GET", url: server.url });
  const response = await transport.send({ method: "GET", url: `${server.url}/body` });
  const target = new Uint8Array(10);
  assertEquals(await response.body.read(target), 5);
  const reading = response.body.read(target);
  const failures = Promise.all(
    [waiting, reading].map((each) => assertRejects(async () => await each, TransportError)),
  );
  await transport.close();
  for (const error of await failures) assertEquals(error.kind, "closed");
  assertEquals(transport.connections, 0);
  const error = await assertRejects(() => transport.send({ method: "GET", url: server.url }), TransportError);
  assertStringIncludes(error.message, `Cannot send GET to "${server.url}": the transport was closed`);
  await transport.close();
});

Deno.test("TcpTransport refuses options it does not know", () => {
  const make = (options: object) => () => new TcpTransport(options);
  for (
    const [options, problem] of [
      [{ timeout: 3 }, 'there is no option "timeout"'],
      [{ limits: { maxHead: 3 } }, 'there is no limit "maxHead"'],
      [{ retry: { tries: 3 } }, 'there is no setting "tries"'],
      [{ maxConnections: 0 }, "maxConnections 0"],
      [{ stallTimeoutMs: NaN }, "stallTimeoutMs NaN"],
    ] as const
  ) {
    let message = "";
    try {
      make(options)();
    } catch (error) {
      message = String(error);
    }
    assertStringIncludes(message, problem);
  }
});
