import { objectUri, type PutResult } from "@lade/core/backend";
import type { Patient } from "./patient.ts";
import { withTimeLimit } from "./with_time_limit.ts";

const CLEANUP_MS = 5_000;

/** An object that could not be removed. */
export interface Leftover {
  /** Its key. */
  readonly key: string;
  /** Why. */
  readonly error: unknown;
}

/** Objects that a diagnosis makes, so that each of them is removed. */
export class TemporaryObjects {
  readonly #patient: Patient;
  readonly #versions = new Map<string, string | undefined>();

  /** There is none yet. */
  constructor(patient: Patient) {
    this.#patient = patient;
  }

  /** A key that nobody else has. */
  newKey(): string {
    const { prefix, store: { context } } = this.#patient;
    const random = () => Math.floor(context.random() * 36 ** 8).toString(36).padStart(8, "0");
    return `${prefix}.lade-doctor-${random()}${random()}`;
  }

  /** Notes that an object is about to be made: from here on it is removed, whether it turns out to be there or not. */
  expect(key: string): void {
    this.#versions.set(key, undefined);
  }

  /** Notes that it was made. */
  made(key: string, { version }: PutResult): void {
    this.#versions.set(key, version);
  }

  /** Notes that it was not made after all, when that is certain. */
  notMade(key: string): void {
    this.#versions.delete(key);
  }

  /** Removes one of them, for good where the bucket keeps versions. */
  async remove(key: string): Promise<void> {
    const { clock, store } = this.#patient;
    const version = this.#versions.get(key);
    await withTimeLimit(
      CLEANUP_MS,
      { clock, signal: undefined, uri: objectUri(store.uri, key) },
      (signal) => store.delete(key, { signal, ...(version === undefined ? {} : { version }) }),
    );
    this.#versions.delete(key);
  }

  /** Removes all that are left, and returns those that could not be removed. It never rejects and ignores every signal. */
  async removeAll(): Promise<Leftover[]> {
    const left: Leftover[] = [];
    await Promise.all(
      Array.from(
        this.#versions.keys(),
        (key) => this.remove(key).catch((error) => left.push({ key, error })),
      ),
    );
    return left;
  }
}
