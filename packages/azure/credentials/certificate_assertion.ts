import type { Buffer } from "node:buffer";
import { CredentialFault } from "@lade/service/tokens";

/** What an assertion says, and by what. */
export interface AssertionSetup {
  /** Certificate and private key, and further certificates up to an authority, in PEM form in any order. */
  readonly pem: string;
  /** What the key is encrypted with. */
  readonly password?: string | undefined;
  /** Whether the certificates go along, for applications that are known by subject and issuer. */
  readonly sendsChain: boolean;
  /** The application. */
  readonly clientId: string;
  /** URL that the assertion is for. */
  readonly audience: string;
  /** Time, in milliseconds since 1970. */
  readonly nowMs: number;
}

const KEY = /-----BEGIN (?:ENCRYPTED |RSA )?PRIVATE KEY-----[^]+?-----END [A-Z ]+-----/;
const CERTIFICATES = /-----BEGIN CERTIFICATE-----([^]+?)-----END CERTIFICATE-----/g;
const LIFE_S = 600;

/**
 * The signed statement by which an application shows that it has a certificate ("Microsoft identity platform application
 * authentication certificate credentials"). A file that it cannot be made of is a `CredentialFault`; its message follows
 * the file's name, and tells nothing of the key.
 */
export async function certificateAssertion(setup: AssertionSetup): Promise<string> {
  const { audience, clientId, nowMs, password, pem, sendsChain } = setup;
  const [block] = KEY.exec(pem) ?? [];
  const certificates = Array.from(pem.matchAll(CERTIFICATES), ([, body = ""]) => body.replace(/\s+/g, ""));
  const [certificate] = certificates;
  if (block === undefined || certificate === undefined) {
    throw new CredentialFault(`holds no ${block === undefined ? "private key" : "certificate"} in PEM form`);
  }
  const key = await importKey(block, password).catch((cause: unknown) => {
    const encrypted = block.includes("ENCRYPTED") &&
      "or its password (AZURE_CLIENT_CERTIFICATE_PASSWORD) is wrong";
    throw new CredentialFault(["holds no RSA key that can be read", encrypted].filter(Boolean).join(", "), {
      cause,
    });
  });
  const thumbprint = await crypto.subtle.digest("SHA-256", Uint8Array.from(atob(certificate), codeOf));
  const issuedS = Math.floor(nowMs / 1000);
  const parts = [
    { alg: "PS256", typ: "JWT", "x5t#S256": base64url(thumbprint), ...sendsChain && { x5c: certificates } },
    {
      aud: audience,
      iss: clientId,
      sub: clientId,
      jti: crypto.randomUUID(),
      nbf: issuedS,
      exp: issuedS + LIFE_S,
    },
  ].map((part) => base64url(new TextEncoder().encode(JSON.stringify(part))));
  const text = parts.join(".");
  const algorithm = { name: "RSA-PSS", saltLength: 32 };
  return `${text}.${base64url(await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(text)))}`;
}

/** Reads a key in any of its forms, which is more than the web platform can. */
async function importKey(block: string, passphrase: string | undefined): Promise<CryptoKey> {
  const { createPrivateKey } = await import("node:crypto");
  const key = createPrivateKey({ key: block, format: "pem", ...passphrase !== undefined && { passphrase } });
  const bytes: Buffer = key.export({ type: "pkcs8", format: "der" });
  const algorithm = { name: "RSA-PSS", hash: "SHA-256" };
  return await crypto.subtle.importKey("pkcs8", new Uint8Array(bytes), algorithm, false, ["sign"]);
}

function base64url(bytes: ArrayBuffer | Uint8Array): string {
  const text = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function codeOf(char: string): number {
  return char.charCodeAt(0);
}
