import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { until } from "@lade/testing/http";
import { TcpTransport } from "./tcp_transport.ts";
import type { TransportResponse } from "./transport.ts";
import { TransportError } from "./transport_error.ts";
import type { TransportOptions } from "./transport_options.ts";

Deno.test.sanitizer({ ops: true, resources: true });

/** What a node does with one request: answers with this status, or resets or refuses the connection. */
type Deed = number | "reset" | "refuse";

/** Nodes of one service at several addresses of this machine, on one port. */
class Cluster implements AsyncDisposable {
  readonly hosts: string[];
  readonly port: number;
  /** What each node does now. */
  readonly deeds = new Map<string, Deed>();
  /** Requests that each node got. */
  readonly requests = new Map<string, number>();
  /** Called for each request before it is answered. */
  onRequest: (host: string) => Promise<void> | void = () => {};
  readonly #listeners = new Map<string, Deno.Listener>();
  readonly #sockets = new Map<string, Set<Deno.Conn>>();
  readonly #serving: Promise<void>[] = [];

  constructor(count: number) {
    this.hosts = Array.from({ length: count }, (_, i) => `127.0.0.${i + 1}`);
    const first = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = (first.addr as Deno.NetAddr).port;
    this.#serve("127.0.0.1", first);
    for (const host of this.hosts.slice(1)) this.start(host);
  }

  get url(): string {
    return `http://cluster.test:${this.port}/object`;
  }

  start(host: string): void {
    this.deeds.set(host, 200);
    this.#serve(host, Deno.listen({ hostname: host, port: this.port }));
  }

  /** Ends a node: it refuses connections, and those that are open are closed. */
  stop(host: string): void {
    this.#listeners.get(host)?.close();
    this.#listeners.delete(host);
    for (const socket of this.#sockets.get(host) ?? []) close(socket);
  }

  /** Connections open to each node. */
  get connections(): Record<string, number> {
    return Object.fromEntries(this.hosts.map((host) => [host, this.#sockets.get(host)?.size ?? 0]));
  }

  /** A transport that finds the nodes by the name of the service. */
  transport(options: TransportOptions = {}): TcpTransport {
    return new TcpTransport({
      random: () => 0.5,
      resolve: () => Promise.resolve(this.hosts),
      retry: { baseDelayMs: 1, maxDelayMs: 2 },
      ...options,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const host of [...this.#listeners.keys()]) this.stop(host);
    await Promise.all(this.#serving);
  }

  #serve(host: string, listener: Deno.Listener): void {
    this.#listeners.set(host, listener);
    this.#sockets.set(host, new Set());
    this.#serving.push(this.#accept(host, listener));
  }

  async #accept(host: string, listener: Deno.Listener): Promise<void> {
    const running: Promise<void>[] = [];
    for await (const socket of listener) running.push(this.#answer(host, socket));
    await Promise.all(running);
  }

  async #answer(host: string, socket: Deno.Conn): Promise<void> {
    const sockets = this.#sockets.get(host);
    sockets?.add(socket);
    const buffer = new Uint8Array(9_999);
    try {
      while (await socket.read(buffer)) {
        this.requests.set(host, (this.requests.get(host) ?? 0) + 1);
        await this.onRequest(host);
        const deed = this.deeds.get(host) ?? 200;
        if (typeof deed !== "number") break;
        const head = `HTTP/1.1 ${deed} Said\r\nETag: "x"\r\nContent-Length: ${host.length}\r\n\r\n`;
        await socket.write(new TextEncoder().encode(head + host));
      }
    } catch {
      // The other side, or the test, has closed it.
    }
    sockets?.delete(socket);
    close(socket);
  }
}

function close(socket: Deno.Conn): void {
  try {
    socket.close();
  } catch {
    // Closed before.
  }
}

async function text(sending: Promise<TransportResponse>): Promise<string> {
  return await (await sending).body.text(99);
}

/** The hosts that answered `count` requests, sent together. */
async function together(
  transport: TcpTransport,
  url: string,
  count: number,
): Promise<Record<string, number>> {
  const hosts: Record<string, number> = {};
  const one = async () => {
    const host = await text(transport.send({ method: "GET", url }));
    hosts[host] = (hosts[host] ?? 0) + 1;
  };
  await Promise.all(Array.from({ length: count }, one));
  return hosts;
}

Deno.test("TcpTransport sends a try after one that failed to another address", async () => {
  await using cluster = new Cluster(3);
  for (const deed of [503, 500, "reset"] as const) {
    await using transport = cluster.transport();
    cluster.deeds.set("127.0.0.1", deed);
    for (let i = 0; i < 6; i++) {
      const response = await transport.send({ method: "GET", url: cluster.url });
      assertEquals([response.status, response.attempts <= 2], [200, true]);
      assert(await response.body.text(99) !== "127.0.0.1");
    }
  }
});

Deno.test("TcpTransport sends a request elsewhere than it is asked not to, where it can", async () => {
  await using cluster = new Cluster(2);
  await using transport = cluster.transport();
  const elsewhere = `127.0.0.1:${cluster.port}`;
  for (let i = 0; i < 4; i++) {
    assertEquals(await text(transport.send({ method: "GET", url: cluster.url, elsewhere })), "127.0.0.2");
  }
  await using alone = cluster.transport({ resolve: () => Promise.resolve(["127.0.0.1"]) });
  for (let i = 0; i < 2; i++) {
    assertEquals(await text(alone.send({ method: "GET", url: cluster.url, elsewhere })), "127.0.0.1");
  }
});

Deno.test("TcpTransport tells by which address a request failed", async () => {
  await using cluster = new Cluster(1);
  await using transport = cluster.transport({ retry: { maxAttempts: 1 } });
  cluster.deeds.set("127.0.0.1", "reset");
  const error = await assertRejects(
    () => transport.send({ method: "GET", url: cluster.url }),
    TransportError,
  );
  assertEquals(error.remoteAddress, `127.0.0.1:${cluster.port}`);
});

for (const deed of [503, "reset", "refuse"] as const) {
  Deno.test(`TcpTransport leaves an address that answers ${deed}, and comes back once it works`, async () => {
    await using cluster = new Cluster(3);
    const clock = new FakeClock();
    await using transport = cluster.transport({ clock });
    /** Sends requests, and lets time pass only where one waits for its next try. */
    const burst = async (count: number) => {
      const sending = together(transport, cluster.url, count);
      let done = false;
      sending.finally(() => done = true).catch(() => {});
      while (!done) {
        await until(() => true);
        if (clock.pending > 1) await clock.advance(1);
      }
      return await sending;
    };
    assertEquals(Object.keys(await burst(12)).sort(), cluster.hosts);
    if (deed === "refuse") cluster.stop("127.0.0.2");
    else cluster.deeds.set("127.0.0.2", deed);
    await burst(12);
    await burst(12);
    await clock.advance(500);
    const before = cluster.requests.get("127.0.0.2");
    const hosts = await burst(30);
    assertEquals([hosts["127.0.0.2"], cluster.requests.get("127.0.0.2")], [undefined, before]);
    await until(() => cluster.connections["127.0.0.2"] === 0);
    if (deed === "refuse") cluster.start("127.0.0.2");
    else cluster.deeds.set("127.0.0.2", 200);
    await clock.advance(6_000);
    await burst(30);
    await clock.advance(500);
    await burst(30);
    assert((cluster.requests.get("127.0.0.2") ?? 0) > (before ?? 0));
    for (let i = 0; i < 12; i++) {
      await clock.advance(250);
      await burst(30);
    }
    const { "127.0.0.2": back = 0 } = cluster.connections;
    assert(back >= 2, JSON.stringify(cluster.connections));
  });
}

Deno.test("TcpTransport leaves an address that answers slowly, and gives it less before that", async () => {
  await using cluster = new Cluster(3);
  const clock = new FakeClock();
  await using transport = cluster.transport({ clock });
  // Each request of a burst waits at its node; the slow one answers after a time that the clock tells.
  cluster.onRequest = (host) => host === "127.0.0.2" ? clock.sleep(400) : undefined;
  const burst = async (count: number) => {
    const sending = together(transport, cluster.url, count);
    let done = false;
    sending.finally(() => done = true);
    await clock.advanceUntil(100, () => done);
    return await sending;
  };
  let rounds = 0;
  for (; rounds < 20 && transport.figures.addresses.every(({ avoided }) => !avoided); rounds++) {
    await burst(12);
  }
  const { addresses } = transport.figures;
  assertEquals(addresses.filter(({ avoided }) => avoided).map(({ address }) => address), [
    `127.0.0.2:${cluster.port}`,
  ]);
  assertEquals(addresses.map(({ failed }) => failed), [0, 0, 0]);
  const hosts = await burst(12);
  assertEquals([hosts["127.0.0.2"], rounds < 20], [undefined, true]);
});

Deno.test("TcpTransport uses all addresses where all are bad alike, and none less", async () => {
  await using cluster = new Cluster(3);
  await using transport = cluster.transport({ retry: { maxAttempts: 1 } });
  for (const host of cluster.hosts) cluster.deeds.set(host, 503);
  for (let round = 0; round < 8; round++) {
    const statuses = await Promise.all(Array.from({ length: 9 }, async () => {
      const response = await transport.send({ method: "GET", url: cluster.url });
      await response.body.discard();
      return response.status;
    }));
    assertEquals(new Set(statuses), new Set([503]));
  }
  assert(cluster.hosts.every((host) => (cluster.requests.get(host) ?? 0) > 10));
  for (const host of cluster.hosts) cluster.deeds.set(host, 200);
  await together(transport, cluster.url, 9);
  assertEquals(Object.values(transport.figures.addresses).some(({ avoided }) => avoided), false);
});

Deno.test("TcpTransport takes up in a long transfer what the name leads to now", async () => {
  await using cluster = new Cluster(3);
  const clock = new FakeClock();
  let found = cluster.hosts.slice(0, 2);
  await using transport = cluster.transport({ clock, resolve: () => Promise.resolve(found) });
  await together(transport, cluster.url, 12);
  assertEquals(cluster.connections["127.0.0.3"], 0);
  found = cluster.hosts.slice(1);
  await clock.advance(15_000);
  await together(transport, cluster.url, 12);
  await clock.advance(16_000);
  // Connections are never opened by such a burst, for there are enough; still they move, one in a quarter of a second.
  for (let i = 0; i < 24; i++) {
    await together(transport, cluster.url, 12);
    await clock.advance(250);
  }
  await until(() => cluster.connections["127.0.0.1"] === 0);
  const { "127.0.0.2": second = 0, "127.0.0.3": third = 0 } = cluster.connections;
  assert(third >= 4 && second >= 4, JSON.stringify(cluster.connections));
});

Deno.test("TcpTransport takes an address for bad that a later attempt overtakes", async () => {
  await using cluster = new Cluster(1);
  const clock = new FakeClock();
  // An address of documentation (RFC 5737) that nobody answers at, or at once nobody can reach.
  const resolve = () => Promise.resolve(["192.0.2.1", "127.0.0.1"]);
  await using transport = cluster.transport({ clock, connectTimeoutMs: 60_000, resolve });
  const sending = text(transport.send({ method: "GET", url: cluster.url }));
  let done = false;
  sending.finally(() => done = true);
  await clock.advanceUntil(250, () => done);
  const { addresses } = transport.figures;
  assertEquals(addresses.filter(({ avoided }) => avoided).map(({ address, failed }) => [address, failed]), [
    [`192.0.2.1:${cluster.port}`, 1],
  ]);
});

Deno.test("TcpTransport counts what each address did, and says which is avoided", async () => {
  await using cluster = new Cluster(3);
  await using transport = cluster.transport({ retry: { baseDelayMs: 1, maxDelayMs: 1 } });
  await together(transport, cluster.url, 9);
  cluster.deeds.set("127.0.0.2", "reset");
  cluster.stop("127.0.0.3");
  for (let i = 0; i < 3; i++) await together(transport, cluster.url, 30);
  const figures = Object.fromEntries(transport.figures.addresses.map((each) => [each.address, each]));
  assertEquals(Object.keys(figures).sort(), cluster.hosts.map((host) => `${host}:${cluster.port}`));
  const of = (host: string) => figures[`${host}:${cluster.port}`];
  assertEquals(cluster.hosts.map((host) => of(host)?.avoided), [false, true, true]);
  assertEquals(of("127.0.0.1")?.failed, 0);
  assert((of("127.0.0.2")?.failed ?? 0) >= 3 && (of("127.0.0.3")?.failed ?? 0) >= 1);
  assertEquals(of("127.0.0.1")?.requests, cluster.requests.get("127.0.0.1"));
  assertEquals(of("127.0.0.1")?.bytes, 9 * (cluster.requests.get("127.0.0.1") ?? 0));
  const opened = Object.values(figures).reduce((sum, { connections }) => sum + connections, 0);
  assertEquals(opened, transport.figures.connections);
  assertEquals(figures[`127.0.0.1:${cluster.port}`]?.endpoint, `http://cluster.test:${cluster.port}`);
});

Deno.test("TcpTransport counts under the endpoint's name what cannot be reached by its addresses", async () => {
  await using cluster = new Cluster(1);
  await using transport = cluster.transport({
    resolve: () => Promise.resolve([]),
    retry: { maxAttempts: 1 },
  });
  const error = await assertRejects(
    () => transport.send({ method: "GET", url: cluster.url }),
    TransportError,
  );
  assertEquals([error.kind, error.remoteAddress], ["dns", undefined]);
  const [only, ...others] = transport.figures.addresses;
  assertEquals([only?.address, only?.failed, only?.connections, others], [
    `cluster.test:${cluster.port}`,
    1,
    0,
    [],
  ]);
});

Deno.test("TcpTransport reaches an endpoint, and the hosts below it, at addresses that are given, each by its port", async () => {
  await using cluster = new Cluster(2);
  await using other = new Cluster(1);
  const url = "http://cluster.test:1/object";
  const addresses = cluster.hosts.map((host) => `${host}:${cluster.port}`);
  await using transport = cluster.transport({
    endpointAddresses: { url, addresses: [...addresses, `localhost:${other.port}`] },
    resolve: (name) =>
      name === "localhost" ? Promise.resolve(["127.0.0.1"]) : Promise.reject(new Error(name)),
  });
  await together(transport, url, 9);
  const counts = [
    ...cluster.hosts.map((host) => cluster.requests.get(host) ?? 0),
    other.requests.get("127.0.0.1") ?? 0,
  ];
  assert(counts.every((count) => count > 0), String(counts));
  const below = await together(transport, "http://bucket.cluster.test:1/", 3);
  assertEquals(Object.values(below).reduce((a, b) => a + b), 3);
  for (const elsewhere of ["http://cluster.test:2/", "http://mycluster.test:1/"]) {
    const error = await assertRejects(
      () => transport.send({ method: "GET", url: elsewhere }),
      TransportError,
    );
    assertEquals(error.kind, "dns");
  }
});

Deno.test("TcpTransport says where it looked for an endpoint whose addresses are given and cannot be reached", async () => {
  const url = "http://localhost:1/";
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${closed.addr.port}`;
  closed.close();
  await using transport = new TcpTransport({
    clock: new FakeClock(),
    endpointAddresses: { url, addresses: [address] },
    retry: { maxAttempts: 1 },
  });
  const error = await assertRejects(() => transport.send({ method: "GET", url }), TransportError);
  assertEquals([error.kind, error.detail], [
    "refused",
    `the connection was refused (endpointAddresses ${address})`,
  ]);
});
