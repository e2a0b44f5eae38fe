import type { TrackedFile } from "./tracked_files.ts";

/** AWS's documentation uses this key, and so do test vectors. */
const EXAMPLE = "AKIA" + "IOSFODNN7EXAMPLE";
const ACCESS_KEY = /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g;
const PRIVATE_KEY = /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----\n[A-Za-z0-9+/]/;
const REGISTRY = /registry\.(?:npmjs|yarnpkg)\.|(?:npm|pypi|proxy)[a-z.-]*\.(?:internal|local)\b/;

/** Checks that a file holds no key and no address of a package registry. */
export function checkSecrets({ path, text }: TrackedFile): string[] {
  const breaches: string[] = [];
  if (path.startsWith("tools/checks/")) return breaches;
  for (const [key] of text.matchAll(ACCESS_KEY)) {
    if (key !== EXAMPLE && !key.endsWith("EXAMPLE")) {
      breaches.push(`${path}: holds what looks like an access key`);
    }
  }
  if (PRIVATE_KEY.test(text)) breaches.push(`${path}: holds a private key`);
  if (REGISTRY.test(text)) breaches.push(`${path}: names a package registry`);
  return breaches;
}
