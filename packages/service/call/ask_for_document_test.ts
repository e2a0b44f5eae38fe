import { assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { createResponseBody, TransportError, type TransportResponse } from "@lade/service/http";
import { askForDocument, type DocumentReading } from "./ask_for_document.ts";

const RESET = new TransportError({ kind: "reset", detail: "it was reset", endpoint: "http://test:80" });

const CUT = '{"a":';

/** An answer with a text, or one whose body fails. */
function answer(text: string | Error): TransportResponse {
  let left = typeof text === "string" ? new TextEncoder().encode(text) : new Uint8Array();
  const read = (target: Uint8Array) => {
    if (text instanceof Error) throw text;
    const count = Math.min(target.length, left.length);
    target.set(left.subarray(0, count));
    left = left.subarray(count);
    return count;
  };
  return { body: createResponseBody({ read, close() {} }, { endpoint: "" }) } as unknown as TransportResponse;
}

async function read(
  answers: readonly (string | Error)[],
  options: Partial<DocumentReading<unknown>> = {},
): Promise<{ result: Promise<unknown>; sent: number; waitedMs: number }> {
  const clock = new FakeClock({ now: 0 });
  let sent = 0;
  const result = askForDocument(() => Promise.resolve(answer(answers[sent++] ?? "")), {
    parse: JSON.parse,
    isCutOff: (error) => /end of JSON/.test(error.message),
    maxBytes: 100,
    clock,
    patienceMs: 1000,
    ...options,
  });
  let settled = false;
  result.catch(() => {}).finally(() => settled = true);
  while (!settled) {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    if (!settled) await clock.advance(100);
  }
  return { result, sent, waitedMs: clock.monotonicMs() };
}

Deno.test("askForDocument() reads what is answered", async () => {
  const { result, sent } = await read(['{"a":1}']);
  assertEquals([await result, sent], [{ a: 1 }, 1]);
});

Deno.test("askForDocument() asks again for a document that breaks off, by its connection or its text", async () => {
  for (const broken of [CUT, RESET]) {
    const { result, sent } = await read([broken, broken, "[1]"]);
    assertEquals([await result, sent], [[1], 3]);
  }
});

Deno.test("askForDocument() gives up after three tries, and at once where another would say the same", async () => {
  const thrice = await read([CUT, CUT, CUT, "{}"]);
  await assertRejects(() => thrice.result, SyntaxError);
  assertEquals(thrice.sent, 3);
  for (const answers of [["no", "{}"], ["x".repeat(101), "{}"]]) {
    const { result, sent } = await read(answers);
    await assertRejects(() => result, Error);
    assertEquals(sent, 1);
  }
});

Deno.test("askForDocument() ends with its patience, and with its signal", async () => {
  const slow = await read([CUT, "{}"], { patienceMs: -1 });
  await assertRejects(() => slow.result, SyntaxError);
  assertEquals(slow.sent, 1);
  const ended = await read([CUT, "{}"], { signal: AbortSignal.abort("enough") });
  assertEquals(await ended.result.catch((reason) => reason), "enough");
});
