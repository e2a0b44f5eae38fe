import { keyFault } from "@lade/core/backend";

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Why a bucket holds no object of this name ("Object names" of the reference); `undefined` where it can. */
export function gcsKeyFault(key: string): string | undefined {
  const fault = keyFault(key);
  if (fault !== undefined) return fault;
  if (/[\r\n]/.test(key)) return "the key has a line break";
  if (key === "." || key === "..") return `the key is ${JSON.stringify(key)}`;
  return key.startsWith(".well-known/acme-challenge/")
    ? "keys below .well-known/acme-challenge/ are not for objects"
    : undefined;
}

/** Why an object has no metadata of this name: it stands in the name of a header. */
export function gcsMetadataNameFault(name: string): string | undefined {
  return TOKEN.test(name)
    ? undefined
    : "the name is no token of HTTP, of letters, digits and -_.!#$%&'*+^`|~";
}
