import { crc32cTables } from "./crc32c_plain.ts";
import { WasmChecksum } from "./wasm_checksum.ts";

/**
 * CRC-32C in WebAssembly. Its polynomial is `(x + 1) * F`, so that multiples of it have an even number of terms, and those
 * of four have degrees from 5,275 on (Koopman, "32-Bit Cyclic Redundancy Codes for Internet Applications", DSN 2002): too
 * long a ring. This is a multiple of `F`.
 */
export const crc32cKernel: WasmChecksum<number> = new WasmChecksum<number>({
  width: 32,
  exponents: [0, 102, 158, 372, 621],
  oddFactor: 0xfca4_2daf,
  stride: 1,
  tail: { exponents: [0, 14, 39, 54, 144, 209], stride: 1 },
  minLength: 800,
}, crc32cTables);
