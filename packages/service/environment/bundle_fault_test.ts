import { assertEquals } from "@std/assert";
import { bundleFault } from "./bundle_fault.ts";

function pem(bytes: readonly number[], label = "CERTIFICATE"): string {
  return `-----BEGIN ${label}-----\n${btoa(String.fromCharCode(...bytes))}\n-----END ${label}-----\n`;
}

const SHORT = [0x30, 3, 1, 2, 3];
const LONG = [0x30, 0x82, 1, 0, ...new Uint8Array(256)];

Deno.test("bundleFault() finds nothing wrong with certificates, whatever stands between them", () => {
  for (const text of [pem(SHORT), pem(LONG), `# note\n${pem(SHORT)}text\r\n${pem(LONG)}`]) {
    assertEquals(bundleFault(text), undefined);
  }
});

Deno.test("bundleFault() says what a file is that is none, and which certificate is damaged", () => {
  const cases: readonly (readonly [text: string, fault: string])[] = [
    ["", "is empty"],
    ["garbage", "holds no certificate"],
    [pem(SHORT, "PRIVATE KEY"), "holds a private key, and no certificate"],
    [
      "0\ufffd\u0003\t0",
      "holds no certificate in PEM form; one in DER form is converted by openssl x509 -inform der",
    ],
    [pem(SHORT) + pem([0, 0, 0]), "is damaged: certificate 2 of 2 in it cannot be read"],
    [pem(SHORT.slice(0, -1)), "is damaged: certificate 1 of 1 in it cannot be read"],
    [pem([...LONG, 0]), "is damaged: certificate 1 of 1 in it cannot be read"],
    [pem(SHORT).replace("MAMB", "MA*B"), "is damaged: certificate 1 of 1 in it cannot be read"],
    [pem(SHORT).replace(/-----END[^]*/, ""), "is cut off: its certificate has no end"],
  ];
  for (const [text, fault] of cases) assertEquals(bundleFault(text), fault);
});
