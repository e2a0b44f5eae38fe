const PATTERN = /^\.lade-[0-9a-f]{16}-[0-9]+~tmp$/;

/**
 * Whether a file name is that of an unfinished write: `.lade-`, 16 hexadecimal digits, `-`, the number of the process
 * that writes, `~tmp`. Such files are no objects, and no key may have such a segment.
 */
export function isTemporaryName(name: string): boolean {
  return name.startsWith(".lade-") && PATTERN.test(name);
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
    return `.lade-${digits(this.#random() * 2 ** 32)}${digits(this.#count++)}-${Deno.pid}~tmp`;
  }
}

function digits(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
