/**
 * What the system says of an error, as words within a sentence: `no space left on device`, of Deno's "No space left on device
 * (os error 28)" and of Node's "ENOSPC: no space left on device, write".
 */
export function errorWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const ofDeno = /^(.+?) \(os error \d+\)/s.exec(text)?.[1];
  if (ofDeno !== undefined) return ofDeno.replace(/^./, (first) => first.toLowerCase());
  return /^E[A-Z0-9]+: (.+?), [a-z]+(?: '.*)?$/s.exec(text)?.[1] ?? text;
}
