import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createTransport } from "./create_transport.ts";
import { FetchTransport } from "./fetch_transport.ts";
import { proxyForUrl } from "./proxy_for_url.ts";
import { RawServer } from "@lade/testing/http";
import { TcpTransport } from "./tcp_transport.ts";
import { TransportError } from "./transport_error.ts";

Deno.test.sanitizer({ ops: true, resources: true });

Deno.test("createTransport() chooses TCP without a proxy, and fetch on demand", async () => {
  for (
    const [transport, kind] of [
      [createTransport({}, {}), TcpTransport],
      [createTransport({}, { NO_PROXY: "*" }), TcpTransport],
      [createTransport({ kind: "tcp" }, { HTTP_PROXY: "http://p.test" }), TcpTransport],
      [createTransport({ kind: "fetch" }, {}), FetchTransport],
    ] as const
  ) {
    assert(transport instanceof kind);
    await transport.close();
  }
});

Deno.test("createTransport() sends each request through the proxy that is set for it, or straight", async () => {
  const serve = (name: string) =>
    new RawServer(async (peer) => {
      while (await peer.head() !== undefined) await peer.answer(name);
    });
  await using direct = serve("direct");
  await using proxy = serve("proxy");
  const env = { http_proxy: `127.0.0.1:${proxy.port}`, NO_PROXY: `127.0.0.1:${direct.port}` };
  await using transport = createTransport({ retry: { maxAttempts: 1 } }, env);
  for (
    const [url, expected] of [[direct.url, "direct"], ["http://far.test/", "proxy"], [
      direct.url,
      "direct",
    ]] as const
  ) {
    const { body, connection } = await transport.send({ method: "GET", url });
    assertEquals([await body.text(99), connection.id > 0], [expected, expected === "direct"]);
  }
  assertEquals([direct.connections, proxy.connections], [1, 1]);
  await assertRejects(() => transport.send({ method: "GET", url: "nonsense" }), TypeError);
});

Deno.test("createTransport() refuses options it does not know, proxy or not", () => {
  for (const env of [{}, { HTTPS_PROXY: "http://p.test" }]) {
    assertThrows(
      () => createTransport({ timeout: 1 } as object, env),
      TypeError,
      'there is no option "timeout"',
    );
  }
});

Deno.test("createTransport() reads the process's environment where that is permitted", async () => {
  const program = `
    import { createTransport } from ${JSON.stringify(import.meta.resolve("./create_transport.ts"))};
    console.log(createTransport().constructor.name);
  `;
  const run = async (...permissions: string[]) => {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--quiet", "--no-lock", ...permissions, "-"],
      env: { ALL_PROXY: "socks5://p.test:1080" },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    });
    const process = command.spawn();
    const writer = process.stdin.getWriter();
    await writer.write(new TextEncoder().encode(program));
    await writer.close();
    return new TextDecoder().decode((await process.output()).stdout).trim();
  };
  assertEquals(await Promise.all([run("--allow-env"), run()]), ["RoutedTransport", "TcpTransport"]);
});

Deno.test("proxyForUrl() follows the variables in either case, by scheme, then for all", () => {
  const cases: [url: string, env: Record<string, string>, proxy: string | undefined][] = [
    ["http://h.test/", {}, undefined],
    ["http://h.test/", { HTTP_PROXY: "http://p:1" }, "http://p:1"],
    ["http://h.test/", { http_proxy: "http://low:1", HTTP_PROXY: "http://up:1" }, "http://low:1"],
    ["http://h.test/", { HTTPS_PROXY: "http://p:1" }, undefined],
    ["https://h.test/", { https_proxy: "p:3128" }, "http://p:3128"],
    ["https://h.test/", { ALL_PROXY: "socks5://p:1" }, "socks5://p:1"],
    ["https://h.test/", { ALL_PROXY: "http://all", HTTPS_PROXY: "http://own" }, "http://own"],
    ["https://h.test/", { HTTPS_PROXY: " " }, undefined],
  ];
  for (const [url, env, proxy] of cases) {
    assertEquals(proxyForUrl(url, env), proxy, JSON.stringify([url, env]));
  }
});

Deno.test("proxyForUrl() makes the exceptions of NO_PROXY", () => {
  const direct: [url: string, exceptions: string][] = [
    ["http://h.test/", "*"],
    ["http://h.test/", "h.test"],
    ["http://h.test/", "H.TEST"],
    ["http://h.test/", "a, h.test"],
    ["http://h.test/", "a h.test b"],
    ["http://b.h.test/", "h.test"],
    ["http://b.h.test/", ".h.test"],
    ["http://b.h.test/", "*.h.test"],
    ["http://h.test/", ".h.test"],
    ["http://h.test:81/", "h.test:81"],
    ["https://h.test/", "h.test:443"],
    ["http://10.1.2.3/", "10.1.2.3"],
    ["http://10.1.2.3/", "10.0.0.0/8"],
    ["http://10.1.2.3/", "10.1.2.2/31"],
    ["http://[::1]/", "::1"],
    ["http://[::1]:80/", "[::1]:80"],
  ];
  const proxied: [url: string, exceptions: string][] = [
    ["http://h.test/", ""],
    ["http://h.test/", "b.h.test"],
    ["http://xh.test/", "h.test"],
    ["http://h.test/", "test.h"],
    ["http://h.test:81/", "h.test:82"],
    ["http://h.test/", "h.test:443"],
    ["http://11.1.2.3/", "10.0.0.0/8"],
    ["http://10.1.2.4/", "10.1.2.2/31"],
    ["http://h.test/", "10.0.0.0/8"],
    ["http://10.1.2.3/", "10.0.0.0/40"],
  ];
  const env = { http_proxy: "http://p", https_proxy: "http://p" };
  for (const [url, NO_PROXY] of direct) {
    assertEquals(proxyForUrl(url, { ...env, NO_PROXY }), undefined, `${url} ${NO_PROXY}`);
  }
  for (const [url, no_proxy] of proxied) assert(proxyForUrl(url, { ...env, no_proxy }), `${url} ${no_proxy}`);
});

Deno.test("createTransport() does not take addresses for fetch, and refuses what would go through a proxy", async () => {
  const endpointAddresses = { url: "http://cluster.test:9000", addresses: ["127.0.0.2"] };
  assertThrows(
    () => createTransport({ kind: "fetch", endpointAddresses }, {}),
    TypeError,
    "fetch goes where",
  );
  const env = { HTTP_PROXY: "http://127.0.0.1:1", NO_PROXY: "direct.test" };
  await using transport = createTransport({ endpointAddresses, retry: { maxAttempts: 1 } }, env);
  const send = (url: string) => transport.send({ method: "GET", url });
  for (const url of ["http://cluster.test:9000/", "http://bucket.cluster.test:9000/"]) {
    const error = await assertRejects(() => send(url), TransportError, "NO_PROXY");
    assertEquals([error.kind, error.sent], ["unsupported", "none"]);
  }
  // Other endpoints go by it.
  for (const url of ["http://cluster.test:9001/", "http://mycluster.test:9000/"]) {
    const error = await assertRejects(() => send(url), TransportError);
    assertEquals(error.kind === "unsupported", false);
  }
});
