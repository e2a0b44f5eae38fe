// RFC 9110, section 5.6.2: what the name of a header is made of.
const TOKEN = /^[a-z0-9!#$%&'*+.^_`|~-]+$/i;

/** Why metadata cannot have a name, which is part of a header's; `undefined` where it can. */
export function metadataNameFault(name: string): string | undefined {
  return TOKEN.test(name) ? undefined : "the name is empty or has characters that no HTTP header's has";
}
