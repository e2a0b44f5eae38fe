/** An access key's id, so that its owner knows it and nobody else learns it. */
export function maskKeyId(id: string): string {
  return id.length > 11 ? `${id.slice(0, 4)}…${id.slice(-4)}` : `${id.slice(0, 2)}…`;
}
