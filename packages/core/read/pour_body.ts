/**
 * Pouring: the bytes of a source straight into a file or shared memory, checksums taken on the way.
 *
 * @module
 */
import { COMBINABLE_CHECKSUMS, type CombinableName } from "@lade/codec/checksum";
import type { FileRegion, Poured, PourTarget } from "../contract/pour.ts";
import type { Checksums } from "../contract/types.ts";
import { PreconditionFailedError } from "../errors/errors.ts";
import type { BodySource } from "./body_source.ts";
import { system, type SystemFile } from "../system/system.ts";

/** Bytes that are gathered before they are written: few enough to be found in the core's own cache then. */
export const POUR_STEP = 2 ** 20;
/** A write that takes longer waits for a disk; the event loop does not wait for the next ones. */
const SLOW_MS = 25;
/** Writes by another thread after a slow one. */
const WRITES_ASIDE = 8;

/**
 * Pours any source: reads into memory that is used again and again, and writes from there. A file is opened by its path,
 * checked, and written synchronously while its disk is quick. See {@linkcode BodySource.pour} for what it resolves with.
 */
export async function pourBody(source: Pick<BodySource, "read">, target: PourTarget): Promise<Poured> {
  const { to, buffers } = target;
  const pouring = new Pouring(source, target);
  if (to instanceof Uint8Array) {
    return await pouring.run(to.length, (done, length) => to.subarray(done, done + length));
  }
  using file = openRegion(to);
  using slab = buffers.lease(Math.min(POUR_STEP, to.length));
  const writer = new RegionWriter(file);
  const poured = await pouring.run(
    to.length,
    (_done, length) => slab.bytes.subarray(0, length),
    (bytes) => writer.write(bytes),
  );
  return { ...poured, writingMs: writer.tookMs };
}

/**
 * Opens the file of a region where the region begins, for writing. A file that is not the one it names is a
 * `PreconditionFailedError`.
 */
function openRegion({ path, identity, offset }: FileRegion): SystemFile {
  const file = system.openSync(path, { write: true });
  try {
    const { dev, ino } = file.statSync();
    if (dev !== identity.dev || (ino ?? 0) !== identity.ino) {
      const detail = "another file has taken its place while it was written";
      throw new PreconditionFailedError({ operation: "write to", uri: path, detail });
    }
    file.seekSync(offset, system.SeekMode.Start);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** One pouring: what is done of it, and the checksums so far. */
class Pouring {
  readonly #source: Pick<BodySource, "read">;
  readonly #onBytes: ((count: number) => void) | undefined;
  readonly #sums: { readonly name: CombinableName; value: unknown }[];

  constructor(source: Pick<BodySource, "read">, { sums, onBytes }: PourTarget) {
    this.#source = source;
    this.#onBytes = onBytes;
    this.#sums = sums.map((name) => ({ name, value: COMBINABLE_CHECKSUMS[name].zero }));
  }

  /** Takes `length` bytes in steps, each into the memory of `room`; `write` is for memory that is not their place. */
  async run(
    length: number,
    room: (done: number, length: number) => Uint8Array,
    write?: (bytes: Uint8Array) => Promise<void> | undefined,
  ): Promise<Poured> {
    for (let done = 0; done < length;) {
      const memory = room(done, Math.min(POUR_STEP, length - done));
      let count = 0;
      let failure: Poured["failure"];
      try {
        while (count < memory.length) {
          const rest = count === 0 ? memory : memory.subarray(count);
          const coming = this.#source.read(rest, rest.length);
          const got = typeof coming === "number" ? coming : await coming;
          if (got === 0) break;
          count += got;
        }
      } catch (error) {
        failure = { error };
      }
      if (count > 0) {
        const bytes = count === memory.length ? memory : memory.subarray(0, count);
        for (const sum of this.#sums) sum.value = COMBINABLE_CHECKSUMS[sum.name].update(bytes, sum.value);
        await write?.(bytes);
        done += count;
        this.#onBytes?.(count);
      }
      if (count < memory.length) return { bytes: done, sums: this.#told(), ...(failure && { failure }) };
    }
    return { bytes: length, sums: this.#told() };
  }

  #told(): Checksums {
    return Object.fromEntries(
      this.#sums.map(({ name, value }) => [name, COMBINABLE_CHECKSUMS[name].toBase64(value)]),
    );
  }
}

/** Writes on where the file stands, by another thread while its disk is slow. */
class RegionWriter {
  /** How long that took. */
  tookMs = 0;
  readonly #file: SystemFile;
  #aside = 0;

  constructor(file: SystemFile) {
    this.#file = file;
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    const startMs = performance.now();
    if (this.#aside > 0) return this.#writeAside(bytes, startMs);
    for (let done = 0; done < bytes.length;) {
      done += this.#file.writeSync(done === 0 ? bytes : bytes.subarray(done));
    }
    const tookMs = performance.now() - startMs;
    this.tookMs += tookMs;
    if (tookMs > SLOW_MS) this.#aside = WRITES_ASIDE;
  }

  async #writeAside(bytes: Uint8Array, startMs: number): Promise<void> {
    this.#aside--;
    for (let done = 0; done < bytes.length;) done += await this.#file.write(bytes.subarray(done));
    this.tookMs += performance.now() - startMs;
  }
}
