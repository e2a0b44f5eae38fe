/**
 * Does one piece of work by the library of this checkout, twice: `lade_child.ts ROOT WORK [ARGUMENT]`, where ROOT
 * is what URIs of objects begin with. Of many objects ARGUMENT tells how many, and where they are not of 4 KiB how large:
 * `2000x150000`.
 */
import { getBytes, getMany, readInto, type ReadOptions } from "../packages/core/mod.ts";
import { Lade } from "../packages/lade/mod.ts";
import { runTwice } from "./run_twice.ts";
import { inLanes, LANES, signedReads } from "./signed_reads.ts";

const [root = "", work = "", argument = ""] = Deno.args;
await using lade = new Lade();
const [count = "", each = "4096"] = argument.split("x");
const small = crypto.getRandomValues(new Uint8Array(4096));
const SIZE = 2 ** 30;
let target: Uint8Array | undefined;
let data: Uint8Array | undefined;
let signed: (() => Promise<void>) | undefined;

async function into(options: ReadOptions): Promise<void> {
  const { store, key } = await lade.locate(`${root}/get/large`);
  target ??= store.context.buffers.lease(SIZE).bytes;
  await readInto(store, key, target, options);
}

/** The store and the keys of small objects below a prefix. */
async function smallOnes(prefix: string) {
  const { store, key } = await lade.locate(`${root}/${prefix}`);
  const keys = Array.from({ length: Number(count) }, (_, i) => key + String(i).padStart(5, "0"));
  return { store, keys };
}

/** Random bytes, made once. */
function randomBytes(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

/** Memory of each lane, made once. */
function lanesOf(size: number): (lane: number) => Uint8Array {
  const all = target ??= new Uint8Array(LANES * size);
  return (lane) => all.subarray(lane * size, (lane + 1) * size);
}

const works: Record<string, () => Promise<unknown>> = {
  async "get-bytes"() {
    const { store, key } = await lade.locate(`${root}/get/large`);
    await getBytes(store, key);
  },
  "read-into": () => into({}),
  async "read-into-shared"() {
    const { store, key } = await lade.locate(`${root}/get/large`);
    await readInto(store, key, target ??= new Uint8Array(new SharedArrayBuffer(SIZE)));
  },
  "read-into-four": () => into({ concurrency: 4 }),
  "read-into-unchecked": () => into({ checksum: "none" }),
  "read-into-one-stream": () => into({ concurrency: 1, chunkSize: SIZE }),
  "put": () => lade.put(`${root}/put/large`, data ??= randomBytes(Number(argument))),
  async "put-one-stream"() {
    const { store, key } = await lade.locate(`${root}/put/large`);
    data ??= randomBytes(Number(argument));
    const writer = await store.createWriter(key, { concurrency: 1 });
    for (let at = 0; at < data.length; at += 2 ** 23) await writer.write(data.subarray(at, at + 2 ** 23));
    await writer.close();
  },
  "put-file": () => lade.copy(`file://${argument}`, `${root}/put/large`),
  async "get-many"() {
    const { store, keys } = await smallOnes("small/");
    let bytes = 0;
    for await (const result of getMany(store, keys)) {
      if ("error" in result) throw result.error;
      bytes += result.bytes.length;
    }
    if (bytes !== keys.length * Number(each)) throw new Error(`Cannot count: ${bytes} bytes came`);
  },
  async "get-each"() {
    const { store, keys } = await smallOnes("small/");
    await inLanes(keys, (key) => getBytes(store, key));
  },
  async "read-each"() {
    const { store, keys } = await smallOnes("small/");
    const memory = lanesOf(Number(each));
    await inLanes(keys, (key, lane) => readInto(store, key, memory(lane)));
  },
  async "get-each-signed"() {
    const { store, keys } = await smallOnes("small/");
    await (signed ??= await signedReads(store, keys, Number(each), () => new Uint8Array(Number(each))))();
  },
  async "read-each-signed"() {
    const { store, keys } = await smallOnes("small/");
    await (signed ??= await signedReads(store, keys, Number(each), lanesOf(Number(each))))();
  },
  async "put-many"() {
    const { store, keys } = await smallOnes("put/");
    let next = 0;
    const lane = async () => {
      for (let key = keys[next++]; key !== undefined; key = keys[next++]) {
        await store.put(key, small);
      }
    };
    await Promise.all(Array.from({ length: 64 }, lane));
  },
};

const run = works[work];
if (!run) throw new Error(`Cannot run ${work}: known are ${Object.keys(works).join(", ")}`);
await runTwice(run);
