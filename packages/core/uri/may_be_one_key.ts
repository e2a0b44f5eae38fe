/**
 * Whether two different keys are names of one object at services that keep objects as files: these drop empty segments
 * and dots (`a//b`, `a/./b`), treat capitals as small letters, or decode what is encoded.
 */
export function mayBeOneKey(one: string, other: string): boolean {
  return one !== other && folded(one) === folded(other);
}

function folded(key: string): string {
  const segments: string[] = [];
  for (const segment of decoded(key).normalize("NFC").toLowerCase().split(/[/\\]/)) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return segments.join("/");
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
