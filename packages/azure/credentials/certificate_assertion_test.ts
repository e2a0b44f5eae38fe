import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { assertEquals, assertRejects } from "@std/assert";
import { CredentialFault } from "@lade/service/tokens";
import { makeCertificate } from "@lade/testing/http";
import { certificateAssertion } from "./certificate_assertion.ts";

const NOW = Date.UTC(2030, 0, 1);
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const { cert, key: ecKey } = makeCertificate({ hosts: ["localhost"] });
const pkcs8 = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const SETUP = {
  pem: `${pkcs8}${cert}`,
  sendsChain: false,
  clientId: "client",
  audience: "https://login/t",
  nowMs: NOW,
};

const bytesOf = (text: string) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));

/** The parts of an assertion, whose signature is checked. */
async function read(assertion: string) {
  const [header = "", claims = "", signature = ""] = assertion.split(".");
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const algorithm = { name: "RSA-PSS", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("spki", new Uint8Array(spki), algorithm, false, ["verify"]);
  const text = new TextEncoder().encode(`${header}.${claims}`);
  const holds = await crypto.subtle.verify(
    { name: "RSA-PSS", saltLength: 32 },
    key,
    bytesOf(signature),
    text,
  );
  const [head, said] = [header, claims].map((part) => JSON.parse(new TextDecoder().decode(bytesOf(part))));
  return { holds, head, said };
}

Deno.test("certificateAssertion() states who asks, by the key of a certificate", async () => {
  const { holds, head, said } = await read(await certificateAssertion(SETUP));
  const der = bytesOf(cert.replace(/-----[^-]+-----|\s/g, ""));
  const print = btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-256", der))));
  assertEquals(holds, true);
  assertEquals(head, {
    alg: "PS256",
    typ: "JWT",
    "x5t#S256": print.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""),
  });
  const { jti, ...rest } = said;
  assertEquals([jti.length, rest], [36, {
    aud: "https://login/t",
    iss: "client",
    sub: "client",
    nbf: NOW / 1000,
    exp: NOW / 1000 + 600,
  }]);
});

Deno.test("certificateAssertion() reads keys in every form, and sends the chain where that is wanted", async () => {
  const pkcs1 = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  const cipher = { cipher: "aes-256-cbc", passphrase: "pass" };
  const encrypted = privateKey.export({ type: "pkcs8", format: "pem", ...cipher }).toString();
  const other = makeCertificate({ hosts: ["other"] }).cert;
  for (
    const setup of [{ pem: cert + pkcs1 }, { pem: cert + encrypted, password: "pass" }, {
      pem: `note\n${cert}\n${pkcs8}`,
    }]
  ) {
    assertEquals((await read(await certificateAssertion({ ...SETUP, ...setup }))).holds, true);
  }
  const { head } = await read(
    await certificateAssertion({ ...SETUP, pem: cert + pkcs8 + other, sendsChain: true }),
  );
  assertEquals(head.x5c, [cert, other].map((pem) => pem.replace(/-----[^-]+-----|\s/g, "")));
  const wrong = { ...SETUP, pem: cert + encrypted, password: "no" };
  const fault = await assertRejects(() => certificateAssertion(wrong), CredentialFault);
  assertEquals(
    fault.message,
    "holds no RSA key that can be read, or its password (AZURE_CLIENT_CERTIFICATE_PASSWORD) is wrong",
  );
});

Deno.test("certificateAssertion() says what is wrong with a file", async () => {
  for (
    const [pem, words] of [
      [cert, "holds no private key in PEM form"],
      [pkcs8, "holds no certificate in PEM form"],
      ["", "holds no private key in PEM form"],
      [cert + ecKey, "holds no RSA key that can be read"],
      [cert + pkcs8.replace(/MII/, "AAA"), "holds no RSA key that can be read"],
    ] as const
  ) {
    const fault = await assertRejects(() => certificateAssertion({ ...SETUP, pem }), CredentialFault);
    assertEquals(fault.message, words);
  }
});
