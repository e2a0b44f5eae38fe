import {
  combineCrc32c,
  combineCrc64nvme,
  crc32c,
  crc32cFromBase64,
  crc32cToBase64,
  crc64nvme,
  crc64nvmeFromBase64,
  crc64nvmeToBase64,
} from "@lade/codec/checksum";

/** A checksum that S3 computes over a full object, whatever parts it came in. */
export interface UploadChecksum {
  /** The label in headers (`x-amz-checksum-…`) and in `Checksums`. */
  readonly label: "crc32c" | "crc64nvme";
  /** The name of the algorithm in requests and in the SDK. */
  readonly algorithm: "CRC32C" | "CRC64NVME";
  /** The name of the member of a part or an answer of the SDK. */
  readonly member: "ChecksumCRC32C" | "ChecksumCRC64NVME";
  /** The checksum of some bytes. */
  of(bytes: Uint8Array): bigint;
  /** The checksum of two runs of bytes in a row. */
  combine(first: bigint, second: bigint, secondLength: number): bigint;
  /** The form in headers. */
  toBase64(value: bigint): string;
  /** The checksum of a form in headers. */
  fromBase64(text: string): bigint;
}

const CRC32C: UploadChecksum = {
  label: "crc32c",
  algorithm: "CRC32C",
  member: "ChecksumCRC32C",
  of: (bytes) => BigInt(crc32c(bytes)),
  combine: (first, second, length) => BigInt(combineCrc32c(Number(first), Number(second), length)),
  toBase64: (value) => crc32cToBase64(Number(value)),
  fromBase64: (text) => BigInt(crc32cFromBase64(text)),
};

const CRC64NVME: UploadChecksum = {
  label: "crc64nvme",
  algorithm: "CRC64NVME",
  member: "ChecksumCRC64NVME",
  of: (bytes) => crc64nvme(bytes),
  combine: combineCrc64nvme,
  toBase64: crc64nvmeToBase64,
  fromBase64: crc64nvmeFromBase64,
};

/** The checksum that a configuration asks for; `undefined` for none. */
export function uploadChecksum(choice: "auto" | "crc32c" | "crc64nvme" | "none"): UploadChecksum | undefined {
  return choice === "none" ? undefined : choice === "crc64nvme" ? CRC64NVME : CRC32C;
}
