import { assertEquals } from "@std/assert";
import { TcpTransport } from "./tcp_transport.ts";
import { isWorthPouring, isWorthSending } from "./worth_a_lane.ts";

Deno.test("isWorthPouring() and isWorthSending() want many bytes, and to send many cores, too", () => {
  assertEquals([2 ** 26 - 1, 2 ** 26].map(isWorthPouring), [false, true]);
  const sending = [[2 ** 30 - 1, 3], [2 ** 30, 2], [2 ** 30, 3]] as const;
  assertEquals(sending.map(([bytes, most]) => isWorthSending(bytes, most)), [false, false, true]);
});

Deno.test("TcpTransport has bytes to be sent in shared memory only where a lane pays", async () => {
  for (const [lanes, pays] of [[0, undefined], [2, false], [3, true]] as const) {
    await using transport = new TcpTransport({ lanes });
    assertEquals(transport.bulk?.expect(2 ** 30 - 1), lanes === 0 ? undefined : false);
    assertEquals(transport.bulk?.expect(2 ** 30), pays);
  }
  await using bounded = new TcpTransport({ lanes: 4, bandwidth: { take: () => Promise.resolve() } as never });
  assertEquals(bounded.bulk, undefined);
});
