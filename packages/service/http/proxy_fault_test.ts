import { assertEquals, assertInstanceOf } from "@std/assert";
import { createTransport } from "./create_transport.ts";
import { nameOfProxy } from "./describe_proxy_fault.ts";
import { TransportError } from "./transport_error.ts";
import { transportErrorToStoreError } from "./transport_error_to_store_error.ts";

async function failureOf(url: string, proxyUrl: string): Promise<TransportError> {
  await using transport = createTransport(
    { retry: { maxAttempts: 1 } },
    { http_proxy: proxyUrl, https_proxy: proxyUrl },
  );
  try {
    const answer = await transport.send({ method: "GET", url });
    await answer.body.cancel();
  } catch (error) {
    assertInstanceOf(error, TransportError);
    return error;
  }
  throw new Error("the request was answered");
}

/** A proxy that gives one answer to whatever it is asked. */
function startProxy(answer: string): Disposable & { readonly url: string } {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const serving = (async () => {
    for await (const connection of listener) {
      await connection.read(new Uint8Array(65_536));
      await connection.write(new TextEncoder().encode(answer)).catch(() => 0);
      connection.close();
    }
  })();
  serving.catch(() => {});
  return {
    url: `http://user:hunter2@127.0.0.1:${listener.addr.port}`,
    [Symbol.dispose]: () => listener.close(),
  };
}

Deno.test("a proxy that cannot be used is what the error names, not the endpoint, nor its password", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  for (const scheme of ["http", "https"]) {
    const error = await failureOf(`${scheme}://endpoint.test/`, `http://user:hunter2@127.0.0.1:${port}`);
    assertEquals([error.kind, error.detail, error.retryable, error.sent], [
      "proxy",
      `the proxy http://127.0.0.1:${port} cannot be used: the connection was refused`,
      true,
      "none",
    ]);
    const told = transportErrorToStoreError(error, { operation: "get", uri: "s3://b/k" });
    assertEquals(
      told.message,
      `Cannot get "s3://b/k": the proxy http://127.0.0.1:${port} cannot be used: the connection was refused, ` +
        `on the way to ${error.endpoint}; check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and the user and ` +
        "password in the proxy's URL",
    );
  }
});

Deno.test("a proxy that wants a login, or makes no connection, says so itself", async () => {
  using locked = startProxy("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
  for (const scheme of ["http", "https"]) {
    const error = await failureOf(`${scheme}://endpoint.test/`, locked.url);
    assertEquals([error.kind, error.detail, error.retryable], [
      "proxy",
      `the proxy ${nameOfProxy(locked.url)} wants a user and a password, or other ones (status 407)`,
      false,
    ]);
  }
  using refusing = startProxy("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  const refused = await failureOf("https://endpoint.test/", refusing.url);
  assertEquals(refused.detail, `the proxy ${nameOfProxy(refusing.url)} made no connection to the endpoint`);
  using other = startProxy("SSH-2.0-OpenSSH\r\n");
  const garbled = await failureOf("http://endpoint.test/", other.url);
  assertEquals([garbled.kind, garbled.detail.endsWith(`, through the proxy ${nameOfProxy(other.url)}`)], [
    "protocol",
    true,
  ]);
});

Deno.test("a proxy whose URL is none is a failure of the request", async () => {
  const error = await failureOf("http://endpoint.test/", "nonsense://user:hunter2@");
  assertEquals(
    [error.kind, error.detail],
    ["proxy", 'the proxy "nonsense://user:***@" is not a URL such as http://host:3128'],
  );
});

Deno.test("nameOfProxy() leaves out user and password", () => {
  assertEquals(nameOfProxy("http://user:pass@host:3128/"), "http://host:3128");
  assertEquals(nameOfProxy("socks5://u:p@h:1"), "socks5://h:1");
  assertEquals(nameOfProxy("http://host:3128"), "http://host:3128");
});
