import { assertEquals, assertRejects } from "@std/assert";
import {
  FakeServer,
  FaultyProxy,
  objectResponse,
  type Peer,
  RawConnection,
  RawServer,
  type RequestHead,
  type RequestRecord,
  type ServedRequest,
  type ServiceFault,
  type UnreadRequest,
  type WireResponse,
} from "./mod.ts";

/** Keeps what it is sent, by path. */
class Shelf extends FakeServer {
  readonly objects = new Map<string, Uint8Array>();

  protected override describe(record: UnreadRequest, head: RequestHead): RequestRecord {
    return { ...record, operation: head.method, key: head.rawPath };
  }

  protected override async serve(request: ServedRequest): Promise<WireResponse> {
    const { method, path } = request.record;
    if (method === "PUT") this.objects.set(path, await request.body.bytes());
    const told = { ETag: '"1"', "Last-Modified": "Thu, 01 Jan 1970 00:00:00 GMT" };
    return objectResponse(request, this.objects.get(path) ?? new Uint8Array(0), told);
  }

  protected override refuse({ status, message }: ServiceFault): WireResponse {
    return { status, headers: {}, body: new TextEncoder().encode(`the shelf: ${message}`), chunked: false };
  }
}

class ShelfProxy extends FaultyProxy {
  readonly whole: () => Uint8Array;

  constructor(targetPort: number, whole: () => Uint8Array = () => new Uint8Array(0)) {
    super({ targetPort });
    this.whole = whole;
  }

  protected override describe(record: UnreadRequest, head: RequestHead): RequestRecord {
    return { ...record, operation: head.method, key: head.rawPath };
  }

  protected override refuse({ status, message }: ServiceFault): WireResponse {
    return { status, headers: {}, body: new TextEncoder().encode(`refused: ${message}`), chunked: false };
  }

  protected override wholeObject(): Promise<Uint8Array> {
    return Promise.resolve(this.whole());
  }
}

/** A proxy before a peer that says what it is told to, and keeps the heads that it was sent. */
async function scripted(script: (peer: Peer, head: string) => Promise<void>) {
  const heads: string[] = [];
  const server = new RawServer(async (peer) => {
    const head = await peer.head() ?? "";
    heads.push(head);
    await script(peer, head);
  });
  const proxy = await new ShelfProxy(server.port).listen();
  return {
    heads,
    proxy,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

Deno.test("FaultyProxy forwards target, Host and fields as they came, and a body of chunks with its length", async () => {
  const bodies: string[] = [];
  await using before = await scripted(async (peer) => {
    bodies.push(new TextDecoder().decode(await peer.bytes(7)));
    await peer.answer("done", "201 Created", 'etag: "1"\r\nx-Odd: \xe4\r\n');
  });
  using connection = await RawConnection.open(before.proxy);
  await connection.write(
    "PUT /a%2Fb//../c?x=%20&y HTTP/1.1\r\nHost: there.example\r\nX-Signed: a  b\r\nExpect: 100-continue\r\n",
    "Transfer-Encoding: chunked\r\n\r\n",
  );
  assertEquals((await connection.read("HEAD")).status, 100);
  await connection.write("3\r\ncon\r\n4\r\ntent\r\n0\r\n\r\n");
  const answer = await connection.read("PUT");
  assertEquals([answer.status, answer.text, answer.headers["etag"], answer.headers["x-odd"]], [
    201,
    "done",
    '"1"',
    "\xe4",
  ]);
  assertEquals([bodies, before.heads[0]?.split("\r\n")], [["content"], [
    "PUT /a%2Fb//../c?x=%20&y HTTP/1.1",
    "Host: there.example",
    "X-Signed: a  b",
    "Content-Length: 7",
    "Connection: close",
  ]]);
});

Deno.test("FaultyProxy passes on the length that HEAD tells, documents in chunks, and a service that breaks off", async () => {
  await using before = await scripted((peer, head) => {
    if (head.startsWith("HEAD")) return peer.send("HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n");
    if (head.includes("/short")) return peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
    return peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<all>\r\n0\r\n\r\n");
  });
  const { url } = before.proxy;
  const head = await fetch(`${url}/k`, { method: "HEAD" });
  assertEquals(head.headers.get("content-length"), "12345");
  const listing = await fetch(`${url}/list`);
  assertEquals([await listing.text(), listing.headers.get("transfer-encoding")], ["<all>", "chunked"]);
  await assertRejects(() => fetch(`${url}/short`), TypeError);
});

Deno.test("FaultyProxy lets faults strike between the client and the service", async () => {
  await using shelf = await new Shelf().listen();
  await using proxy = await new ShelfProxy(shelf.port, () => new TextEncoder().encode("whole")).listen();
  const put = (key: string) => fetch(proxy.url + key, { method: "PUT", body: "whole" });
  await (await put("/k")).body?.cancel();

  // What fetch() sends on a connection that served before, it sends again.
  const match = { times: Infinity };
  proxy.faults.add({ match, action: { kind: "drop-answer", how: "rst" } });
  await assertRejects(() => put("/lost"), TypeError);
  proxy.faults.clear();
  assertEquals(new TextDecoder().decode(shelf.objects.get("/lost")), "whole");

  proxy.faults.add({ match, action: { kind: "cut-request", afterBytes: 2, how: "rst" } });
  await assertRejects(() => put("/cut"), TypeError);
  proxy.faults.clear();
  assertEquals(shelf.objects.has("/cut"), false);

  proxy.faults.add({ action: { kind: "flip-request", atByte: 1 } });
  await (await put("/flipped")).body?.cancel();
  assertEquals(new TextDecoder().decode(shelf.objects.get("/flipped")), "wiole");

  proxy.faults.add({ action: { kind: "status", status: 503, message: "busy" } });
  const busy = await fetch(proxy.url + "/k");
  assertEquals([busy.status, await busy.text()], [503, "refused: busy"]);

  const range = { headers: { range: "bytes=1-2" } };
  proxy.faults.add({ action: { kind: "ignore-range" } });
  const ignored = await fetch(proxy.url + "/k", range);
  assertEquals([ignored.status, await ignored.text(), ignored.headers.get("content-range")], [
    200,
    "whole",
    null,
  ]);
  const lies = [
    { kind: "content-range", value: "bytes 0-1/5" },
    { kind: "etag", value: '"2"' },
    { kind: "headers", set: { "Last-Modified": undefined } },
  ] as const;
  proxy.faults.add({ action: lies });
  const lied = await fetch(proxy.url + "/k", range);
  assertEquals(
    [await lied.text(), ...["content-range", "etag", "last-modified"].map((name) => lied.headers.get(name))],
    ["ho", "bytes 0-1/5", '"2"', null],
  );
  assertEquals(proxy.working, 0);
});
