import { GcsError } from "../gcs_error.ts";

/** Bytes of an object. */
export interface ByteSpan {
  /** The first byte. */
  readonly offset: number;
  /** How many. */
  readonly length: number;
}

/** The span that a `Range` asks for; one that is malformed, or asks for several, is passed over. */
export function readRange(text: string | undefined, size: number): ByteSpan | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(text?.trim() ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  const offset = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (offset < end) return { offset, length: end - offset };
  throw new GcsError("InvalidRange", "Request range not satisfiable", {
    headers: { "Content-Range": `bytes */${size}` },
  });
}
