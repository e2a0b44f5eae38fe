import { cpuUsage } from "node:process";
import { DataSource, type DataSourceOptions } from "@lade/workload/data";
import type { Bench, Contender } from "../bench.ts";
import { peer, run } from "../peers.ts";
import { pythonFrame } from "../python_frame.ts";

const SIZE = 2 ** 32;
/** Memory that is used again and again; of 256 KiB to 32 MiB s3dlio, too, is the fastest with this. */
const CHUNK = 2 ** 20;

const S3DLIO = pythonFrame({
  imports: "s3dlio",
  prepare: `gen = s3dlio.Generator(size=${SIZE}, threads=1)\nbuffer = bytearray(${CHUNK})`,
  work: `    gen.reset()\n    while not gen.is_complete(): gen.fill_chunk(buffer)`,
});

/** Bytes that are generated, and compared, in one thread. */
export const generate: Bench = {
  name: "generate",
  title: "4 GiB of generated data, one thread, 1 MiB at a time into the same memory",
  prepare() {
    const python = peer("venv", "bin", "python");
    const s3dlio = "s3dlio Generator";
    const ours = [
      ...fillAndVerify("lade", {}),
      ...fillAndVerify("lade, dedup 2, compress 1.5", { dedup: 2, compress: 1.5 }),
      ...fillAndVerify("lade without WebAssembly", { wasm: false }),
    ];
    return Promise.resolve({
      contenders: python === undefined ? ours : [...ours, {
        name: s3dlio,
        run: async () => {
          const { seconds, cpuSeconds } = JSON.parse(await run(python, ["-c", S3DLIO]));
          return { rate: SIZE / seconds, cpuSeconds };
        },
      }],
      bars: python === undefined
        ? []
        : ["lade", "lade verify"].map((ours) => ({ ours, baseline: s3dlio, cpuAtMost: 0.5 })),
      unit: "bytes" as const,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  },
};

function fillAndVerify(name: string, options: DataSourceOptions): Contender[] {
  const source = new DataSource(options);
  const [chunk, right] = [new Uint8Array(CHUNK), new Uint8Array(CHUNK)];
  source.fill(1, 0, right);
  const contender = (name: string, work: (offset: number) => void): Contender => ({
    name,
    run() {
      const before = cpuUsage();
      const startMs = performance.now();
      for (let offset = 0; offset < SIZE; offset += CHUNK) work(offset);
      const seconds = (performance.now() - startMs) / 1000;
      const { user, system } = cpuUsage(before);
      return Promise.resolve({ rate: SIZE / seconds, cpuSeconds: (user + system) / 1e6 });
    },
  });
  return [
    contender(name, (offset) => source.fill(1, offset, chunk)),
    contender(`${name} verify`, () => {
      if (source.verify(1, 0, right) !== undefined) throw new Error("right bytes were found wrong");
    }),
  ];
}
