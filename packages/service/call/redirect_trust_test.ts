import { assertEquals } from "@std/assert";
import { type RedirectTrust, secretHeader, trustRedirect } from "./redirect_trust.ts";

function trust(
  from: string,
  to: string,
  hosts: readonly string[] = [],
  isOwn?: (hostname: string) => boolean | undefined,
): RedirectTrust {
  const place = (origin: string) => {
    const { protocol, host, hostname } = new URL(origin);
    return { secure: protocol === "https:", host, hostname };
  };
  return trustRedirect(place(to), place(from), { hosts, ...(isOwn && { isOwn }) });
}

Deno.test("trustRedirect() trusts the service itself, and hosts that the user vouches for", () => {
  assertEquals(trust("http://h.test:9000", "http://h.test:9000"), "own");
  assertEquals(trust("https://s3.h.test", "https://other.test", ["other.test"]), "own");
  assertEquals(trust("https://s3.h.test", "https://other.test:81", ["other.test:81"]), "own");
  assertEquals(trust("https://s3.h.test", "https://other.test:81", ["other.test:80"]), "foreign");
  assertEquals(trust("https://s3.h.test", "http://other.test", ["other.test"]), "foreign");
});

Deno.test("trustRedirect() takes machines of one cluster for near, and those of the internet for foreign", () => {
  for (
    const [from, to, expected] of [
      ["http://127.0.0.1:1", "http://127.0.0.1:2", "near"],
      ["http://127.0.0.1:1", "http://localhost:2", "near"],
      ["http://10.1.2.3:51080", "http://10.1.2.4:51081", "near"],
      ["http://proxy:51080", "http://target-1:51081", "near"],
      ["http://proxy.ais.svc", "http://192.168.7.8", "near"],
      ["https://s3.h.test", "https://node1.s3.h.test", "near"],
      ["https://h.test", "https://evil.test", "foreign"],
      ["https://a.co.uk", "https://b.co.uk", "foreign"],
      ["http://10.1.2.3", "http://8.8.8.8", "foreign"],
      ["http://10.1.2.3", "http://evil.test", "foreign"],
      ["https://h.test", "https://10.1.2.3", "foreign"],
      ["https://h.test", "https://evilh.test", "foreign"],
      ["https://localhost", "http://localhost", "foreign"],
    ] as const
  ) assertEquals(trust(from, to), expected, `${from} to ${to}`);
});

Deno.test("trustRedirect() asks the service about the hosts of a domain that it shares with others", () => {
  const isOwn = (hostname: string) => hostname.endsWith(".test") ? hostname.startsWith("svc.") : undefined;
  assertEquals(trust("https://svc.a.test", "https://svc.b.test", [], isOwn), "own");
  assertEquals(trust("https://svc.a.test", "https://vm.svc.a.test", [], isOwn), "foreign");
  assertEquals(trust("https://svc.a.test", "https://vm.b.test", ["vm.b.test"], isOwn), "own");
  assertEquals(trust("https://svc.a.test", "http://svc.b.test", [], isOwn), "foreign");
  assertEquals(trust("http://10.0.0.1", "http://10.0.0.2", [], isOwn), "near");
});

Deno.test("secretHeader() finds what is a secret whatever the service", () => {
  for (const name of ["Authorization", "cookie"]) {
    assertEquals(secretHeader({ "content-type": "a", [name]: "b" }), name);
  }
  assertEquals(secretHeader({ "content-type": "a", "x-cookie": "b" }), undefined);
});
