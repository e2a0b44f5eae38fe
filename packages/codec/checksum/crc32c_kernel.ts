import { crc32cTables } from "./crc32c_plain.ts";
import { WasmChecksum } from "./wasm_checksum.ts";

/**
 * CRC-32C in WebAssembly. Multiples of the polynomial with four terms have degrees from 5,275 on (Koopman, "32-Bit Cyclic
 * Redundancy Codes for Internet Applications", DSN 2002): the code for so long a ring takes longer to compile than it saves.
 */
export const crc32cKernel: WasmChecksum<number> = new WasmChecksum<number>({
  width: 32,
  exponents: [0, 14, 39, 54, 144, 209],
  stride: 2,
  minLength: 1_200,
}, crc32cTables);
