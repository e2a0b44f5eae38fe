import { assert, assertEquals, assertRejects } from "@std/assert";
import { RawServer, until } from "@lade/testing/http";
import { TcpTransport } from "./tcp_transport.ts";
import { TransportError } from "./transport_error.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

/** Answers that must not be taken for an answer, each followed by the connection's end. */
const REFUSED_HEADS: Record<string, string> = {
  "nothing like HTTP": "hello\r\n\r\n",
  "HTTP/0.9": "<html>hello</html>",
  "HTTP/2": "HTTP/2 200\r\n\r\n",
  "HTTP/1.2": "HTTP/1.2 200 OK\r\n\r\n",
  "lower case": "http/1.1 200 OK\r\n\r\n",
  "an empty line first": `\r\n${OK}Content-Length: 0\r\n\r\n`,
  "a request": "GET / HTTP/1.1\r\n\r\n",
  "a status of four digits": "HTTP/1.1 2000 OK\r\n\r\n",
  "a huge status": `HTTP/1.1 ${"9".repeat(400)} OK\r\n\r\n`,
  "a status of two digits": "HTTP/1.1 20 OK\r\n\r\n",
  "status 600": "HTTP/1.1 600 Odd\r\n\r\n",
  "status 099": "HTTP/1.1 099 Odd\r\n\r\n",
  "a negative status": "HTTP/1.1 -200 OK\r\n\r\n",
  "two spaces before the status": "HTTP/1.1  200 OK\r\n\r\n",
  "a control character in the reason": "HTTP/1.1 200 O\x00K\r\n\r\n",
  "switching protocols": "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
  "bare LF after the status line": "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n",
  "bare LF after a header": `${OK}A: b\nContent-Length: 0\r\n\r\n`,
  "bare LF at the end": `${OK}Content-Length: 0\r\n\n`,
  "bare CR in a value": `${OK}A: b\rContent-Length: 5\r\n\r\n`,
  "CR CR LF": `${OK}A: b\r\r\nContent-Length: 0\r\n\r\n`,
  "a folded header": `${OK}A: b\r\n c\r\nContent-Length: 0\r\n\r\n`,
  "a folded first header": `${OK} A: b\r\nContent-Length: 0\r\n\r\n`,
  "a space before the colon": `${OK}Content-Length : 0\r\n\r\n`,
  "a tab before the colon": `${OK}Content-Length\t: 0\r\n\r\n`,
  "a header without a colon": `${OK}Content-Length\r\n\r\n`,
  "a header without a name": `${OK}: x\r\nContent-Length: 0\r\n\r\n`,
  "NUL in a value": `${OK}A: b\x00c\r\nContent-Length: 0\r\n\r\n`,
  "NUL in a name": `${OK}A\x00: b\r\nContent-Length: 0\r\n\r\n`,
  "DEL in a value": `${OK}A: \x7f\r\nContent-Length: 0\r\n\r\n`,
  "a name that is not ASCII": `${OK}\xc3\xa4: b\r\nContent-Length: 0\r\n\r\n`,
  "a length beside a coding": `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  "a coding beside a length": `${OK}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
  "lengths that differ": `${OK}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
  "lengths that differ in writing": `${OK}Content-Length: 5\r\nContent-Length: 05\r\n\r\nhello`,
  "a list of lengths that differ": `${OK}Content-Length: 5, 6\r\n\r\nhello`,
  "a list of lengths without a space": `${OK}Content-Length: 5,5\r\n\r\nhello`,
  "a negative length": `${OK}Content-Length: -5\r\n\r\nhello`,
  "a signed length": `${OK}Content-Length: +5\r\n\r\nhello`,
  "a hexadecimal length": `${OK}Content-Length: 0x5\r\n\r\nhello`,
  "a length with a fraction": `${OK}Content-Length: 5.0\r\n\r\nhello`,
  "a length with an exponent": `${OK}Content-Length: 5e0\r\n\r\nhello`,
  "an empty length": `${OK}Content-Length: \r\n\r\nhello`,
  "a length beyond 2^53": `${OK}Content-Length: 9007199254740993\r\n\r\nhello`,
  "an overlong length": `${OK}Content-Length: 1${"0".repeat(400)}\r\n\r\nhello`,
  "a coding of two": `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  "a coding given twice": `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  "an unknown coding": `${OK}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
  "a coding in quotes": `${OK}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n`,
  "a coding that is hidden by a vertical tab": `${OK}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`,
  "a coding in HTTP/1.0": "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "an endless header": `${OK}A: ${"b".repeat(200_000)}`,
  "endless headers": OK + "A: b\r\n".repeat(40_000),
  "more headers than allowed": `${OK}${"A: b\r\n".repeat(600)}\r\n`,
  "a flood of interim heads": "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n".repeat(100),
};

/** Bodies that must not be taken for whole. */
const REFUSED_BODIES: Record<string, string> = {
  "no size": `${CHUNKED}\r\nhello\r\n0\r\n\r\n`,
  "a size of no digits": `${CHUNKED};x=y\r\nhello\r\n0\r\n\r\n`,
  "a signed size": `${CHUNKED}+5\r\nhello\r\n0\r\n\r\n`,
  "a negative size": `${CHUNKED}-5\r\nhello\r\n0\r\n\r\n`,
  "a size with 0x": `${CHUNKED}0x5\r\nhello\r\n0\r\n\r\n`,
  "a space before the size": `${CHUNKED} 5\r\nhello\r\n0\r\n\r\n`,
  "a space after the size": `${CHUNKED}5 \r\nhello\r\n0\r\n\r\n`,
  "an overlong size": `${CHUNKED}${"0".repeat(20)}5\r\nhello\r\n0\r\n\r\n`,
  "a huge size": `${CHUNKED}ffffffffffffffff\r\nhello\r\n0\r\n\r\n`,
  "bare LF after the size": `${CHUNKED}5\nhello\r\n0\r\n\r\n`,
  "a long extension": `${CHUNKED}5;${"x".repeat(5_000)}\r\nhello\r\n0\r\n\r\n`,
  "an endless extension": `${CHUNKED}5;${"x".repeat(300_000)}`,
  "very many extensions": CHUNKED + `1;${"x".repeat(900)}\r\na\r\n`.repeat(100) + "0\r\n\r\n",
  "NUL in an extension": `${CHUNKED}5;a\x00b\r\nhello\r\n0\r\n\r\n`,
  "a chunk longer than its size": `${CHUNKED}4\r\nhello\r\n0\r\n\r\n`,
  "a chunk shorter than its size": `${CHUNKED}6\r\nhello\r\n0\r\n\r\n`,
  "bare LF after a chunk": `${CHUNKED}5\r\nhello\n0\r\n\r\n`,
  "bare LF in the trailers": `${CHUNKED}5\r\nhello\r\n0\r\nA: b\n\r\n`,
  "bare LF at the end": `${CHUNKED}5\r\nhello\r\n0\r\n\n`,
  "a trailer that is no header": `${CHUNKED}5\r\nhello\r\n0\r\nhello\r\n\r\n`,
  "endless trailers": `${CHUNKED}5\r\nhello\r\n0\r\n${"A: b\r\n".repeat(40_000)}`,
  "a chunk that is cut": `${CHUNKED}5\r\nhel`,
  "no last chunk": `${CHUNKED}5\r\nhello\r\n`,
  "no end behind the last chunk": `${CHUNKED}5\r\nhello\r\n0\r\n`,
  "a body that is cut": `${OK}Content-Length: 6\r\n\r\nhello`,
};

const once = { retry: { maxAttempts: 1 } };

function serve(answer: string): RawServer {
  return new RawServer(async (peer) => {
    await peer.head();
    await peer.send(answer);
  });
}

for (const [name, answer] of Object.entries(REFUSED_HEADS)) {
  Deno.test(`TcpTransport refuses an answer with ${name}`, async () => {
    await using server = serve(answer);
    await using transport = new TcpTransport(once);
    const error = await assertRejects(
      () => transport.send({ method: "GET", url: server.url }),
      TransportError,
    );
    assertEquals([error.kind, error.retryable], ["protocol", false], error.message);
    assertEquals(transport.connections, 0);
  });
}

for (const [name, answer] of Object.entries(REFUSED_BODIES)) {
  Deno.test(`TcpTransport refuses a body with ${name}`, async () => {
    await using server = serve(answer);
    await using transport = new TcpTransport(once);
    const { body } = await transport.send({ method: "GET", url: server.url });
    const error = await assertRejects(() => body.bytes(2 ** 20), TransportError);
    assert(error.kind === "protocol" || error.kind === "closed-early", error.message);
    assertEquals(await assertRejects(async () => await body.read(new Uint8Array(9))), error);
    assertEquals(transport.connections, 0);
  });
}

Deno.test("TcpTransport refuses an answer that ends early, at every byte", async () => {
  const answers = [
    `${OK}Content-Length: 5\r\n\r\nhello`,
    `${CHUNKED}3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nA: b\r\n\r\n`,
    `HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 1\r\n\r\nx`,
  ];
  for (const answer of answers) {
    let length = 0;
    await using server = new RawServer(async (peer) => {
      await peer.head();
      await peer.send(answer.slice(0, length));
    });
    await using transport = new TcpTransport(once);
    for (length = 0; length < answer.length; length++) {
      const reading = transport.send({ method: "GET", url: server.url }).then(({ body }) => body.bytes(100));
      const error = await assertRejects(() => reading, TransportError, "closed", `${length} bytes`);
      assertEquals([error.kind, error.retryable], ["closed-early", true]);
    }
    const { body } = await transport.send({ method: "GET", url: server.url });
    await body.bytes(100);
  }
});

Deno.test("TcpTransport takes what is odd but clear", async () => {
  const answers = [
    "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello",
    "HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nhello",
    `${OK}Content-Length:5\r\n\r\nhello`,
    `${OK}content-length: \t 5 \t \r\n\r\nhello`,
    `${OK}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`,
    `${OK}A:\r\nA: \xff\r\nContent-Length: 5\r\n\r\nhello`,
    "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello",
    `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n${OK}Content-Length: 5\r\n\r\nhello`,
    `${CHUNKED}5\t;a="b"\r\nhello\r\n0000\r\n\r\n`,
    `${OK}${`X-${"y".repeat(100)}: z\r\n`.repeat(400)}Content-Length: 5\r\n\r\nhello`,
  ];
  await using server = new RawServer(async (peer) => {
    for (const answer of answers) {
      await peer.head();
      await peer.send(answer);
    }
    await peer.rest();
  });
  await using transport = new TcpTransport(once);
  for (const answer of answers) {
    const { body } = await transport.send({ method: "GET", url: server.url });
    assertEquals(await body.text(100), "hello", answer.slice(0, 100));
  }
  assertEquals(server.connections, 1);
});

Deno.test("TcpTransport never takes what follows an answer for the next one", async () => {
  const smuggled = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
  const answers = [
    `${OK}Content-Length: 4\r\n\r\ngood`,
    `${CHUNKED}4\r\ngood\r\n0\r\n\r\n`,
    `HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngood`,
  ];
  for (const answer of answers) {
    for (const together of [true, false]) {
      await using server = new RawServer(async (peer) => {
        await peer.head();
        if (together) return await peer.send(answer + smuggled + smuggled);
        await peer.send(answer);
        await peer.send(smuggled);
        await peer.rest();
      });
      await using transport = new TcpTransport(once);
      for (let i = 1; i <= 3; i++) {
        const response = await transport.send({ method: "GET", url: server.url });
        const target = new Uint8Array(4);
        for (let at = 0; at < 4;) at += await response.body.read(target.subarray(at));
        assertEquals(new TextDecoder().decode(target), "good");
        await response.body.close(true);
        await until(() => transport.connections === 0);
        assertEquals([response.connection.reused, server.connections], [false, i]);
      }
    }
  }
});

Deno.test("TcpTransport does not take a body that 204 announces for the next answer", async () => {
  for (const header of ["Content-Length: 42", "Transfer-Encoding: chunked"]) {
    await using server = new RawServer(async (peer) => {
      await peer.head();
      await peer.send(`HTTP/1.1 204 No Content\r\n${header}\r\n\r\n`);
      if (await peer.head() !== undefined) await peer.answer("evil");
    });
    await using transport = new TcpTransport(once);
    for (let i = 1; i <= 2; i++) {
      const response = await transport.send({ method: "GET", url: server.url });
      assertEquals([response.status, await response.body.text(100), server.connections], [204, "", i]);
    }
  }
});

Deno.test("TcpTransport refuses an answer that comes before a request was made on the connection", async () => {
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.answer("first");
    if (peer.number === 1) await peer.answer("evil");
    await peer.rest();
  });
  await using transport = new TcpTransport(once);
  const texts: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { body } = await transport.send({ method: "POST", url: server.url });
    texts.push(await body.text(100));
    if (i === 0) await until(() => transport.connections === 0);
  }
  assertEquals([texts, server.connections], [["first", "first"], 2]);
});
