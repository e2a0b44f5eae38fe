import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { RawServer, until } from "@lade/testing/http";
import { TcpTransport } from "./tcp_transport.ts";
import { TransportError } from "./transport_error.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const once = { retry: { maxAttempts: 1 } };

/** Listens at several addresses of this machine on one port, and counts who comes where. */
function listenAt(
  hosts: readonly string[],
): { port: number; counts: Map<string, number>; close: () => Promise<void> } {
  const counts = new Map<string, number>();
  const first = Deno.listen({ hostname: hosts[0] ?? "127.0.0.1", port: 0 });
  const { port } = first.addr as Deno.NetAddr;
  const listeners = [first, ...hosts.slice(1).map((hostname) => Deno.listen({ hostname, port }))];
  const sockets: Deno.Conn[] = [];
  const serving = listeners.map(async (listener, i) => {
    const host = hosts[i] ?? "";
    for await (const socket of listener) {
      sockets.push(socket);
      counts.set(host, (counts.get(host) ?? 0) + 1);
      await socket.read(new Uint8Array(9_999));
      await socket.write(
        new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
      );
    }
  });
  const close = async () => {
    for (const listener of listeners) listener.close();
    await Promise.all(serving);
    for (const socket of sockets) socket.close();
  };
  return { port, counts, close };
}

Deno.test("TcpTransport spreads its connections over all addresses of a host", async () => {
  const hosts = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];
  const { close, counts, port } = listenAt(hosts);
  const transport = new TcpTransport({ ...once, resolve: () => Promise.resolve(hosts) });
  for (let i = 0; i < 9; i++) {
    const response = await transport.send({ method: "GET", url: `http://spread.test:${port}/` });
    assertEquals(response.connection.endpoint, `http://spread.test:${port}`);
    assertMatch(response.connection.remoteAddress ?? "", /^127\.0\.0\.[123]:/);
  }
  assertEquals(counts, new Map(hosts.map((host) => [host, 3])));
  await transport.close();
  await close();
});

Deno.test("TcpTransport goes on to the next address when one refuses, and shuns it for a while", async () => {
  const { close, counts, port } = listenAt(["127.0.0.2"]);
  const addresses = ["127.0.0.1", "::1", "127.0.0.2"];
  const transport = new TcpTransport({ ...once, resolve: () => Promise.resolve(addresses) });
  for (let i = 0; i < 4; i++) {
    const response = await transport.send({ method: "GET", url: `http://spread.test:${port}/` });
    assertEquals(response.connection.remoteAddress, `127.0.0.2:${port}`);
  }
  assertEquals(counts.get("127.0.0.2"), 4);
  await transport.close();
  await close();
  const failing = new TcpTransport({ ...once, resolve: () => Promise.resolve(addresses) });
  const sending = failing.send({ method: "GET", url: `http://spread.test:${port}/` });
  const error = await assertRejects(() => sending, TransportError, "refused");
  assertEquals([error.kind, error.sent, error.retryable], ["refused", "none", true]);
  await failing.close();
});

Deno.test("TcpTransport keeps away from an address that refused, while another serves", async () => {
  const addresses = ["127.0.0.1", "127.0.0.2"];
  const { close, port } = listenAt(["127.0.0.2"]);
  const transport = new TcpTransport({ ...once, resolve: () => Promise.resolve(addresses) });
  const send = () => transport.send({ method: "GET", url: `http://spread.test:${port}/` });
  await send();
  const back = Deno.listen({ hostname: "127.0.0.1", port });
  for (let i = 0; i < 4; i++) {
    assertEquals((await send()).connection.remoteAddress, `127.0.0.2:${port}`);
  }
  back.close();
  await transport.close();
  await close();
});

Deno.test("TcpTransport does not wait for an address that stays silent", async () => {
  const { close, port } = listenAt(["127.0.0.2"]);
  const clock = new FakeClock();
  // An address of documentation (RFC 5737) that nobody answers at, or at once nobody can reach.
  const transport = new TcpTransport({
    ...once,
    clock,
    connectTimeoutMs: Infinity,
    resolve: () => Promise.resolve(["192.0.2.1", "127.0.0.2"]),
  });
  const sending = transport.send({ method: "GET", url: `http://spread.test:${port}/` });
  let done = false;
  sending.finally(() => done = true);
  await clock.advanceUntil(250, () => done);
  assertEquals((await sending).connection.remoteAddress, `127.0.0.2:${port}`);
  await transport.close();
  await close();
});

Deno.test("TcpTransport connects to IPv6 addresses", async () => {
  let listener: Deno.Listener;
  try {
    listener = Deno.listen({ hostname: "::1", port: 0 });
  } catch {
    // deno-lint-ignore no-console -- a test that is skipped says so
    console.warn("skipped: this machine has no IPv6");
    return;
  }
  const { port } = listener.addr as Deno.NetAddr;
  const serving = (async () => {
    const socket = await listener.accept();
    const buffer = new Uint8Array(9_999);
    const count = await socket.read(buffer) ?? 0;
    await socket.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    await socket.read(new Uint8Array(1));
    socket.close();
    return new TextDecoder().decode(buffer.subarray(0, count));
  })();
  const transport = new TcpTransport(once);
  const { connection } = await transport.send({ method: "GET", url: `http://[::1]:${port}/x` });
  assertEquals([connection.endpoint, connection.remoteAddress], [`http://[::1]:${port}`, `[::1]:${port}`]);
  await transport.close();
  assertMatch(await serving, new RegExp(`host: \\[::1\\]:${port}\r\n`));
  listener.close();
});

Deno.test("TcpTransport tells that a name does not resolve, and does not try for long", async () => {
  await using transport = new TcpTransport();
  const sending = transport.send({ method: "GET", url: "http://does-not-exist.invalid/" });
  const error = await assertRejects(() => sending, TransportError, '"does-not-exist.invalid"');
  assertEquals([error.kind, error.sent], ["dns", "none"]);
});

Deno.test("TcpTransport works with permission for the name of the host alone", async () => {
  await using server = new RawServer(async (peer) => {
    await peer.head();
    await peer.answer("fine");
    await peer.rest();
  });
  const program = `
    import { TcpTransport } from ${JSON.stringify(import.meta.resolve("./tcp_transport.ts"))};
    const transport = new TcpTransport({ retry: { maxAttempts: 1 } });
    for (const host of ["localhost:${server.port}", "127.0.0.1:${server.port}"]) {
      try {
        const { body } = await transport.send({ method: "GET", url: "http://" + host });
        console.log(await body.text(9));
      } catch (error) {
        console.log(error.kind, error.retryable);
      }
    }
    // An idle connection does not keep the process.
  `;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--quiet", "--no-lock", `--allow-net=localhost:${server.port}`, "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const process = command.spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  const { code, stderr, stdout } = await process.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals([code, out, err], [0, "fine\npermission false\n", ""]);
  assert(server.connections >= 1);
});

Deno.test("TcpTransport.openAhead() opens connections to an endpoint that was asked before, and no other", async () => {
  let opened = 0;
  await using server = new RawServer(async (peer) => {
    opened++;
    while (await peer.head() !== undefined) await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  const transport = new TcpTransport();
  transport.openAhead(server.url, 8);
  assertEquals(transport.connections, 0);
  const get = async () =>
    await (await transport.send({ method: "GET", url: `${server.url}/a` })).body.discard();
  await get();
  assertEquals([transport.connections, opened], [1, 1]);
  transport.openAhead(`${server.url}/?other=path`, 8);
  await until(() => opened === 8);
  assertEquals(transport.connections, 8);
  await Promise.all(Array.from({ length: 8 }, get));
  assertEquals([transport.connections, opened], [8, 8]);
  await transport.close();
  transport.openAhead(server.url, 8);
  assertEquals(transport.connections, 0);
});
