import { assertEquals } from "@std/assert";
import { createHash, createHmac } from "node:crypto";
import { HmacKey } from "./hmac_key.ts";
import { Sha256 } from "./sha256.ts";

Deno.test("Sha256 gives the published hashes of FIPS 180-4", () => {
  const sha256 = new Sha256();
  assertEquals(sha256.hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assertEquals(sha256.hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assertEquals(
    sha256.hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  );
});

Deno.test("Sha256 agrees with node:crypto on every length around its blocks and buffers", () => {
  const sha256 = new Sha256();
  const lengths = [...Array(200).keys(), 1900, 2047, 2048, 2049, 5000, 100_000];
  for (const length of lengths) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7 + length);
    assertEquals(sha256.hex(bytes), createHash("sha256").update(bytes).digest("hex"), `${length} bytes`);
    const text = "aé€🦕".repeat(length).slice(0, length).toWellFormed();
    assertEquals(sha256.hex(text), createHash("sha256").update(text).digest("hex"), `${length} characters`);
  }
});

Deno.test("HmacKey agrees with node:crypto on keys and messages of every length", () => {
  const sha256 = new Sha256();
  for (let length = 0; length < 150; length++) {
    const key = Uint8Array.from({ length }, (_, i) => i * 5 + length);
    const message = "mß".repeat(length);
    const wanted = createHmac("sha256", key).update(message).digest("hex");
    const hmac = new HmacKey(sha256, key);
    assertEquals(hmac.hex(message), wanted, `${length}`);
    assertEquals(hmac.hex(message), wanted, `${length}, again`);
    assertEquals(new Uint8Array(createHmac("sha256", key).update(message).digest()), hmac.digest(message));
  }
});
