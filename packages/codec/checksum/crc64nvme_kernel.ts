import { crc64nvmeTables } from "./crc64nvme_plain.ts";
import { WasmChecksum } from "./wasm_checksum.ts";

/** CRC-64/NVME in WebAssembly; its sparse multiple was found by a birthday search among sums of four powers. */
export const crc64nvmeKernel: WasmChecksum<bigint> = new WasmChecksum<bigint>({
  width: 64,
  exponents: [0, 95, 133, 142, 568, 761, 1460, 1740],
  stride: 1,
  minLength: 5_000,
}, crc64nvmeTables);
