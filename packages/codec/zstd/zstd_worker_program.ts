import type * as Zlib from "node:zlib";
import type {
  CompressJob,
  DecompressJob,
  PieceJob,
  ZstdJob,
  ZstdMessage,
  ZstdOutput,
  ZstdReply,
} from "./zstd_job.ts";

/** The ends of a Worker's message channel, seen from within. */
export interface WorkerPort {
  onmessage: ((event: MessageEvent<ZstdMessage>) => void) | null;
  postMessage(reply: ZstdReply, transfer: Transferable[]): void;
  addEventListener(type: "error", listener: (event: ErrorEvent) => void): void;
}

/**
 * What a zstd Worker runs. Its text is sent to the Worker, so it uses nothing from outside but its parameters.
 *
 * Jobs are done one at a time in the order they came. A long one stops now and then for a turn of the event loop,
 * because only there a Worker can be terminated or be told to give a job up.
 */
export function zstdWorkerProgram(
  port: WorkerPort,
  zlib: typeof Zlib,
  setImmediate: (callback: () => void) => unknown,
): void {
  const { constants } = zlib;
  const wanted = new Set<number>();
  const open = new Map<number, Zlib.ZstdDecompress>();
  let queue = Promise.resolve();
  let failJob = (_error: unknown): void => {};

  const throwUnlessWanted = (id: number) => {
    if (!wanted.has(id)) throw new Error("the job was cancelled");
  };

  /** Gives the stream all of `bytes` and resolves when the output of them is out. */
  const feed = (stream: Zlib.ZstdCompress | Zlib.ZstdDecompress, bytes: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      // A stream that fails does not call back, or does so before it tells.
      stream.once("error", reject);
      stream.write(bytes, (error) => {
        if (error) return reject(error);
        while (stream.read() !== null);
        setImmediate(() => {
          stream.off("error", reject);
          if (stream.errored) reject(stream.errored);
          else resolve();
        });
      });
    });

  const compress = async (id: number, { bytes, level, sliceSize }: CompressJob): Promise<ZstdOutput> => {
    const options = {
      // Above ZSTD_COMPRESSBOUND, so that the output is one piece of memory.
      chunkSize: bytes.length + (bytes.length >> 8) + 2 ** 16,
      pledgedSrcSize: bytes.length,
      params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 },
    };
    const stream = zlib.createZstdCompress(options);
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    stream.on("data", (piece) => pieces.push(piece));
    const ended = new Promise((resolve, reject) => stream.on("end", resolve).on("error", reject));
    ended.catch(() => {});
    try {
      for (let offset = 0; offset < bytes.length; offset += sliceSize) {
        await feed(stream, bytes.subarray(offset, offset + sliceSize));
        throwUnlessWanted(id);
      }
      stream.end();
      await ended;
    } finally {
      stream.destroy();
    }
    return { pieces, input: bytes };
  };

  const decompress = ({ bytes, frames, windowLog }: DecompressJob): ZstdOutput => {
    const contents: Uint8Array[] = [];
    let position = 0;
    // One by one, because the decoder stops at the first frame's end without a word.
    for (const { length, contentBound, exact } of frames) {
      const content = zlib.zstdDecompressSync(bytes.subarray(position, position += length), {
        chunkSize: contentBound + 64,
        maxOutputLength: contentBound + 1,
        params: { [constants.ZSTD_d_windowLogMax]: windowLog },
      });
      if (exact && content.length !== contentBound) {
        throw new Error(`${content.length} bytes come of a frame that says ${contentBound}`);
      }
      contents.push(content);
    }
    const [first] = contents;
    // Little is copied, because it can be part of a buffer that the runtime shares.
    if (first && contents.length === 1 && first.length >= 2 ** 16) {
      return { pieces: [first as Uint8Array<ArrayBuffer>], input: bytes };
    }
    const piece = new Uint8Array(contents.reduce((sum, content) => sum + content.length, 0));
    position = 0;
    for (const content of contents) {
      piece.set(content, position);
      position += content.length;
    }
    return { pieces: [piece], input: bytes };
  };

  const decompressPiece = async ({ bytes, frame, last, windowLog }: PieceJob): Promise<ZstdOutput> => {
    let stream = open.get(frame);
    if (!stream) {
      const params = { [constants.ZSTD_d_windowLogMax]: windowLog };
      open.set(frame, stream = zlib.createZstdDecompress({ chunkSize: 2 ** 20, params }));
      stream.on("error", () => {});
    }
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    // A copy, because the stream goes on in the rest of the buffer that it gives a view of.
    const gather = (piece: Uint8Array) => pieces.push(new Uint8Array(piece));
    stream.on("data", gather);
    await feed(stream, bytes);
    stream.off("data", gather);
    if (last) forget(frame);
    return { pieces, input: bytes };
  };

  const forget = (frame: number) => {
    open.get(frame)?.destroy();
    open.delete(frame);
  };

  const run = (id: number, job: ZstdJob): ZstdOutput | Promise<ZstdOutput> => {
    throwUnlessWanted(id);
    if (job.task === "compress") return compress(id, job);
    return job.task === "decompress" ? decompress(job) : decompressPiece(job);
  };

  /** Neighbouring views of one buffer as one view. */
  const join = (pieces: readonly Uint8Array<ArrayBuffer>[]) => {
    const joined: Uint8Array<ArrayBuffer>[] = [];
    for (const { buffer, byteOffset, length } of pieces) {
      const before = joined.at(-1);
      if (before?.buffer === buffer && before.byteOffset + before.length === byteOffset) {
        joined[joined.length - 1] = new Uint8Array(buffer, before.byteOffset, before.length + length);
      } else if (length > 0) joined.push(new Uint8Array(buffer, byteOffset, length));
    }
    return joined;
  };

  const answer = async (id: number, job: ZstdJob) => {
    try {
      const failed = new Promise<never>((_resolve, reject) => failJob = reject);
      const { pieces, input } = await Promise.race([run(id, job), failed]);
      const output = { pieces: join(pieces), input };
      const buffers = new Set([input, ...output.pieces].map((bytes) => bytes.buffer));
      port.postMessage({ id, output }, [...buffers]);
    } catch (error) {
      if (job.task === "piece") forget(job.frame);
      port.postMessage({ id, error: error instanceof Error ? error.message : String(error) }, []);
    } finally {
      wanted.delete(id);
    }
  };

  // A decoder that fails while it goes on with a full buffer throws where nobody can catch it.
  port.addEventListener("error", (event) => {
    event.preventDefault();
    failJob(event.error);
  });
  port.onmessage = ({ data }) => {
    if ("cancel" in data) wanted.delete(data.cancel);
    else if ("forget" in data) queue = queue.then(() => forget(data.forget));
    else {
      wanted.add(data.id);
      queue = queue.then(() => answer(data.id, data.job));
    }
  };
}
