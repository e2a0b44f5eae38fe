import { checkReadConditions } from "@lade/core/backend";
import type { HeldObject } from "@lade/core/seams";
import { system, type SystemFile } from "@lade/core/system";
import { readMs } from "../files/io_gate.ts";
import { etagOf, type FileStatus, isUnchanged, statusOf } from "../files/file_status.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { isInside, type ReadRequest } from "./read_at_once.ts";

type Setup = Pick<LocalSetup, "figures" | "gate" | "tree">;

/** Opens a file to be read at many places; nothing where this is no way to read it. */
export function holdFile(setup: Setup, request: Omit<ReadRequest, "allocate">): HeldFile | undefined {
  const look = system.lstatSync(request.path);
  if (!look.isFile || !isInside(setup.tree, request.path)) return undefined;
  const status = statusOf(look);
  checkReadConditions(request.subject, etagOf(status), request.options);
  const held = new HeldFile(setup, system.openSync(request.path), status);
  if (held.isUnchanged()) return held;
  held[Symbol.dispose]();
  return undefined;
}

/** A file that is held open. */
export class HeldFile implements HeldObject {
  readonly #setup: Setup;
  readonly #file: SystemFile;
  readonly #status: FileStatus;
  /** Where the next byte is read from. */
  #at = 0;

  /** Owns the file from now on. */
  constructor(setup: Setup, file: SystemFile, status: FileStatus) {
    this.#setup = setup;
    this.#file = file;
    this.#status = status;
  }

  /** Reads where that is quick, as the gate has it. */
  read(offset: number, target: Uint8Array): boolean {
    const { gate } = this.#setup;
    const count = gate.tryNow(() => {
      gate.allow(readMs(target.length));
      this.#seek(offset);
      return this.#advance(this.#file.readSync(target));
    });
    if (count !== target.length) return false;
    this.#setup.figures.bytesRead += count;
    return true;
  }

  /** Reads on a thread of the system's. */
  async readLater(offset: number, target: Uint8Array): Promise<boolean> {
    const { figures } = this.#setup;
    const { nowMs } = figures;
    this.#seek(offset);
    const count = this.#advance(await this.#file.read(target));
    figures.read(count, nowMs);
    return count === target.length;
  }

  /** Compares the file's status with that of its name when it was opened. */
  isUnchanged(): boolean {
    return isUnchanged(this.#status, statusOf(this.#file.statSync()));
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }

  #seek(offset: number): void {
    if (offset !== this.#at) this.#at = this.#file.seekSync(offset, system.SeekMode.Start);
  }

  #advance(read: number | null): number {
    const count = read ?? 0;
    this.#at += count;
    return count;
  }
}
