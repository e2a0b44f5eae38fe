import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  FakeServer,
  type FaultAction,
  RawConnection,
  type RequestHead,
  type RequestRecord,
  type ServedRequest,
  ServiceFault,
  type UnreadRequest,
  type WireResponse,
} from "./mod.ts";

/** Gives back what it is sent; the path `/none` is missing, and `/broken` is a mistake of its own. */
class Echo extends FakeServer {
  protected override describe(record: UnreadRequest, { method, rawPath }: RequestHead): RequestRecord {
    return { ...record, operation: method === "GET" ? "read" : "write", key: rawPath.slice(1) };
  }

  protected override async serve({ head, body, record, ignoresRange }: ServedRequest): Promise<WireResponse> {
    if (record.key === "none") throw new ServiceFault({ status: 404, code: "Missing", message: "none here" });
    if (record.key === "broken") throw new TypeError("a mistake of the fake");
    const sent = await body.bytes();
    const range = ignoresRange ? "" : head.headers.get("range") ?? "";
    return { status: 200, headers: { "X-Range": range }, body: sent, chunked: false };
  }

  protected override refuse({ status, code = "Fault", message, redirectTo }: ServiceFault): WireResponse {
    const headers = redirectTo === undefined ? {} : { Location: redirectTo };
    const body = new TextEncoder().encode(`${code}: ${message}`);
    return { status, headers, body, chunked: false, errorCode: code };
  }
}

async function ask(echo: Echo, action?: FaultAction, init: RequestInit = {}, path = "/k"): Promise<Response> {
  const fault = action && echo.faults.add({ action });
  const answer = await fetch(echo.url + path, { redirect: "manual", ...init });
  if (fault) assertEquals([fault.hits, echo.requests.at(-1)?.faults], [1, [fault.actions[0]?.kind]]);
  return answer;
}

Deno.test("FakeServer serves by the words of its subclass, and remembers each request", async () => {
  await using echo = await new Echo({ clock: () => 0 }).listen();
  const answer = await ask(echo, undefined, { method: "PUT", body: "content" });
  assertEquals([await answer.text(), answer.headers.get("date")], [
    "content",
    "Thu, 01 Jan 1970 00:00:00 GMT",
  ]);
  const missing = await ask(echo, undefined, {}, "/none");
  assertEquals([missing.status, await missing.text()], [404, "Missing: none here"]);
  assertEquals(
    echo.requests.map(({ id, operation, key, status, errorCode, bytesReceived, bytesSent }) => [
      id,
      operation,
      key,
      status,
      errorCode,
      bytesReceived,
      bytesSent,
    ]),
    [[1, "write", "k", 200, undefined, 7, 7], [2, "read", "none", 404, "Missing", 0, 18]],
  );
});

Deno.test("FakeServer lets faults speak in its words, but somebody else's answer in none of them", async () => {
  await using echo = await new Echo().listen();
  const busy = await ask(echo, { kind: "status", status: 503, headers: { "Retry-After": "7" } });
  assertEquals([busy.status, await busy.text()], [503, "Fault: "]);
  const moved = await ask(echo, { kind: "redirect", status: 307, to: "http://127.0.0.2:9" }, {}, "/k?a=b");
  assertEquals([await moved.text(), moved.headers.get("location")], ["Fault: ", "http://127.0.0.2:9/k?a=b"]);
  const late = await ask(echo, { kind: "error-after-ok", code: "Odd", message: "no" });
  assertEquals([late.status, await late.text()], [200, "Odd: no"]);
  const page = await ask(echo, { kind: "answer", status: 200, headers: { "x-portal": "1" }, body: "log in" });
  assertEquals([await page.text(), page.headers.get("date"), page.headers.get("x-portal")], [
    "log in",
    null,
    "1",
  ]);
  const whole = await ask(echo, { kind: "ignore-range" }, { headers: { range: "bytes=0-1" } });
  assertEquals([await whole.text(), whole.headers.get("x-range")], ["", ""]);
  const put = { method: "PUT", body: "content" };
  const flipped = await ask(echo, { kind: "flip-request", atByte: 3 }, put);
  assertEquals(await flipped.text(), "conuent");
  const bare = await ask(echo, { kind: "omit", fields: /^x-/ }, { headers: { range: "bytes=0-1" } });
  assertEquals([await bare.text(), bare.headers.has("x-range")], ["", false]);
});

Deno.test("FakeServer refuses what is not HTTP, and throws its own mistakes when it is stopped", async () => {
  const echo = await new Echo().listen();
  using connection = await RawConnection.open(echo);
  await connection.write("GET k HTTP/1.1\r\n\r\n");
  const refused = await connection.read("GET");
  assertEquals([refused.status, refused.headers["connection"]], [400, "close"]);
  assertStringIncludes(refused.text, "BadRequest: the request line is malformed");
  const broken = await ask(echo, undefined, {}, "/broken");
  assert((await broken.text()).includes("a mistake of the fake"));
  await assertRejects(() => echo[Symbol.asyncDispose](), TypeError, "a mistake of the fake");
});

Deno.test("a fault retells an entity tag or a time where the service tells it: in header fields, unless it has other places", async () => {
  class Documents extends Echo {
    protected override retell(
      response: WireResponse,
      what: "etag" | "time",
      value: string | undefined,
    ): WireResponse {
      return { ...response, body: new TextEncoder().encode(`${what} ${value}`) };
    }
  }
  await using echo = await new Echo().listen();
  const told = await ask(echo, { kind: "etag", value: '"other"' });
  assertEquals([await told.text(), told.headers.get("etag")], ["", '"other"']);
  const late = await ask(echo, { kind: "time", value: "yesterday" });
  assertEquals([await late.text(), late.headers.get("last-modified")], ["", "yesterday"]);
  await using documents = await new Documents().listen();
  const changed = await ask(documents, { kind: "time", value: undefined });
  assertEquals([await changed.text(), changed.headers.get("last-modified")], ["time undefined", null]);
});
