import { assertEquals, assertStringIncludes } from "@std/assert";
import { certificateFault, describeCertificate } from "./certificate_fault.ts";

Deno.test("certificateFault() tells what is wrong with a certificate, and what helps", () => {
  for (
    const [text, what, next] of [
      ["invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))", "CA:TRUE", "CA:FALSE"],
      [
        "invalid peer certificate: certificate expired: verification time 1 (UNIX)",
        "has expired",
        "renew it",
      ],
      [
        "invalid peer certificate: certificate not valid yet: verification time",
        "not valid yet",
        "the clock",
      ],
      ['invalid peer certificate: certificate not valid for name "h"', "other names", "one for h.test"],
      ["invalid peer certificate: UnknownIssuer", "nobody who is trusted", "--ca-bundle"],
      ["invalid peer certificate: BadEncoding", "not accepted (", "check the host name"],
    ] as const
  ) {
    assertStringIncludes(describeCertificate(text), what);
    assertStringIncludes(certificateFault(text).next("h.test"), next);
  }
});

Deno.test("certificateFault() names the host in the command that makes a certificate", () => {
  const { next } = certificateFault("CaUsedAsEndEntity");
  assertEquals(
    /`(openssl[^`]*)`/.exec(next("s3.h.test"))?.[1],
    "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 365 -subj /CN=s3.h.test " +
      "-addext subjectAltName=DNS:s3.h.test -addext basicConstraints=critical,CA:FALSE",
  );
  assertStringIncludes(next("10.0.0.1"), "subjectAltName=IP:10.0.0.1");
});
