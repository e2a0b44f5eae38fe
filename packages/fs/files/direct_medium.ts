import type { ReadHints, StoreContext } from "@lade/core";
import { PLATFORM, type Platform } from "@lade/core/backend";
import { mayHaveThreads } from "@lade/core/seams";
import { system } from "@lade/core/system";
import { blocksAbove, blocksBelow } from "./direct_alignment.ts";
import { DescriptorCalls, type NodeFs } from "./descriptor_calls.ts";
import { DirectPartFile } from "./direct_part_file.ts";
import { DirectReader } from "./direct_reader.ts";
import { DirectWriter, type DirectWriterSetup } from "./direct_writer.ts";
import { errorCode, NO_DIRECT } from "./file_error.ts";
import type { Medium, PartFile, ReadableFile, WritableFile } from "./medium.ts";
import { WriteThreads } from "./write_threads.ts";

const READ_HINTS: ReadHints = {
  firstChunkSize: 8 * 2 ** 20,
  coalesceGap: 65536,
  chunkSize: 8 * 2 ** 20,
  streams: 6,
  alignment: 4096,
};

/** Large enough that the disk, not the number of calls, is the bound. */
const PART_SIZE = 4 * 2 ** 20;

type NewDirectFile = Omit<DirectWriterSetup, "expected">;

/** What a {@linkcode DirectMedium} is made of. */
export interface DirectMediumSetup {
  readonly fs: NodeFs;
  readonly context: StoreContext;
  /** Takes over the files of file systems that refuse O_DIRECT; without it they are an `UnsupportedError`. */
  readonly fallback?: Medium | undefined;
}

/** Files past the page cache, by O_DIRECT. No read-ahead by the system: as many chunks in flight as the disk takes. */
export class DirectMedium implements Medium {
  readonly readHints = READ_HINTS;
  readonly readWidth = { initial: 4, maximum: 16 };
  readonly #calls: DescriptorCalls;
  readonly #context: StoreContext;
  readonly #fallback: Medium | undefined;
  readonly #readFlags: number;
  readonly #writeFlags: number;
  readonly #createFlags: number;
  readonly #threads: WriteThreads | undefined;

  constructor({ fs, context, fallback }: DirectMediumSetup) {
    const { O_CREAT, O_EXCL, O_RDONLY, O_WRONLY } = fs.constants;
    const direct = directFlag(fs);
    this.#calls = new DescriptorCalls(fs);
    this.#context = context;
    this.#fallback = fallback;
    this.#readFlags = O_RDONLY | direct;
    this.#writeFlags = O_WRONLY | direct;
    this.#createFlags = O_WRONLY | O_CREAT | O_EXCL | direct;
    if (mayHaveThreads()) this.#threads = new WriteThreads(context.clock, this.#writeFlags);
  }

  openSync(path: string): ReadableFile {
    try {
      return this.#reader(this.#calls.openSync(path, this.#readFlags));
    } catch (error) {
      return this.#instead(path, error).openSync(path);
    }
  }

  async open(path: string): Promise<ReadableFile> {
    try {
      return this.#reader(await this.#calls.open(path, this.#readFlags));
    } catch (error) {
      return await this.#instead(path, error).open(path);
    }
  }

  async create(path: string, expected?: number): Promise<WritableFile> {
    const made = await this.#create(path);
    return "fd" in made ? new DirectWriter({ ...made, expected }) : await made.create(path, expected);
  }

  async createParts(path: string, size: number, concurrency?: number): Promise<PartFile> {
    const made = await this.#create(path, size);
    return "fd" in made
      ? new DirectPartFile({ ...made, size, concurrency })
      : await made.createParts(path, size, concurrency);
  }

  async reopenParts(path: string, size: number, concurrency?: number): Promise<PartFile> {
    try {
      const made = this.#made(path, await this.#calls.open(path, this.#writeFlags), size);
      return new DirectPartFile({ ...made, size, concurrency });
    } catch (error) {
      return await this.#instead(path, error).reopenParts(path, size, concurrency);
    }
  }

  partSize(wanted: number = PART_SIZE): number {
    return blocksAbove(Math.min(wanted, blocksBelow(Number.MAX_SAFE_INTEGER)));
  }

  /** A new file, or who makes it where it cannot be opened with O_DIRECT. */
  async #create(path: string, expected?: number): Promise<NewDirectFile | Medium> {
    try {
      return this.#made(path, await this.#calls.open(path, this.#createFlags), expected);
    } catch (error) {
      // The system makes the file before it refuses the flag.
      if (errorCode(error) === "EINVAL") await system.remove(path).catch(() => {});
      return this.#instead(path, error);
    }
  }

  #made(path: string, fd: number, expected = 0): NewDirectFile {
    const open = () => this.#calls.openSync(path, this.#writeFlags);
    const threaded = this.#threads?.open(path, expected, () => this.#calls.status(fd));
    return { fd, open, threaded, calls: this.#calls, context: this.#context };
  }

  #reader(fd: number): DirectReader {
    return new DirectReader({ fd, calls: this.#calls, context: this.#context });
  }

  /** Who opens a file that cannot be opened with O_DIRECT; other errors are thrown on. */
  #instead(path: string, error: unknown): Medium {
    if (errorCode(error) !== "EINVAL") throw error;
    if (this.#fallback) return this.#fallback;
    throw Object.assign(new Error(`The system refuses O_DIRECT for ${path}`, { cause: error }), {
      code: NO_DIRECT,
    });
  }
}

/** The flag O_DIRECT, or 0 where the system has none. */
export function directFlag(
  { constants }: Pick<NodeFs, "constants">,
  platform: Platform = PLATFORM,
): number {
  return platform === "windows" ? 0 : constants.O_DIRECT ?? 0;
}
