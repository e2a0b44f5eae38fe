import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { NotFoundError, PreconditionFailedError, ServiceError } from "@lade/core";
import { entry, page, serveDocuments } from "./serve_documents.ts";

const LAST_MODIFIED = { "last-modified": "Sat, 28 Nov 2026 08:00:00 GMT" };
const HTML = "<html><title>Home</title></html>";
const DENIED = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>";

/** A page of a listing with one entry of `key`. */
function listing(size: number, etag = "e"): string {
  return `<ListBucketResult><IsTruncated>false</IsTruncated>${
    entry({ Key: "key", Size: String(size), ETag: `"${etag}"` })
  }</ListBucketResult>`;
}

async function textOf(result: { readonly body: ReadableStream<Uint8Array> }): Promise<string> {
  return await new Response(result.body as ReadableStream<Uint8Array<ArrayBuffer>>).text();
}

Deno.test("get() and head() of an HTML object work at a service without request ids, which a listing confirms", async () => {
  await using service = await serveDocuments((query, { method }) =>
    query.has("list-type") ? listing(HTML.length) : new Response(method === "HEAD" ? null : HTML, {
      headers: {
        ...LAST_MODIFIED,
        "content-type": "text/html",
        "etag": '"e"',
        "content-length": `${HTML.length}`,
      },
    })
  );
  assertEquals(await textOf(await service.store.get("key")), HTML);
  assertEquals((await service.store.head("key")).contentType, "text/html");
  assertEquals(service.queries.filter((query) => query.has("list-type")).length, 2);
});

const REFUSALS: Readonly<Record<string, string | Response>> = {
  "lists no such object": page([], { end: "false" }),
  "lists one of another size": listing(HTML.length + 1),
  "lists one with another etag": listing(HTML.length, "other"),
  "answers the listing by a page": HTML,
};
for (const [what, listed] of Object.entries(REFUSALS)) {
  Deno.test(`get() and head() take no page for an object when its endpoint ${what}`, async () => {
    const headers = {
      ...LAST_MODIFIED,
      "content-type": "text/html",
      "etag": '"e"',
      "content-length": `${HTML.length}`,
    };
    await using service = await serveDocuments((query, { method }) =>
      query.has("list-type") ? listed : new Response(method === "HEAD" ? null : HTML, { headers })
    );
    await assertRejects(() => service.store.get("key"), ServiceError, "not that of an S3 service");
    await assertRejects(() => service.store.head("key"), ServiceError, "not that of an S3 service");
  });
}

for (
  const [what, given] of Object.entries({
    "tells no size": LAST_MODIFIED,
    "tells no time": { "content-length": `${HTML.length}` },
    "tells neither": {},
  })
) {
  Deno.test(`get() and head() name a page as what it is where it ${what}`, async () => {
    const headers = { ...given, "content-type": "text/html; charset=utf-8" };
    await using service = await serveDocuments((query, { method }) =>
      query.has("list-type")
        ? page([], { end: "false" })
        : new Response(method === "HEAD" ? null : HTML, { headers })
    );
    const get = await assertRejects(() => service.store.get("key"), ServiceError, 'the page "Home"');
    const head = await assertRejects(() => service.store.head("key"), ServiceError, "a page");
    assertEquals(adviceOf(head), adviceOf(get));
    assertStringIncludes(adviceOf(get) ?? "", "check what stands between");
  });
}

/** What to do about an answer that is none of S3, without the port. */
function adviceOf({ advice, detail }: ServiceError): string | undefined {
  assertStringIncludes(detail, "not that of an S3 service");
  return advice?.replace(/127[\d.:]*/, "");
}

Deno.test("get() of an object without etag and id is confirmed once, then the service is known", async () => {
  await using service = await serveDocuments((query) =>
    query.has("list-type")
      ? page(["key"], { end: "false" })
      : new Response("x", { headers: { ...LAST_MODIFIED, "content-type": "application/json" } })
  );
  for (let tries = 0; tries < 3; tries++) assertEquals(await textOf(await service.store.get("key")), "x");
  assertEquals(service.queries.filter((query) => query.has("list-type")).length, 1);
});

Deno.test("delete() after a bare 404 asks a listing whether the object is gone", async () => {
  let listed: string | Response = page([], { end: "false" });
  await using service = await serveDocuments((query) =>
    query.has("list-type")
      ? listed instanceof Response ? listed.clone() : listed
      : new Response(null, { status: 404 })
  );
  const { store } = service;
  await store.delete("key");
  listed = new Response(DENIED, { status: 403 });
  await store.delete("key");
  listed = page(["key"], { end: "false" });
  await assertRejects(() => store.delete("key"), NotFoundError);
  listed = page(["key-2"], { end: "false" });
  await store.delete("key");
  listed = HTML;
  await assertRejects(() => store.delete("key"), ServiceError, 'the page "Home"');
  listed = new Response(HTML, { status: 403 });
  await assertRejects(() => store.delete("key"), ServiceError, "a 403 that is not the service's");
});

Deno.test("delete() believes a 404 that only the service can have given", async () => {
  await using service = await serveDocuments(() =>
    new Response("<Error><Code>NoSuchKey</Code></Error>", { status: 404 })
  );
  await service.store.delete("key");
  assertEquals(service.queries.length, 1);
  await using named = await serveDocuments(() =>
    new Response(null, { status: 404, headers: { "x-amz-request-id": "1" } })
  );
  await named.store.delete("key");
  assertEquals(named.queries.length, 1);
});

Deno.test("head() takes a 404 without a request id for nobody's word once the endpoint has sent one", async () => {
  let named = true;
  await using service = await serveDocuments(() =>
    new Response(null, { status: 404, headers: named ? { "x-amz-request-id": "1" } : {} })
  );
  await assertRejects(() => service.store.head("key"), NotFoundError);
  named = false;
  const error = await assertRejects(() => service.store.head("key"), ServiceError);
  assertStringIncludes(
    error.message,
    "a 404 that is not the service's: no x-amz-request-id, which the service sent before",
  );
});

Deno.test("an endpoint that answered XML of S3 without a request id is not held to one", async () => {
  let named = true;
  await using service = await serveDocuments((query) =>
    query.has("list-type")
      ? page([], { end: "false" })
      : new Response(null, { status: 404, headers: named ? { "x-amz-request-id": "1" } : {} })
  );
  await assertRejects(() => service.store.head("key"), NotFoundError);
  await Array.fromAsync(service.store.list());
  named = false;
  await assertRejects(() => service.store.head("key"), NotFoundError);
});

Deno.test("a gateway's page with 502 or 503 stays worth another try, and is named", async () => {
  for (const [status, code] of [[502, "unavailable"], [503, "throttled"]] as const) {
    await using service = await serveDocuments(() =>
      new Response("<html><title>Bad Gateway</title></html>", {
        status,
        headers: { "retry-after": "100000" },
      })
    );
    const error = await assertRejects(() => service.store.head("key"));
    const get = await assertRejects(() => service.store.get("key"));
    assertEquals([(error as { code?: string }).code, (get as { code?: string }).code], [code, code]);
    assertStringIncludes(
      (get as Error).message,
      `a ${status} that is not the service's: the page "Bad Gateway"`,
    );
  }
});

Deno.test("a status that does not fit its call is an error, also with all signs of the service", async () => {
  const signs = { ...LAST_MODIFIED, "x-amz-request-id": "1", "etag": '"e"', "x-amz-version-id": "v" };
  const CALLS = {
    get: [204, 201, 202],
    head: [204, 206],
    put: [204, 201, 202],
    delete: [201, 202, 206],
    list: [204, 206],
  } as const;
  for (const [name, statuses] of Object.entries(CALLS)) {
    for (const status of statuses) {
      await using service = await serveDocuments(() => new Response(null, { status, headers: signs }));
      const { store } = service;
      const call = {
        get: () => store.get("key"),
        head: () => store.head("key"),
        put: () => store.put("key", new Uint8Array(3)),
        delete: () => store.delete("key"),
        list: () => Array.fromAsync(store.list()),
      }[name] ?? (() => Promise.resolve());
      const error = await assertRejects(call, ServiceError, `status ${status}`);
      assertStringIncludes(error.message, "nothing that fits the call", `${name} ${status}`);
    }
  }
});

Deno.test("a refusal of a condition or range that no request had is not the service's", async () => {
  const bytes = new Uint8Array(3);
  for (const status of [304, 412, 416]) {
    await using service = await serveDocuments(() => new Response(null, { status }));
    const { store } = service;
    const calls = [() => store.get("key"), () => store.head("key"), () => store.delete("key")];
    for (const call of [...calls, () => store.put("key", bytes), () => Array.fromAsync(store.list())]) {
      const error = await assertRejects(call, ServiceError, `a ${status} that is not the service's`);
      assertStringIncludes(error.message, "nothing in the request asks for it");
    }
    const answers: Partial<Record<number, () => Promise<unknown>>> = {
      304: () => store.get("key", { ifNoneMatch: "e" }),
      412: () => store.get("key", { ifMatch: "e" }),
    };
    if (answers[status]) await assertRejects(answers[status], PreconditionFailedError);
  }
  await using service = await serveDocuments(() => new Response(null, { status: 404 }));
  await assertRejects(() => service.store.put("key", bytes), ServiceError, "a 404 that is not the service's");
  const list = () => Array.fromAsync(service.store.list());
  await assertRejects(list, ServiceError, "a 404 that is not the service's");
  await assertRejects(() => service.store.get("key"), NotFoundError);
});
