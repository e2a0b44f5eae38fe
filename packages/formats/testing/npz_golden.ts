import { encodeHeader } from "../npy/encode_header.ts";
import { parseLiteral } from "../npy/parse_literal.ts";

/** `numpy.savez(file, a=numpy.arange(3, dtype="u1"))`, by NumPy 2.4. */
export const SAVEZ: Uint8Array = Uint8Array.from([
  ...hex(
    "504b03042d00000000000000210048ea66ecffffffffffffffff05001400612e6e707901001000830000000000000083000000",
  ),
  ...hex("00000000"),
  ...encodeHeader(parseLiteral("'|u1'"), [3], "C"),
  ...[0, 1, 2],
  ...hex("504b01022d032d00000000000000210048ea66ec830000008300000005000000000000000000000080010000000061"),
  ...hex("2e6e7079504b0506000000000100010033000000ba0000000000"),
]);

/** `numpy.savez_compressed(file, a=numpy.arange(6, dtype="f4").reshape(2, 3))`. */
export const SAVEZ_COMPRESSED: Uint8Array = Uint8Array.from(
  atob(
    "UEsDBC0AAAAIAAAAIQBP6QAq//////////8FABQAYS5ucHkBABAAmAAAAAAAAABVAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CsaaOgq1CmQDLgYwaLAHEg5ABMQNQLzAAQBQSwECLQMtAAAACAAAACEAT+kAKlUAAACYAAAABQAAAAAAAAAAAAAAgAEAAAAAYS5ucHlQSwUGAAAAAAEAAQAzAAAAjAAAAAAA",
  ),
  (character) => character.charCodeAt(0),
);

/** The bytes of hexadecimal digits. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(
    { length: text.length / 2 },
    (_, index) => parseInt(text.slice(2 * index, 2 * index + 2), 16),
  );
}
