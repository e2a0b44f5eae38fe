/** Fills a part with bytes that no other part has, nor another place of it. */
export function fillPart(bytes: Uint8Array<ArrayBuffer>, index: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  const seed = Math.imul(index + 1, 0x9e3779b1);
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(seed ^ i, 0x85ebca6b);
  return bytes;
}
