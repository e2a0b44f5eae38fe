import { sampleBytes } from "@lade/testing/conformance";
import {
  type CopiedPart,
  copyObject,
  type CopyObjectOptions,
  crc32c,
  crc32cToBase64,
  createStoreContext,
  ForwardingPartWriter,
  ForwardingStore,
  type GetOptions,
  type GetResult,
  type HalfDoneCopy,
  type HeadOptions,
  listUploads,
  MemoryContainer,
  MemoryStore,
  type ObjectInfo,
  type ObjectStore,
  type PartWriterOptions,
  type ResumableCopy,
  type ResumeOptions,
} from "../mod.ts";

/** Bytes of a part. */
export const PART = 1000;
/** The object. */
export const DATA = sampleBytes(10_500);
/** Its CRC-32C. */
export const CHECKSUM = crc32cToBase64(crc32c(DATA));
/** How a process ends. */
export const killed = new Error("killed");

/** A result that tells something else of its object. */
export function withInfo(result: GetResult, info: ObjectInfo): GetResult {
  return new Proxy(result, {
    get: (target, name) => {
      if (name === "info") return info;
      const member = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

/** A source that tells a checksum, or none, and what was read of it. */
export class Source extends ForwardingStore {
  read = 0;
  readonly #told: string;

  constructor(store: ObjectStore, told = CHECKSUM) {
    super(store);
    this.#told = told;
  }

  override async get(key: string, options?: GetOptions): Promise<GetResult> {
    const result = await super.get(key, options);
    this.read += result.range.length;
    return withInfo(result, this.#tell(result.info));
  }

  override async head(key: string, options?: HeadOptions): Promise<ObjectInfo> {
    return this.#tell(await super.head(key, options));
  }

  #tell({ checksums: _, ...info }: ObjectInfo): ObjectInfo {
    return this.#told === "" ? info : { ...info, checksums: { crc32c: this.#told } };
  }
}

/** A destination in parts of `PART` bytes, whose process is killed after some of them. */
export class Target extends ForwardingStore {
  sent: number[] = [];
  #left: number;

  constructor(store: ObjectStore, parts = Infinity) {
    super(store);
    this.#left = parts;
    const { resumePartWriter } = this;
    this.resumePartWriter = async (key: string, size: number, token: string, options?: ResumeOptions) =>
      this.#watched(await resumePartWriter?.call(this, key, size, token, options) as never);
  }

  override async createPartWriter(key: string, size: number, options?: PartWriterOptions) {
    return this.#watched(await super.createPartWriter(key, size, { ...options, partSize: PART }) as never);
  }

  #watched(writer: ForwardingPartWriter): ForwardingPartWriter {
    const write = async (index: number) => {
      if (this.#left-- <= 0) throw killed;
      this.sent.push(index);
      await Promise.resolve();
    };
    return new class extends ForwardingPartWriter {
      override async writePart(index: number, bytes: Uint8Array): Promise<void> {
        await write(index);
        await super.writePart(index, bytes);
      }
    }(writer);
  }
}

/** What a caller keeps between attempts. */
export class Kept implements ResumableCopy {
  readonly fromBytes = 1;
  halfDone: HalfDoneCopy | undefined;
  parts: CopiedPart[] = [];
  begins = 0;

  begun(copy: HalfDoneCopy): Promise<boolean> {
    [this.halfDone, this.parts] = [JSON.parse(JSON.stringify(copy)), []];
    this.begins++;
    return Promise.resolve(true);
  }

  wrote(part: CopiedPart): void {
    this.parts.push(part);
  }

  ended(): void {
    this.halfDone = undefined;
  }
}

export class Here {
  readonly from = this.#store();
  readonly to = this.#store();
  readonly kept = new Kept();
  source = new Source(this.from);

  #store(): MemoryStore {
    return new MemoryStore({ context: createStoreContext(), container: new MemoryContainer() });
  }

  /** One attempt, by a process that is killed after some parts. */
  async attempt(parts = Infinity, options: CopyObjectOptions = {}) {
    const target = new Target(this.to, parts);
    this.source = new Source(this.from, this.told);
    const copying = { chunkSize: PART, resumable: this.kept, ...options };
    const result = await copyObject(this.source, "a", target, "b", copying).catch((error) => {
      if (error !== killed) throw error;
    });
    return { result, target };
  }

  told = CHECKSUM;

  async uploads(): Promise<number> {
    return (await Array.fromAsync(listUploads(this.to))).length;
  }
}

export async function here(told = CHECKSUM): Promise<Here> {
  const made = new Here();
  made.told = told;
  await made.from.put("a", DATA);
  return made;
}
