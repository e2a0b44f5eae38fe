import type { PutResult } from "../contract/types.ts";
import type { PartLimits } from "./part_size.ts";
import type { ObjectPart, PartOutcome, WriteSink } from "./write_sink.ts";

/** How a {@linkcode FakeSink} differs from one of a service that can do everything. */
export interface FakeSinkOptions
  extends
    Partial<Pick<WriteSink, "concurrency" | "ordered" | "partLimits" | "wholeUpTo" | "bounds" | "bulk">> {
  /** Methods that the service does not have. */
  readonly lacks?: readonly ("putWhole" | "begin" | "drop")[];
  /** Waited for before a method does anything; called with its name and its first argument. */
  readonly before?: (call: string, signal: AbortSignal) => Promise<void> | void;
}

/** Limits that make parts of four bytes, ten at most. */
export const SMALL: PartLimits = { maxPartSize: 16, maxParts: 10 };

/** Keeps the calls and the object that they make. */
export class FakeSink implements WriteSink {
  readonly uri = "test://a";
  readonly calls: string[] = [];
  readonly parts = new Map<number, Uint8Array>();
  /** Parts that came in memory that other threads see. */
  readonly shared = new Set<number>();
  object: Uint8Array | undefined;
  /** Parts under way, now and at most. */
  running = 0;
  most = 0;
  declare readonly concurrency: number;
  declare readonly putWhole?: (bytes: Uint8Array, signal: AbortSignal) => Promise<PutResult>;
  declare readonly begin?: (signal: AbortSignal) => Promise<void>;
  declare readonly drop?: (signal: AbortSignal, reason: unknown) => Promise<void>;
  readonly #before: NonNullable<FakeSinkOptions["before"]>;

  constructor({ lacks = [], before = () => {}, ...options }: FakeSinkOptions = {}) {
    this.#before = before;
    const methods = {
      putWhole: async (bytes: Uint8Array, signal: AbortSignal) => {
        await this.#call("whole", signal);
        this.object = bytes.slice();
        return { size: bytes.length };
      },
      begin: (signal: AbortSignal) => this.#call("begin", signal),
      drop: (signal: AbortSignal) => this.#call("drop", signal),
    };
    for (const name of lacks) delete (methods as Partial<typeof methods>)[name];
    Object.assign(this, { concurrency: 2, ...options }, methods);
  }

  async writePart(
    { index, offset }: ObjectPart,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<PartOutcome> {
    this.most = Math.max(this.most, ++this.running);
    try {
      await this.#call(`${index}@${offset}+${bytes.length}`, signal);
      this.parts.set(index, bytes.slice());
      if (bytes.buffer instanceof SharedArrayBuffer) this.shared.add(index);
      return {};
    } finally {
      this.running--;
    }
  }

  async commit(size: number, signal: AbortSignal): Promise<PutResult> {
    await this.#call(`commit ${size}`, signal);
    const indexes = [...this.parts.keys()].sort((a, b) => a - b);
    this.object = Uint8Array.from(indexes.flatMap((index) => [...this.parts.get(index) ?? []]));
    return { size };
  }

  async #call(name: string, signal: AbortSignal): Promise<void> {
    this.calls.push(name);
    await this.#before(name, signal);
    signal.throwIfAborted();
  }
}

/** Rejects when the signal is aborted. */
export function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Bytes that count up from 0. */
export function counted(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => index);
}
