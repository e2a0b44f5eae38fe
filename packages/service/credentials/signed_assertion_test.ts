import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { assertEquals, assertRejects } from "@std/assert";
import { makeCertificate } from "@lade/testing/http";
import { CredentialFault } from "../tokens/mod.ts";
import { type AssertionSetup, base64url, rsaSigner, signAssertion } from "./signed_assertion.ts";

const NOW = Date.UTC(2030, 0, 1);
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const { cert, key: ecKey } = makeCertificate({ hosts: ["localhost"] });
const pkcs8 = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const SETUP: AssertionSetup = {
  algorithm: "PS256",
  header: { kid: "7" },
  claims: { aud: "https://login/t", iss: "client" },
  key: { pem: pkcs8, named: "the file" },
  nowMs: NOW,
};
const withKey = (pem: string, password?: string): AssertionSetup => ({
  ...SETUP,
  key: { pem, named: "the file", password },
});

const bytesOf = (text: string) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));

/** The parts of an assertion, whose signature is checked. */
async function read(assertion: string) {
  const [header = "", claims = "", signature = ""] = assertion.split(".");
  const [head, said] = [header, claims].map((part) => JSON.parse(new TextDecoder().decode(bytesOf(part))));
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const name = head.alg === "PS256" ? "RSA-PSS" : "RSASSA-PKCS1-v1_5";
  const key = await crypto.subtle.importKey("spki", new Uint8Array(spki), { name, hash: "SHA-256" }, false, [
    "verify",
  ]);
  const text = new TextEncoder().encode(`${header}.${claims}`);
  const holds = await crypto.subtle.verify({ name, saltLength: 32 }, key, bytesOf(signature), text);
  return { holds, head, said };
}

Deno.test("signAssertion() states who asks for ten minutes, signed as is wanted", async () => {
  for (const algorithm of ["PS256", "RS256"] as const) {
    const { holds, head, said } = await read(await signAssertion({ ...SETUP, algorithm }));
    assertEquals([holds, head], [true, { alg: algorithm, typ: "JWT", kid: "7" }]);
    const { jti, ...rest } = said;
    const [iat, exp] = [NOW / 1000, NOW / 1000 + 600];
    assertEquals([jti.length, rest], [36, { aud: "https://login/t", iss: "client", iat, nbf: iat, exp }]);
  }
});

Deno.test("rsaSigner() signs the bytes of a view alone", async () => {
  const sign = await rsaSigner(SETUP.key, "RS256");
  const bytes = new Uint8Array([0, 1, 2, 3]).subarray(1, 3);
  assertEquals(verify("sha256", bytes, createPublicKey(privateKey), await sign(bytes)), true);
});

Deno.test("signAssertion() reads keys in every form", async () => {
  const pkcs1 = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  const cipher = { cipher: "aes-256-cbc", passphrase: "pass" };
  const encrypted = privateKey.export({ type: "pkcs8", format: "pem", ...cipher }).toString();
  for (
    const setup of [withKey(cert + pkcs1), withKey(encrypted, "pass"), withKey(`note\n${pkcs8}\n${cert}`)]
  ) {
    assertEquals((await read(await signAssertion(setup))).holds, true);
  }
  const fault = await assertRejects(() => signAssertion(withKey(encrypted, "no")), CredentialFault);
  assertEquals(fault.message, "the file holds no RSA key that can be read, or its password is wrong");
});

Deno.test("signAssertion() says what is wrong with a file", async () => {
  for (
    const [pem, words] of [
      [cert, "holds no private key in PEM form"],
      ["", "holds no private key in PEM form"],
      [ecKey, "holds no RSA key that can be read"],
      [pkcs8.replace(/MII/, "AAA"), "holds no RSA key that can be read"],
    ] as const
  ) {
    const fault = await assertRejects(() => signAssertion(withKey(pem)), CredentialFault);
    assertEquals(fault.message, `the file ${words}`);
  }
});

Deno.test("base64url() has no characters that URLs escape", () => {
  assertEquals(base64url(new Uint8Array([251, 255, 254, 1])), "-__-AQ");
});
