import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "@lade/testing";
import { latin1, type Peer, RawServer } from "@lade/testing/http";
import { TcpTransport } from "./tcp_transport.ts";
import { TransportError } from "./transport_error.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const seed = Number(Deno.env.get("LADE_TEST_SEED") ?? Date.now() % 2 ** 31);
const REQUESTS = 600;

/** The body that belongs to a path: its own name, over and over. */
function bodyOf(path: string): string {
  return `${path}|`.repeat(1 + Number(path.slice(1)) % 7_000);
}

async function misbehave(peer: Peer, random: () => number): Promise<void> {
  for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
    const path = head.split(" ")[1] ?? "";
    await peer.bytes(Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0));
    const body = bodyOf(path);
    const luck = random();
    if (luck < 0.05) return;
    if (luck < 0.1) {
      await peer.answer("", "503 Slow Down");
      continue;
    }
    if (luck < 0.15) {
      return await peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, -9)}`);
    }
    if (luck < 0.2) return await peer.send("HTTP/1.1 200 OK\r\nContent-Le");
    if (luck < 0.5) {
      const middle = Math.floor(random() * body.length);
      const chunks = [body.slice(0, middle), body.slice(middle)].filter(Boolean)
        .map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`);
      await peer.send(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.join("")}0\r\n\r\n`);
    } else if (luck < 0.55) {
      return await peer.answer(body, "200 OK", "Connection: close\r\n");
    } else {
      const answer = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      // In one piece: what came behind the next request would be taken for its answer.
      if (luck > 0.9) return await peer.send(`${answer}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`);
      await peer.send(answer);
    }
  }
}

Deno.test(`TcpTransport gives every request its own answer, whatever the service does (seed ${seed})`, async () => {
  const random = seededRandom(seed);
  await using server = new RawServer((peer) => misbehave(peer, random));
  await using transport = new TcpTransport({
    maxConnections: 8,
    retry: { baseDelayMs: 1, maxDelayMs: 2, maxAttempts: 20 },
  });
  const counts = { whole: 0, broken: 0, aborted: 0, left: 0 };
  const one = async (number: number): Promise<void> => {
    const path = `/${number}`;
    const controller = new AbortController();
    const reason = new Error("no longer wanted");
    if (random() < 0.1) setTimeout(() => controller.abort(reason), random() * 5);
    const upload = random() < 0.3
      ? { method: "PUT", body: new Uint8Array(Math.floor(random() * 50_000)) }
      : { method: "GET" };
    try {
      const response = await transport.send({ ...upload, url: server.url + path, signal: controller.signal });
      assertEquals(response.status, 200);
      if (random() < 0.1) {
        counts.left++;
        const target = new Uint8Array(50);
        const count = await response.body.read(target);
        assertEquals(target.subarray(0, count), latin1(bodyOf(path)).subarray(0, count));
        return await (random() < 0.5 ? response.body.cancel() : response.body.discard());
      }
      assert(await response.body.text(1_000_000) === bodyOf(path), `wrong body for ${path}`);
      counts.whole++;
    } catch (error) {
      if (error === reason) counts.aborted++;
      else if (error instanceof TransportError && error.kind === "closed-early") counts.broken++;
      else throw error;
    }
  };
  let next = 1;
  const lane = async () => {
    while (next <= REQUESTS) await one(next++);
  };
  await Promise.all(Array.from({ length: 24 }, lane));
  assert(counts.whole > REQUESTS / 2, JSON.stringify(counts));
  assert(counts.broken > 0 && counts.left > 0, JSON.stringify(counts));
  assert(transport.connections <= 8);
});
