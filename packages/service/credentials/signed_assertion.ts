import { CredentialFault } from "../tokens/mod.ts";

/** A private key, as a file has it. */
export interface PrivateKey {
  /** The key, of RSA, in PEM form, which other text may surround; a secret. */
  readonly pem: string;
  /** What it is encrypted with. */
  readonly password?: string | undefined;
  /** The file, as messages name it. */
  readonly named: string;
}

/** What an assertion says, and who signs it. */
export interface AssertionSetup {
  /** How it is signed. */
  readonly algorithm: "RS256" | "PS256";
  /** Further fields of its header. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** What it says; that it holds for ten minutes from now is added. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** What signs. */
  readonly key: PrivateKey;
  /** Time, in milliseconds since 1970. */
  readonly nowMs: number;
}

const KEY = /-----BEGIN (?:ENCRYPTED |RSA )?PRIVATE KEY-----[^]+?-----END [A-Z ]+-----/;
const LIFE_S = 600;

/**
 * A signed statement (JSON Web Token) by which a program shows who asks for a token (RFC 7523). A key that cannot be used
 * is a `CredentialFault` that names the file, and tells nothing of the key.
 */
export async function signAssertion(setup: AssertionSetup): Promise<string> {
  const { algorithm, claims, header, key, nowMs } = setup;
  const sign = await rsaSigner(key, algorithm);
  const issuedS = Math.floor(nowMs / 1000);
  const text = [
    { alg: algorithm, typ: "JWT", ...header },
    { iat: issuedS, nbf: issuedS, exp: issuedS + LIFE_S, jti: crypto.randomUUID(), ...claims },
  ].map((part) => base64url(new TextEncoder().encode(JSON.stringify(part)))).join(".");
  return `${text}.${base64url(await sign(new TextEncoder().encode(text)))}`;
}

/** What signs bytes by a private key. One that cannot be used is the same `CredentialFault`. */
export async function rsaSigner(
  key: PrivateKey,
  algorithm: AssertionSetup["algorithm"],
): Promise<(bytes: Uint8Array) => Promise<Uint8Array>> {
  const name = algorithm === "PS256" ? "RSA-PSS" : "RSASSA-PKCS1-v1_5";
  const imported = await importKey(key, name);
  return async (bytes) =>
    new Uint8Array(await crypto.subtle.sign({ name, saltLength: 32 }, imported, new Uint8Array(bytes)));
}

/** Bytes in the alphabet of URLs, without padding (RFC 7515). */
export function base64url(bytes: ArrayBuffer | Uint8Array): string {
  const text = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Reads a key in any of its forms, which are more than the web platform knows. */
async function importKey({ named, password, pem }: PrivateKey, scheme: string): Promise<CryptoKey> {
  const [block] = KEY.exec(pem) ?? [];
  if (block === undefined) throw new CredentialFault(`${named} holds no private key in PEM form`);
  const { createPrivateKey } = await import("node:crypto");
  try {
    const key = createPrivateKey({
      key: block,
      format: "pem",
      ...password !== undefined && { passphrase: password },
    });
    const bytes = new Uint8Array(key.export({ type: "pkcs8", format: "der" }));
    return await crypto.subtle.importKey("pkcs8", bytes, { name: scheme, hash: "SHA-256" }, false, ["sign"]);
  } catch (cause) {
    const also = block.includes("ENCRYPTED") ? ", or its password is wrong" : "";
    throw new CredentialFault(`${named} holds no RSA key that can be read${also}`, { cause });
  }
}
