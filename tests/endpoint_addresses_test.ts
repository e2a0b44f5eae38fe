import { assert, assertEquals } from "@std/assert";
import { getBytes } from "@lade/core";
import { Lade, type LadeConfig } from "@lade/lade";
import { type FakeServer, until } from "@lade/testing/http";
import { startFakeAzure } from "./fakes/azure/mod.ts";
import { startFakeGcs } from "./fakes/gcs/mod.ts";
import { startFakeS3 } from "./fakes/s3/mod.ts";

Deno.test.sanitizer({ ops: true, resources: true });

/** A node of a cluster, at an address of its own: it passes on to the service what comes. */
class Node implements AsyncDisposable {
  /** Its address and port. */
  readonly name: string;
  /** Connections that came. */
  connections = 0;
  readonly #listener: Deno.Listener;
  readonly #target: number;
  readonly #sockets = new Set<Deno.Conn>();
  readonly #serving: Promise<void>;

  constructor(hostname: string, target: number) {
    this.#listener = Deno.listen({ hostname, port: 0 });
    this.#target = target;
    this.name = `${hostname}:${(this.#listener.addr as Deno.NetAddr).port}`;
    this.#serving = this.#serve();
  }

  /** Ends it, and the connections with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const socket of this.#sockets) close(socket);
    await this.#serving;
    await until(() => this.#sockets.size === 0);
  }

  async #serve(): Promise<void> {
    const piping: Promise<void>[] = [];
    for await (const socket of this.#listener) {
      this.connections++;
      const service = await Deno.connect({ port: this.#target });
      const both = [this.#pipe(socket, service), this.#pipe(service, socket)];
      this.#sockets.add(socket).add(service);
      piping.push(
        Promise.all(both).then(() => void [socket, service].map((each) => this.#sockets.delete(each))),
      );
    }
    await Promise.all(piping);
  }

  async #pipe(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    await from.readable.pipeTo(to.writable).catch(() => {});
  }
}

function close(socket: Deno.Conn): void {
  try {
    socket.close();
  } catch {
    // Closed before.
  }
}

/** A service and how it is configured at an endpoint of any name. */
interface Service {
  readonly scheme: string;
  start(): Promise<{ readonly fake: FakeServer; readonly config: Record<string, unknown> }>;
  readonly uri: string;
}

const SERVICES: readonly Service[] = [
  {
    scheme: "s3",
    uri: "s3://bucket/key",
    start: async () => {
      const fake = await startFakeS3({ buckets: ["bucket"] });
      const { accessKeyId, secretAccessKey } = fake;
      return {
        fake,
        config: { endpoint: "http://s3.localhost:1", credentials: { accessKeyId, secretAccessKey } },
      };
    },
  },
  {
    scheme: "az",
    uri: "az://container/key",
    start: async () => {
      const fake = await startFakeAzure({ containers: ["container"] });
      const { name, keys: [accountKey = ""] } = fake.account;
      return { fake, config: { endpoint: `http://nodes.localhost:1/${name}`, accountKey } };
    },
  },
  {
    scheme: "gs",
    uri: "gs://bucket/key",
    start: async () => {
      const fake = await startFakeGcs({ buckets: ["bucket"] });
      return { fake, config: { endpoint: "http://nodes.localhost:1", accessToken: fake.issueToken() } };
    },
  },
];

for (const { scheme, start, uri } of SERVICES) {
  Deno.test(`${scheme}:// reaches an endpoint at addresses that are given, and does without one that is down`, async () => {
    const { config, fake } = await start();
    await using _fake = fake;
    await using first = new Node("127.0.0.2", fake.port);
    await using second = new Node("127.0.0.3", fake.port);
    const down = new Node("127.0.0.4", fake.port);
    await down[Symbol.asyncDispose]();
    const endpointAddresses = [first.name, down.name, second.name];
    const all = { [scheme]: { ...config, endpointAddresses } } as LadeConfig;
    await using lade = new Lade({ config: all });
    const { key, store } = await lade.locate(uri);
    const bytes = new TextEncoder().encode("hello");
    await store.put(key, bytes);
    const reads = Array.from({ length: 12 }, () => getBytes(store, key));
    for (const { bytes: read } of await Promise.all(reads)) assertEquals(read, bytes);
    assert(first.connections > 0 && second.connections > 0, `${first.connections}, ${second.connections}`);
    const figures = lade.figures.addresses.filter(({ connections }) => connections > 0);
    assertEquals(figures.map(({ address }) => address).sort(), [first.name, second.name]);
    const refused = lade.figures.addresses.find(({ address }) => address === down.name);
    assertEquals([refused?.avoided, (refused?.failed ?? 0) > 0, refused?.requests], [true, true, 0]);
  });
}
