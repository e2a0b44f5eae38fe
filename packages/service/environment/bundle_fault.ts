const CERTIFICATE = /-----BEGIN CERTIFICATE-----([^]*?)-----END [^]*?-----/g;

/** What is wrong with a file of certificates in PEM form, in words that follow its name; `undefined` for none. */
export function bundleFault(text: string): string | undefined {
  const certificates = Array.from(text.matchAll(CERTIFICATE), ([, body = ""]) => body);
  const damaged = certificates.findIndex((body) => !isCertificate(body));
  if (damaged >= 0) {
    return `is damaged: certificate ${damaged + 1} of ${certificates.length} in it cannot be read`;
  }
  if (certificates.length > 0) return undefined;
  if (text.trim() === "") return "is empty";
  if (text.includes("-----BEGIN CERTIFICATE-----")) return "is cut off: its certificate has no end";
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return "holds a private key, and no certificate";
  if (/^0[\x80-\xff\ufffd]/.test(text)) {
    return "holds no certificate in PEM form; one in DER form is converted by openssl x509 -inform der";
  }
  return "holds no certificate";
}

/** Whether a text is base64 of one DER sequence, from its first to its last byte. */
function isCertificate(body: string): boolean {
  let bytes: string;
  try {
    bytes = atob(body.replaceAll(/\s+/g, ""));
  } catch {
    return false;
  }
  const [first, length = 0] = [bytes.charCodeAt(0), bytes.charCodeAt(1)];
  if (first !== 0x30) return false;
  if (length < 0x80) return bytes.length === 2 + length;
  const count = length & 0x7f;
  let size = 0;
  for (let at = 2; at < 2 + count; at++) size = size * 256 + bytes.charCodeAt(at);
  return bytes.length === 2 + count + size;
}
