/** Prints what a fake service, a proxy before it and a bare client see of faults: the same on every runtime. */
import { UnsupportedError } from "@lade/core/errors";
import {
  FakeServer,
  type FaultAction,
  FaultyProxy,
  LanedTransport,
  objectResponse,
  RawConnection,
  RawServer,
  type RequestHead,
  type RequestRecord,
  type ServedRequest,
  type ServiceFault,
  type UnreadRequest,
  type WireResponse,
} from "@lade/testing/http";

const text = (words: string): WireResponse => {
  return { status: 400, headers: {}, body: new TextEncoder().encode(words), chunked: false };
};

class Shelf extends FakeServer {
  readonly objects = new Map<string, Uint8Array>();

  protected override describe(record: UnreadRequest, head: RequestHead): RequestRecord {
    return { ...record, operation: head.method, key: head.rawPath };
  }

  protected override async serve(request: ServedRequest): Promise<WireResponse> {
    const { method, path } = request.record;
    if (method === "PUT") this.objects.set(path, await request.body.bytes());
    return objectResponse(request, this.objects.get(path) ?? new Uint8Array(0), { ETag: '"1"' });
  }

  protected override refuse({ message }: ServiceFault): WireResponse {
    return text(message);
  }
}

class ShelfProxy extends FaultyProxy {
  protected override describe(record: UnreadRequest, head: RequestHead): RequestRecord {
    return { ...record, operation: head.method, key: head.rawPath };
  }

  protected override refuse({ message }: ServiceFault): WireResponse {
    return text(message);
  }

  protected override wholeObject(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(0));
  }
}

await using shelf = await new Shelf().listen();
await using proxy = await new ShelfProxy({ targetPort: shelf.port }).listen();

const ACTIONS: readonly (FaultAction | undefined)[] = [
  undefined,
  { kind: "cut", afterBytes: 3, how: "fin" },
  { kind: "cut", afterBytes: 3, how: "rst" },
  { kind: "flip-request", atByte: 1 },
];

for (const server of [shelf, proxy]) {
  const name = server === shelf ? "service" : "proxy";
  for (const action of ACTIONS) {
    server.faults.clear();
    if (action) server.faults.add({ match: { operation: action.kind === "cut" ? "GET" : "PUT" }, action });
    {
      using connection = await RawConnection.open(server);
      await connection.write("PUT /k HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n", "content");
      console.log(name, JSON.stringify(action), (await connection.read("PUT")).status);
      await connection.write("GET /k HTTP/1.1\r\nHost: a\r\n\r\n");
      const { status, text, end } = await connection.read("GET");
      console.log(status, text, end);
    }
  }
}
{
  using connection = await RawConnection.open(shelf);
  await connection.write("nonsense\r\n\r\n");
  await connection.end();
  console.log((await connection.read("GET")).text, await connection.some());
}
// Both have sockets of Deno, and say so elsewhere.
for (const make of [() => new RawServer(() => Promise.resolve()), () => new LanedTransport()]) {
  if (typeof Deno !== "undefined") break;
  try {
    make();
  } catch (error) {
    if (error instanceof UnsupportedError) continue;
  }
  throw new Error(`${make} has to be refused`);
}
