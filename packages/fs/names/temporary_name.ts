import { system } from "@lade/core/system";

const PATTERN = /^\.lade-[0-9a-f]{16}-[0-9]+~tmp$/;

/**
 * Whether a file name is that of a write that ends with its writer: `.lade-`, 16 hexadecimal digits, `-`, the number of the process
 * that writes, `~tmp`. Nobody goes on with it once that process has ended.
 */
export function isTemporaryName(name: string): boolean {
  return name.startsWith(".lade-") && PATTERN.test(name);
}

const UPLOAD = /^\.lade-([0-9a-f]{16})~upload(-record)?$/;

/** The name of a file that a write which may be resumed is kept in: its bytes, or the record of the parts that are there. */
export interface UploadFileName {
  /** What both files of a write have in their names: 16 hexadecimal digits. */
  readonly id: string;
  readonly holds: "bytes" | "record";
}

/** The name of the file with the bytes of a write. */
export function uploadName(id: string): string {
  return `.lade-${id}~upload`;
}

/** The path of the record that belongs to a file of bytes. */
export function recordPath(path: string): string {
  return `${path}-record`;
}

/** What a file name says of a write that may be resumed; nothing where it is no such name. */
export function readUploadName(name: string): UploadFileName | undefined {
  const [, id, record] = UPLOAD.exec(name) ?? [];
  return id === undefined ? undefined : { id, holds: record === undefined ? "bytes" : "record" };
}

/** Whether a file is of a write that is not finished, one that may be resumed too. Such a file is no object. */
export function isUnfinishedName(name: string): boolean {
  return name.startsWith(".lade-") && (PATTERN.test(name) || UPLOAD.test(name));
}

/** Makes names for unfinished writes, each another one. */
export class TemporaryNames {
  readonly #random: () => number;
  #count = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** A name that is most likely free: two stores that share a random source may meet. */
  next(): string {
    return `.lade-${digits(this.#random() * 2 ** 32)}${digits(this.#count++)}-${system.pid}~tmp`;
  }
}

function digits(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
