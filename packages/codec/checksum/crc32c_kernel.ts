import { crc32cTables } from "./crc32c_plain.ts";
import { WasmChecksum } from "./wasm_checksum.ts";

/**
 * CRC-32C in WebAssembly: four terms for long messages, where fewer loads count, six for short ones and tails, where
 * a short window does. No multiple of so few terms has a lower degree, as the polynomial's Hamming distances tell
 * (Koopman, "32-Bit Cyclic Redundancy Codes for Internet Applications", DSN 2002).
 */
export const crc32cKernel: WasmChecksum<number> = new WasmChecksum<number>({
  width: 32,
  levels: [
    { exponents: [0, 2751, 4508, 5275], stride: 1, minLength: 20_000 },
    { exponents: [0, 14, 39, 54, 144, 209], stride: 2, minLength: 1_200 },
  ],
}, crc32cTables);
