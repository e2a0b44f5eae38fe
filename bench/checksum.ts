import { crc32 } from "node:zlib";
import { bindChecksums } from "../packages/codec/checksum/bind_checksums.ts";
import { crc32c } from "../packages/codec/checksum/crc32c.ts";
import { crc32cPlain } from "../packages/codec/checksum/crc32c_plain.ts";
import { crc64nvme } from "../packages/codec/checksum/crc64nvme.ts";
import { crc64nvmePlain } from "../packages/codec/checksum/crc64nvme_plain.ts";
import { type Bench, rateOf } from "./bench.ts";

const SIZE = 64 * 2 ** 20;

/** Checksums of 64 MiB; the platform's own CRC-32, of another polynomial, shows what native code reaches. */
export const checksum: Bench = {
  name: "checksum",
  title: "Checksums of 64 MiB",
  prepare() {
    const memory = new WebAssembly.Memory({ initial: SIZE / 65_536 });
    bindChecksums(memory);
    const bound = new Uint8Array(memory.buffer);
    for (let at = 0; at < SIZE; at += 65_536) crypto.getRandomValues(bound.subarray(at, at + 65_536));
    const unbound = bound.slice();
    const contender = (name: string, bytes: Uint8Array, work: (bytes: Uint8Array) => unknown) => ({
      name,
      run: () => rateOf(SIZE, () => Promise.resolve(work(bytes))),
    });
    return Promise.resolve({
      unit: "bytes",
      contenders: [
        contender("crc32c in place", bound, (bytes) => crc32c(bytes)),
        contender("crc32c copied", unbound, (bytes) => crc32c(bytes)),
        contender("crc32c plain", unbound, (bytes) => crc32cPlain(bytes)),
        contender("crc64nvme in place", bound, (bytes) => crc64nvme(bytes)),
        contender("crc64nvme copied", unbound, (bytes) => crc64nvme(bytes)),
        contender("crc64nvme plain", unbound, (bytes) => crc64nvmePlain(bytes)),
        contender("node:zlib crc32", unbound, (bytes) => crc32(bytes)),
      ],
      bars: [
        { ours: "crc32c in place", baseline: "crc32c plain", atLeast: 4 },
        { ours: "crc64nvme in place", baseline: "crc64nvme plain", atLeast: 4 },
      ],
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  },
};
