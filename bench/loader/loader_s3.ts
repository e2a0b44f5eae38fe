import type { Bench } from "../bench.ts";
import type { BenchContainer } from "../bench_container.ts";
import { startBenchServer } from "../s3/bench_server.ts";
import { prepareRow } from "./loader_row.ts";
import { writeRecords } from "./loader_shards.ts";

const IMAGE = 150_528;
const IMAGES = 2000;
const OURS = "lade loader";

/** Objects of the size of an image. */
export const loaderS3Files: Bench = {
  name: "loader-s3-files",
  title: `loader over ${IMAGES} objects of 150 kB of versitygw, shuffled, in batches of 64`,
  async prepare() {
    const server = await startBenchServer();
    const image = crypto.getRandomValues(new Uint8Array(65_536));
    const bytes = new Uint8Array(IMAGE).map((_, place) => image[place % image.length] ?? 0);
    for (let id = 0; id < IMAGES; id++) {
      await server.lade.put(`${server.root}/files/${String(id).padStart(5, "0")}`, bytes);
    }
    const s3dlio = "s3dlio loader";
    return prepareRow({
      uri: `${server.root}/files/`,
      total: IMAGES * IMAGE,
      batch: 64,
      env: server.env,
      works: { [OURS]: "full" },
      peers: [s3dlio],
      bars: [{ ours: OURS, baseline: s3dlio, atLeast: 1.5, cpuAtMost: 0.5 }],
      bounds: [{ ours: OURS, cpuSecondsAtMost: 0.25e-3 * IMAGES }],
      dispose: () => server[Symbol.asyncDispose](),
    });
  },
};

/** TFRecord files of 64 MiB, shuffled by blocks. */
export const loaderS3Records: Bench = {
  name: "loader-s3-records",
  title: "loader over 8 TFRecord files of 64 MiB of versitygw, shuffled by blocks",
  async prepare() {
    const server = await startBenchServer();
    const images = Math.floor(8 * 64 * 2 ** 20 / IMAGE / 8) * 8;
    await fill(server, images);
    const chunks = "lade readChunks";
    return prepareRow({
      uri: `${server.root}/records/`,
      total: images * IMAGE,
      batch: 64,
      env: server.env,
      works: { [OURS]: "blocks", [chunks]: "chunks" },
      bars: [{ ours: OURS, baseline: chunks, atLeast: 0.9 }],
      dispose: () => server[Symbol.asyncDispose](),
    });
  },
};

async function fill({ lade, root }: BenchContainer, images: number): Promise<void> {
  const { store, key } = await lade.locate(`${root}/records/`);
  await writeRecords(store, key, images);
}
