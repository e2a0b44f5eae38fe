import type { Algorithm } from "./stream_sums.ts";

/** A line of a list of checksums, as `sha256sum` and `rclone hashsum` write it. */
export interface SumLine {
  /** The checksum in hexadecimal digits, in lower case. */
  readonly digits: string;
  /** What it is of. */
  readonly name: string;
  /** Its kind, where the line says it. */
  readonly algorithm?: Algorithm;
}

/**
 * Writes a line, without its end. A name with a line break or a backslash is escaped as `sha256sum` does it, unless lines
 * end in a NUL or names are to stand as they are.
 */
export function formatSumLine({ digits, name }: SumLine, isEscaped: boolean): string {
  if (!isEscaped || !/[\\\n\r]/.test(name)) return `${digits}  ${name}`;
  const escaped = name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `\\${digits}  ${escaped}`;
}

const PLAIN =
  /^(\\?)([0-9a-f]{8}|[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128}) [ *](.+)$/is;
const TAGGED = /^(\\?)([A-Z0-9]+) \((.+)\) = ([0-9a-f]+)$/is;

const TAGS: Readonly<Record<string, Algorithm>> = {
  MD5: "md5",
  SHA1: "sha1",
  SHA256: "sha256",
  SHA512: "sha512",
  CRC32: "crc32",
  CRC32C: "crc32c",
  CRC64NVME: "crc64nvme",
};

/** Hexadecimal digits of each checksum. */
export const DIGITS: Readonly<Record<Algorithm, number>> = {
  crc32c: 8,
  crc32: 8,
  crc64nvme: 16,
  md5: 32,
  sha1: 40,
  sha256: 64,
  sha512: 128,
};

/** Reads a line: also those with a `*` before the name, and those of BSD, `SHA256 (name) = …`. `undefined` for any other. */
export function parseSumLine(line: string): SumLine | undefined {
  const [, escape, digits = "", text] = PLAIN.exec(line) ?? [];
  if (text !== undefined) return named(escape, text, { digits: digits.toLowerCase() });
  const [, tagEscape, tag = "", tagged, value = ""] = TAGGED.exec(line) ?? [];
  const algorithm = TAGS[tag.toUpperCase()];
  if (tagged === undefined || !algorithm || value.length !== DIGITS[algorithm]) return undefined;
  return named(tagEscape, tagged, { digits: value.toLowerCase(), algorithm });
}

/** The one checksum that has so many digits; `undefined` where there are several. */
export function algorithmOf(digits: string): Algorithm | undefined {
  const fitting = Object.entries(DIGITS).filter(([, count]) => count === digits.length);
  return fitting.length === 1 ? fitting[0]?.[0] as Algorithm : undefined;
}

function named(escape: string | undefined, text: string, line: Omit<SumLine, "name">): SumLine | undefined {
  if (!escape) return { ...line, name: text };
  let isValid = true;
  const name = text.replace(/\\(.?)/gs, (_, letter: string) => {
    const found = ({ n: "\n", r: "\r", "\\": "\\" } as Record<string, string>)[letter];
    isValid &&= found !== undefined;
    return found ?? "";
  });
  return isValid ? { ...line, name } : undefined;
}
