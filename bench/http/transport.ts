import process from "node:process";
import { createStoreContext } from "@lade/core";
import { FetchTransport, TcpTransport, type Transport } from "@lade/service/http";
import { type Bench, type Contender, rateOf } from "../bench.ts";
import { has, run } from "../peers.ts";
import { startTransportServer } from "./transport_server.ts";

const GIB = 2 ** 30;
const CHUNK = 2 ** 23;
const SMALL = 4_096;
const CALLS = 20_000;

/** 1 GiB into a reused buffer, by requests of 8 MiB and by one, against curl that throws it away. */
export const transportGet: Bench = {
  name: "transport-get",
  title: "HTTP GET of 1 GiB into a reused slab",
  async prepare() {
    const server = await startTransportServer();
    const slab = createStoreContext().buffers.lease(4 * CHUNK);
    slab.bytes.fill(1);
    const [tcp, fetch] = [new TcpTransport(), new FetchTransport()];
    const ranges = (transport: Transport) => () =>
      rateOf(GIB, async () => {
        let left = GIB / CHUNK;
        const lane = async (at: number) => {
          while (left-- > 0) {
            await readAll(transport, `${server.url}/${CHUNK}`, slab.bytes.subarray(at, at + CHUNK));
          }
        };
        await Promise.all([0, 1, 2, 3].map((i) => lane(i * CHUNK)));
      });
    const contenders: Contender[] = [
      own("TcpTransport, 4 x 8 MiB", ranges(tcp)),
      own(
        "TcpTransport, one body",
        () => rateOf(GIB, () => readAll(tcp, `${server.url}/${GIB}`, slab.bytes)),
      ),
      own("FetchTransport, 4 x 8 MiB", ranges(fetch)),
    ];
    if (await has("curl")) {
      const args = ["-s", "-o", "/dev/null", `${server.url}/${GIB}`];
      contenders.push({ name: "curl -o /dev/null", run: () => rateOf(GIB, () => run("curl", args)) });
    }
    return {
      contenders,
      bars: [{ ours: "TcpTransport, 4 x 8 MiB", baseline: "curl -o /dev/null", atLeast: 0.5 }],
      bounds: [{ ours: "TcpTransport, 4 x 8 MiB", cpuSecondsAtMost: 0.45 }],
      unit: "bytes",
      async [Symbol.asyncDispose]() {
        slab.release();
        await Promise.all([tcp.close(), fetch.close()]);
        await server[Symbol.asyncDispose]();
      },
    };
  },
};

/** Small objects over kept connections. */
export const transportSmall: Bench = {
  name: "transport-small",
  title: `HTTP GET of ${CALLS} x 4 KiB, 16 in flight`,
  async prepare() {
    const server = await startTransportServer();
    const [tcp, fetch] = [new TcpTransport(), new FetchTransport()];
    const buffer = new Uint8Array(16 * SMALL);
    const calls = (transport: Transport) => () =>
      rateOf(CALLS, async () => {
        let left = CALLS;
        const lane = async (i: number) => {
          const target = buffer.subarray(i * SMALL, (i + 1) * SMALL);
          while (left-- > 0) await readAll(transport, `${server.url}/${SMALL}`, target);
        };
        await Promise.all(Array.from({ length: 16 }, (_, i) => lane(i)));
      });
    return {
      contenders: [
        own("TcpTransport", calls(tcp)),
        own("FetchTransport", calls(fetch)),
      ],
      bars: [{ ours: "TcpTransport", baseline: "FetchTransport", atLeast: 1.5 }],
      unit: "calls",
      async [Symbol.asyncDispose]() {
        await Promise.all([tcp.close(), fetch.close()]);
        await server[Symbol.asyncDispose]();
      },
    };
  },
};

/** Parts from memory. */
export const transportPut: Bench = {
  name: "transport-put",
  title: "HTTP PUT of 1 GiB in parts of 8 MiB, 4 in flight",
  async prepare() {
    const server = await startTransportServer();
    const [tcp, fetch] = [new TcpTransport(), new FetchTransport()];
    const body = new Uint8Array(CHUNK).fill(1);
    const parts = (transport: Transport) => () =>
      rateOf(GIB, async () => {
        let left = GIB / CHUNK;
        const lane = async () => {
          while (left-- > 0) await transport.send({ method: "PUT", url: `${server.url}/part`, body });
        };
        await Promise.all([lane(), lane(), lane(), lane()]);
      });
    return {
      contenders: [own("TcpTransport", parts(tcp)), own("FetchTransport", parts(fetch))],
      bars: [{ ours: "TcpTransport", baseline: "FetchTransport", atLeast: 2 }],
      unit: "bytes",
      async [Symbol.asyncDispose]() {
        await Promise.all([tcp.close(), fetch.close()]);
        await server[Symbol.asyncDispose]();
      },
    };
  },
};

/** Reads a whole body, over and over into `target` when it is longer. */
async function readAll(transport: Transport, url: string, target: Uint8Array): Promise<void> {
  const { body } = await transport.send({ method: "GET", url });
  for (let at = 0;;) {
    const count = await body.read(at === 0 ? target : target.subarray(at));
    if (count === 0) return;
    at = (at + count) % target.length;
  }
}

/** A contender that runs in this process, whose CPU time is measured. */
function own(name: string, run: () => Promise<number>): Contender {
  const cpuSeconds = () => {
    const { system, user } = process.cpuUsage();
    return (system + user) / 1e6;
  };
  return {
    name,
    async run() {
      const start = cpuSeconds();
      const rate = await run();
      return { rate, cpuSeconds: cpuSeconds() - start };
    },
  };
}
