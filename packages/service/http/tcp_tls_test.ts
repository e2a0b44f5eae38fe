import { assert, assertEquals, assertRejects } from "@std/assert";
import { RawServer } from "@lade/testing/http";
import { TcpTransport } from "./tcp_transport.ts";
import { TransportError } from "./transport_error.ts";
import { transportErrorToStoreError } from "./transport_error_to_store_error.ts";

Deno.test.sanitizer({ ops: true, resources: true });

interface Certificates {
  readonly authority: string;
  readonly cert: string;
  readonly key: string;
}

/** Makes an authority and a certificate of `names` by the openssl program; nothing where there is none. */
async function makeCertificates(names: string): Promise<Certificates | undefined> {
  const dir = await Deno.makeTempDir();
  const openssl = async (...args: string[]) => {
    const command = new Deno.Command("openssl", { args, cwd: dir, stdout: "null", stderr: "piped" });
    const { stderr, success } = await command.output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  };
  try {
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    await openssl(
      "req",
      "-x509",
      ...curve,
      "-keyout",
      "ca.key",
      "-out",
      "ca.pem",
      "-days",
      "2",
      "-subj",
      "/CN=test",
    );
    await openssl("req", ...curve, "-keyout", "key.pem", "-out", "leaf.csr", "-subj", "/CN=leaf");
    await Deno.writeTextFile(`${dir}/ext`, `basicConstraints=CA:FALSE\nsubjectAltName=${names}\n`);
    await openssl(
      ...["x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"],
      ...["-out", "leaf.pem", "-days", "1", "-extfile", "ext"],
    );
    const read = (name: string) => Deno.readTextFile(`${dir}/${name}`);
    return { authority: await read("ca.pem"), cert: await read("leaf.pem"), key: await read("key.pem") };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    // deno-lint-ignore no-console -- a test that is skipped says so
    console.warn("skipped: there is no openssl program to make certificates with");
    return undefined;
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const certificates = await makeCertificates("DNS:localhost,IP:127.0.0.1");
const foreign = certificates && await makeCertificates("DNS:elsewhere.test");
const ignore = certificates === undefined;
const once = { retry: { maxAttempts: 1 } };

function serve(pair: Certificates): RawServer {
  return new RawServer(async (peer) => {
    for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
      const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
      await peer.answer(length > 0 ? await peer.bytes(length) : head.split("\r\n")[1]);
    }
  }, pair);
}

Deno.test({
  name: "TcpTransport speaks TLS to a service whose authority it is given, by name and by address",
  ignore,
  async fn() {
    if (!certificates) return;
    await using server = serve(certificates);
    await using transport = new TcpTransport({ ...once, caCerts: [certificates.authority] });
    for (const host of ["localhost", "127.0.0.1"]) {
      const url = `https://${host}:${server.port}/`;
      for (const reused of [false, true]) {
        const { body, connection } = await transport.send({ method: "GET", url });
        assertEquals([await body.text(99), connection.reused], [`host: ${host}:${server.port}`, reused]);
      }
    }
    const data = Uint8Array.from({ length: 1_000_000 }, (_, i) => i * 13);
    const { body } = await transport.send({ method: "PUT", url: server.url, body: data });
    assertEquals(await body.bytes(1_000_000), data);
  },
});

Deno.test({
  name: "TcpTransport refuses a certificate of an unknown authority, and one of another host",
  ignore,
  async fn() {
    if (!certificates || !foreign) return;
    for (const [pair, caCerts] of [[certificates, []], [foreign, [foreign.authority]]] as const) {
      await using server = serve(pair);
      await using transport = new TcpTransport({ caCerts });
      const sending = transport.send({ method: "GET", url: server.url });
      const error = await assertRejects(() => sending, TransportError, "the certificate is not accepted");
      assertEquals([error.kind, error.retryable, error.attempts, error.sent], [
        "certificate",
        false,
        1,
        "none",
      ]);
      const { message } = transportErrorToStoreError(error, { operation: "get", uri: "s3://b/k" });
      assertEquals(message.startsWith('Cannot get "s3://b/k": the certificate is not accepted: '), true);
      assertEquals(transport.connections, 0);
    }
  },
});

Deno.test({
  name: "TcpTransport takes the end of TLS without its closing notice for a broken body",
  ignore,
  async fn() {
    if (!certificates) return;
    await using server = new RawServer(async (peer) => {
      await peer.head();
      await peer.send("HTTP/1.1 200 OK\r\n\r\nhalf of it");
      await peer.rest();
    }, certificates);
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const relaying = (async () => {
      const near = await listener.accept();
      const far = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
      void near.readable.pipeTo(far.writable).catch(() => {});
      void far.readable.pipeTo(near.writable, { preventClose: true }).catch(() => {});
      return near;
    })();
    await using transport = new TcpTransport({ ...once, caCerts: [certificates.authority] });
    const { port } = listener.addr as Deno.NetAddr;
    const { body } = await transport.send({ method: "GET", url: `https://localhost:${port}/` });
    const target = new Uint8Array(10);
    for (let at = 0; at < 10;) at += await body.read(target.subarray(at));
    assertEquals(new TextDecoder().decode(target), "half of it");
    const near = await relaying;
    near.close();
    const error = await assertRejects(async () => await body.read(target), TransportError);
    listener.close();
    assertEquals(error.kind, "closed-early");
  },
});

Deno.test("TcpTransport tells that an https endpoint does not speak TLS", async () => {
  await using server = new RawServer(async (peer) => {
    await peer.bytes(10);
    await peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    await peer.rest();
  });
  await using transport = new TcpTransport();
  const sending = transport.send({ method: "GET", url: server.url.replace("http:", "https:") });
  const error = await assertRejects(() => sending, TransportError, "the TLS handshake failed");
  assertEquals([error.kind, error.retryable, server.connections], ["tls", false, 1]);
});

Deno.test({
  name: "TcpTransport compares certificates with the endpoint's name at addresses that are given",
  ignore,
}, async () => {
  assert(certificates);
  const { authority, ...tls } = certificates;
  await using server = new RawServer(async (peer) => {
    while (await peer.head() !== undefined) await peer.answer("hello");
  }, tls);
  const send = async (name: string) => {
    const url = `https://${name}:${server.port}/`;
    const endpointAddresses = { url, addresses: ["127.0.0.1"] };
    await using transport = new TcpTransport({ ...once, caCerts: [authority], endpointAddresses });
    return await (await transport.send({ method: "GET", url })).body.text(9);
  };
  assertEquals(await send("localhost"), "hello");
  const error = await assertRejects(() => send("cluster.test"), TransportError);
  assertEquals(error.kind, "certificate");
});
