import { Buffer } from "node:buffer";
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** A certificate and its key in PEM. A client that is given the certificate as an authority trusts it. */
export interface TlsCertificate {
  /** The certificate, signed by its own key. */
  cert: string;
  /** The private key. */
  key: string;
}

/**
 * Makes a certificate for the given host names and IPv4 addresses (RFC 5280), valid for a day around now
 * unless said otherwise. With `authority` it is one that signs others, as `openssl req -x509` makes them.
 */
export function makeCertificate(
  options: { hosts: readonly string[]; notBefore?: Date; notAfter?: Date; authority?: boolean },
): TlsCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(set(sequence(COMMON_NAME, der(0x0c, text("fake")))));
  const names = options.hosts.map((host) =>
    /^\d+(\.\d+){3}$/.test(host) ? der(0x87, Buffer.from(host.split(".").map(Number))) : der(0x82, text(host))
  );
  const isAuthority = options.authority ? [der(0x01, Buffer.of(0xff))] : [];
  const day = 86_400_000;
  const certificate = sequence(
    der(0xa0, integer(2)),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ECDSA_SHA256,
    name,
    sequence(
      time(options.notBefore ?? new Date(Date.now() - day)),
      time(options.notAfter ?? new Date(Date.now() + day)),
    ),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(
      0xa3,
      sequence(
        // An end entity: clients refuse an authority's own certificate as a server's.
        sequence(oid(0x55, 0x1d, 0x13), der(0x01, Buffer.of(0xff)), der(0x04, sequence(...isAuthority))),
        sequence(oid(0x55, 0x1d, 0x11), der(0x04, sequence(...names))),
      ),
    ),
  );
  const signature = sign("sha256", certificate, { key: privateKey, dsaEncoding: "der" });
  const whole = sequence(certificate, ECDSA_SHA256, der(0x03, Buffer.of(0), signature));
  return {
    cert: pem("CERTIFICATE", whole),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

const COMMON_NAME = oid(0x55, 0x04, 0x03);
const ECDSA_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));

function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80
    ? [length]
    : length < 0x100
    ? [0x81, length]
    : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

function sequence(...parts: Uint8Array[]): Buffer {
  return der(0x30, ...parts);
}

function set(...parts: Uint8Array[]): Buffer {
  return der(0x31, ...parts);
}

function integer(value: number): Buffer {
  return der(0x02, Buffer.of(value));
}

function oid(...bytes: number[]): Buffer {
  return der(0x06, Buffer.of(...bytes));
}

function text(value: string): Buffer {
  return Buffer.from(value, "utf8");
}

function time(date: Date): Buffer {
  return der(0x18, text(date.toISOString().replace(/[-:T]|\.\d+/g, "")));
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
