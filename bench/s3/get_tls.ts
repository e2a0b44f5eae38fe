import { makeCertificate } from "../../tests/fakes/s3/mod.ts";
import type { Bench } from "../bench.ts";
import { startBenchServer } from "./bench_server.ts";
import { putLarge } from "../race_files.ts";
import { curlContenders } from "./get_memory.ts";
import { ladeChild } from "./programs.ts";
import { runSelfTimed } from "../timed_command.ts";

const SIZE = 2 ** 30;

/** Through TLS, into shared memory and into the process's own: lade as it does by itself, curl by four ranges. */
export const getTls: Bench = {
  name: "s3-get-tls",
  title: "GET 1 GiB through TLS into memory",
  async prepare() {
    const directory = await Deno.makeTempDir();
    const { cert, key } = await makeCertificate({ hosts: ["127.0.0.1"] });
    const tls = { cert: `${directory}/cert.pem`, key: `${directory}/key.pem` };
    await Deno.writeTextFile(tls.cert, cert);
    await Deno.writeTextFile(tls.key, key);
    const server = await startBenchServer({ tls });
    await putLarge(server);
    const env = { ...server.env, AWS_CA_BUNDLE: tls.cert };
    const located = await server.lade.locate("s3://bench/get/large");
    const url = await located.store.presign(located.key, { expiresInMs: 86_400_000 });
    const contender = (name: string, work: string) => ({
      name,
      run: () => runSelfTimed({ command: ladeChild(work), env, amount: SIZE }),
    });
    return {
      unit: "bytes",
      contenders: [
        contender("lade", "read-into-shared"),
        contender("lade, own memory", "read-into"),
        contender("lade, four ranges", "read-into-four"),
        ...await curlContenders(url, { env }, tls.cert),
      ],
      bars: [
        { ours: "lade", baseline: "curl", atLeast: 0.95 },
        { ours: "lade", baseline: "curl, one process", atLeast: 0.9 },
      ],
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]();
        await Deno.remove(directory, { recursive: true });
      },
    };
  },
};
