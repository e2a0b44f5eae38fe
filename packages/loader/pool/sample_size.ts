/** What an object and each of its members take beside their content, about. */
const MEMBER = 16;

/** Bytes that a sample takes in memory, about: of its arrays and texts, and what lies around them. */
export function sampleSize(sample: unknown): number {
  if (typeof sample === "string") return MEMBER + sample.length;
  if (typeof sample !== "object" || sample === null) return MEMBER;
  if (ArrayBuffer.isView(sample) || sample instanceof ArrayBuffer) return MEMBER + sample.byteLength;
  let size = MEMBER;
  if (Array.isArray(sample)) { for (const item of sample) size += sampleSize(item); }
  else {
    for (const name in sample) {
      size += MEMBER + sampleSize((sample as Readonly<Record<string, unknown>>)[name]);
    }
  }
  return size;
}
