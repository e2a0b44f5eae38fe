import { redactSecrets } from "../text/redact_secrets.ts";

/** Memory for the bytes of an object. Where there is not so much, the `RangeError` says how to do without. */
export function allocateBytes(length: number, uri: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    const subject = JSON.stringify(redactSecrets(uri));
    throw new RangeError(
      `Cannot get ${subject}: its ${length} bytes do not fit into memory at once; read it by stream() or readChunks()`,
      { cause },
    );
  }
}
