import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  createStoreContext,
  NotFoundError,
  RangeNotSatisfiableError,
  ServiceError,
} from "@lade/core/backend";
import { type DocumentRequest, jsonDialect, NO_AUTHORIZER, ServiceClient } from "@lade/service/call";
import { HTTP_ERRORS } from "@lade/service/errors";
import * as fake from "@lade/testing/http";
import { getObject, headObject } from "./read_objects.ts";

/** Has the object `/full`, the object `/empty` without bytes, and the document `/page`. */
class Toy extends fake.FakeServer {
  protected override describe(record: fake.UnreadRequest): fake.RequestRecord {
    return { ...record, key: record.path.slice(1) };
  }

  protected override serve(request: fake.ServedRequest): fake.WireResponse {
    const { key } = request.record;
    if (key === "page") return fake.jsonResponse({ page: { next: 1 } });
    if (key !== "full" && key !== "empty") throw new fake.ServiceFault({ status: 404, message: "none" });
    const bytes = new TextEncoder().encode(key === "full" ? "0123456789" : "");
    return fake.objectResponse(request, bytes, { ETag: '"e"', "Last-Modified": new Date(0).toUTCString() });
  }

  protected override refuse({ status, message }: fake.ServiceFault): fake.WireResponse {
    return fake.jsonResponse({ error: message }, status);
  }

  protected override commonHeaders(record: fake.RequestRecord): Record<string, string> {
    return { "Toy-Id": String(record.id) };
  }
}

const NAMES = {
  service: "a toy",
  metadata: "toy-meta-",
  encodeMetadata: encodeURIComponent,
  decodeMetadata: decodeURIComponent,
  readChecksums: () => ({}),
};

async function open() {
  const toy = await new Toy().listen();
  const client = new ServiceClient({
    url: toy.url,
    service: "a toy",
    identity: "nobody",
    errors: HTTP_ERRORS,
    dialect: jsonDialect((error) => ({ message: String(error) })),
    signs: { ids: ["toy-id"], prefixes: ["toy-"] },
    authorizer: () => NO_AUTHORIZER,
    context: createStoreContext({ random: () => 0 }),
    transport: { retry: { maxAttempts: 1 } },
  });
  const call = { operation: "get", uri: "toy://a/k" };
  const object = (key: string) => ({ client, names: NAMES, key, path: `/${key}`, call });
  return {
    toy,
    client,
    call,
    object,
    async [Symbol.asyncDispose]() {
      await client.close();
      await toy[Symbol.asyncDispose]();
    },
  };
}

Deno.test("getObject() reads an object and its ranges, and no bytes of an empty one", async () => {
  await using opened = await open();
  const read = async (key: string, range?: Parameters<typeof getObject>[1]["range"]) => {
    const result = await getObject(opened.object(key), range === undefined ? {} : { range });
    return await new Response(result.body).text();
  };
  assertEquals(await read("full"), "0123456789");
  assertEquals(await read("full", { offset: 8, length: 10 }), "89");
  assertEquals(await read("full", { suffixLength: 30 }), "0123456789");
  assertEquals(await read("empty", { suffixLength: 3 }), "");
  await assertRejects(() => read("full", { offset: 10 }), RangeNotSatisfiableError);
  await assertRejects(() => read("none"), NotFoundError);
  const asked = opened.toy.requests.length;
  await assertRejects(() => read("full", { offset: -1 }), RangeError);
  assertEquals(opened.toy.requests.length, asked);
  opened.toy.faults.add({ action: { kind: "etag", value: '"other"' } });
  await assertRejects(() => getObject(opened.object("full"), { ifMatch: "e" }));
});

Deno.test("headObject() tells what an object is", async () => {
  await using opened = await open();
  const { key, size, etag } = await headObject(opened.object("full"), {});
  assertEquals([key, size, etag], ["full", 10, "e"]);
  await assertRejects(() => headObject(opened.object("none"), {}), NotFoundError);
  opened.toy.faults.add({ action: { kind: "length", delta: 2 ** 51 } });
  await assertRejects(() => headObject(opened.object("full"), {}), ServiceError, "the object's size");
});

Deno.test("ServiceClient.readJson() gives a member of a document, and takes nothing else for one", async () => {
  await using opened = await open();
  const { client, call, toy } = opened;
  const request = { method: "GET", path: "/page", root: "page", call };
  assertEquals(await client.readJson(request), { next: 1 });
  await assertRejects(() => client.readJson({ ...request, root: "list" }), ServiceError, "not that of a toy");
  const long = await assertRejects(() => client.readJson(request, 3), ServiceError);
  assertEquals(long.message.includes("breaks off"), false);
  const asked = async (own: Partial<DocumentRequest>) => {
    const before = toy.requests.length;
    return [
      await client.readJson({ ...request, ...own }).catch((error: Error) => error),
      toy.requests.length - before,
    ];
  };
  for (const action of [{ kind: "resize", delta: -1 }, { kind: "cut", afterBytes: 5, how: "rst" }] as const) {
    toy.faults.add({ action, match: { times: 2 } });
    assertEquals(await asked({}), [{ next: 1 }, 3]);
  }
  toy.faults.add({ action: { kind: "resize", delta: -1 }, match: { times: 4 } });
  const [cut, tries] = await asked({});
  assertMatch(String(cut), /its document breaks off/);
  assertEquals([cut instanceof ServiceError, tries], [true, 3]);
  // Who knows what became of the first one?
  const [once, sent] = await asked({ idempotent: false });
  assertEquals([once instanceof ServiceError, sent], [true, 1]);
});
