/**
 * A lane of the bare loop: takes the next range, moves it over its one connection through one hot mebibyte, and so on. No
 * retries, no signatures, no checks but the status, and the CRC-32C where it is asked for.
 */
/// <reference lib="deno.worker" />
import { bindChecksums } from "../../packages/codec/checksum/bind_checksums.ts";
import { crc32c } from "../../packages/codec/checksum/crc32c.ts";
import type { Task } from "./works.ts";

/** What a lane is told first. */
export interface BareLaneStart {
  readonly task: Task;
  /** How many ranges are taken. */
  readonly next: Int32Array<SharedArrayBuffer>;
  /** Where `read-shared` reads to. */
  readonly target?: SharedArrayBuffer;
}

const RANGE = 16 * 2 ** 20;
const HOT = 2 ** 20;
const HEAD_END = "\r\n\r\n";

const memory = new WebAssembly.Memory({ initial: HOT / 65_536 });
bindChecksums(memory);
const hot = new Uint8Array(memory.buffer).fill(1);
const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
let move: (offset: number, length: number) => Promise<void>;
let task: Task, next: Int32Array<SharedArrayBuffer>;

self.onmessage = async ({ data }: MessageEvent<BareLaneStart | "go">) => {
  if (data !== "go") ({ task, next } = data), move = await openLane(data);
  else {
    for (let i = Atomics.add(next, 0, 1); i * RANGE < task.size; i = Atomics.add(next, 0, 1)) {
      await move(i * RANGE, Math.min(RANGE, task.size - i * RANGE));
    }
  }
  self.postMessage("done");
};

async function openLane({ task, target }: BareLaneStart): Promise<typeof move> {
  const { hostname, port, host } = new URL(task.url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  connection.setNoDelay(true);
  const request = async (line: string, field: string) => {
    await connection.write(encoder.encode(`${line} HTTP/1.1\r\nHost: ${host}\r\n${field}\r\n\r\n`));
  };
  /** Reads a head, and gives how many bytes of the body lie behind it, at what place. */
  const readHead = async (status: string) => {
    for (let held = 0, end = -1; end < 0;) {
      held += await connection.read(hot.subarray(held)) ?? fail("it ended");
      const head = decoder.decode(hot.slice(0, Math.min(held, 4096)));
      end = head.indexOf(HEAD_END);
      if (end >= 0 && !head.startsWith(`HTTP/1.1 ${status}`)) fail(head.slice(0, end));
      if (end >= 0) return { from: end + HEAD_END.length, held };
    }
    return fail("no head");
  };
  const check = (bytes: Uint8Array) => task.checked && crc32c(bytes);
  const ask = (offset: number, length: number) =>
    request(`GET /bench/${task.key}`, `Range: bytes=${offset}-${offset + length - 1}`);
  if (task.work === "read-shared" && target) {
    return async (offset, length) => {
      await ask(offset, length);
      const { from, held } = await readHead("206");
      const range = new Uint8Array(target, offset, length);
      range.set(hot.subarray(from, held));
      for (let at = held - from; at < length;) {
        at += await connection.read(range.subarray(at)) ?? fail("it ended");
      }
      check(range);
    };
  }
  const file = await Deno.open(task.path, { read: true, write: task.work === "read-file" });
  if (task.work === "read-file") {
    return async (offset, length) => {
      await ask(offset, length);
      let { from, held } = await readHead("206");
      file.seekSync(offset, Deno.SeekMode.Start);
      for (let left = length - (held - from);; from = 0, held = 0) {
        for (; held < hot.length && left > 0;) {
          const count = await connection.read(hot.subarray(held, held + left)) ?? fail("it ended");
          held += count, left -= count;
        }
        const bytes = hot.subarray(from, held);
        check(bytes);
        for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
        if (left === 0) return;
      }
    };
  }
  return async (offset, length) => {
    await request(`PUT /bench/bare-part-${offset}`, `Content-Length: ${length}`);
    file.seekSync(offset, Deno.SeekMode.Start);
    for (let left = length; left > 0;) {
      const count = file.readSync(hot.subarray(0, Math.min(hot.length, left))) ?? fail("the file ended");
      check(hot.subarray(0, count));
      for (let at = 0; at < count;) at += await connection.write(hot.subarray(at, count));
      left -= count;
    }
    await readHead("200");
  };
}

function fail(what: string): never {
  throw new Error(`Cannot go on: ${what}`);
}
