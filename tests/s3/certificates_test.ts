import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { getBytes, UnavailableError, UnsupportedError } from "@lade/core";
import { createTransport } from "@lade/service/http";
import { makeCertificate, startFakeS3 } from "../fakes/s3/mod.ts";
import { CALLS } from "./calls.ts";
import { noise } from "./noise.ts";
import { bare, openBucket } from "./open_fake.ts";

const DAY_MS = 86_400_000;

/** Certificates that no client accepts, and what is said of them. */
const UNFIT = {
  "of an authority, given as CA bundle": {
    certificate: makeCertificate({ hosts: ["127.0.0.1"], authority: true }),
    trusted: true,
    said: ["CA:TRUE", "openssl req -x509", "basicConstraints=critical,CA:FALSE", "IP:127.0.0.1"],
  },
  "that has expired": {
    certificate: makeCertificate({ hosts: ["127.0.0.1"], notAfter: new Date(Date.now() - DAY_MS / 2) }),
    trusted: true,
    said: ["it has expired", "the clock of this machine"],
  },
  "of another host": {
    certificate: makeCertificate({ hosts: ["elsewhere.test"] }),
    trusted: true,
    said: ["other names than this host's", "subjectAltName"],
  },
  "that nobody knows": {
    certificate: makeCertificate({ hosts: ["127.0.0.1"] }),
    trusted: false,
    said: ["nobody who is trusted has signed it", "--ca-bundle", "--no-verify-ssl"],
  },
};

for (const [what, { certificate, said, trusted }] of Object.entries(UNFIT)) {
  Deno.test(`a certificate ${what} is refused with what helps, and taken with verifySsl off`, async () => {
    await using fake = await startFakeS3({ buckets: ["bucket"], minPartSize: 1, tls: certificate });
    fake.putObject("bucket", "object", "content");
    const readFile = () => Promise.resolve(certificate.cert);
    const config = trusted ? { caBundle: "bundle.pem" } : {};
    await using store = await openBucket(fake, { config, surroundings: { ...bare, readFile } });
    const error = await assertRejects(() => store.head("object"), UnavailableError);
    for (const words of ["the certificate is not accepted", ...said]) {
      assertStringIncludes(error.message, words);
    }
    assertEquals(error.retryable, false);
    await using open = await openBucket(fake, { config: { verifySsl: false } });
    for (const call of Object.values(CALLS)) {
      fake.putObject("bucket", "object", "content");
      await call(open);
    }
  });
}

Deno.test("an unverified connection carries many bytes both ways, and ends where it is told to", async () => {
  const tls = makeCertificate({ hosts: ["elsewhere.test"], authority: true });
  await using fake = await startFakeS3({ buckets: ["bucket"], minPartSize: 1, tls });
  await using store = await openBucket(fake, {
    config: { verifySsl: false, multipart: { partSize: 2 ** 20 } },
  });
  const data = noise(9 * 2 ** 20);
  await store.put("object", data);
  assertEquals((await getBytes(store, "object")).bytes, data);
  const result = await store.get("object");
  await result.readInto(new Uint8Array(1000));
  await result.cancel();
  for (const how of ["fin", "rst"] as const) {
    fake.faults.add({
      match: { operation: "GetObject" },
      action: { kind: "cut", afterBytes: 500_000, how },
    });
    assertEquals((await getBytes(store, "object")).bytes, data);
  }
  const controller = new AbortController();
  fake.faults.add({ action: { kind: "before", run: () => controller.abort(new Error("stop")) } });
  await assertRejects(() => store.put("object", data, { signal: controller.signal }), Error, "stop");
});

Deno.test("an unverified connection tells a port that speaks no TLS, and one that nobody listens at", async () => {
  await using plain = await startFakeS3({ buckets: ["bucket"] });
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  for (
    const [endpoint, words] of [
      [plain.url.replace("http:", "https:"), "TLS"],
      [`https://127.0.0.1:${port}`, "refused"],
    ] as const
  ) {
    await using store = await openBucket(plain, {
      config: { verifySsl: false, endpoint },
      context: { random: () => 0 },
      transport: { unreachableAfterMs: 1 },
    });
    const error = await assertRejects(() => store.head("object"), UnavailableError);
    assertStringIncludes(error.message, words);
  }
});

Deno.test("what goes by fetch or through a proxy is never unverified", async () => {
  const tls = makeCertificate({ hosts: ["127.0.0.1"], authority: true });
  await using fake = await startFakeS3({ buckets: ["bucket"], tls });
  const env = { HTTPS_PROXY: "http://127.0.0.1:1" };
  await using store = await openBucket(fake, {
    config: { verifySsl: false },
    surroundings: { ...bare, transport: (given) => createTransport(given, env) },
  });
  const error = await assertRejects(() => store.head("object"), UnsupportedError);
  assertStringIncludes(error.message, "through a proxy");
  assert(fake.requests.length === 0);
});
