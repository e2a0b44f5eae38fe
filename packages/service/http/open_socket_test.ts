import { assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { AddressBook } from "./address_book.ts";
import { openSocket } from "./open_socket.ts";

Deno.test("openSocket() hands out no socket that an abort closed just when its handshake was through", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = listener.accept();
  const clock = new FakeClock();
  const { port } = listener.addr;
  const book = new AddressBook({
    hostname: "127.0.0.1",
    port,
    resolve: () => Promise.resolve([]),
    clock,
    isAllowed: () => true,
  });
  const reason = new Error("no longer needed");
  const stop = new AbortController();
  let closed = 0;
  const { startTls } = Deno;
  const handshake = () => {
    stop.abort(reason);
    return Promise.resolve({ alpnProtocol: null });
  };
  Deno.startTls = (tcp) => {
    const close = () => {
      closed++;
      tcp.close();
    };
    return Promise.resolve({ handshake, close } as unknown as Deno.TlsConn);
  };
  try {
    const target = { secure: true, hostname: "127.0.0.1", port, caCerts: [], verify: true };
    assertEquals(await assertRejects(() => openSocket(target, book, clock, stop.signal)), reason);
  } finally {
    Deno.startTls = startTls;
  }
  assertEquals(closed, 1);
  (await accepting).close();
});
