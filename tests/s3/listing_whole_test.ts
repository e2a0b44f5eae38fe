import { assertEquals, assertRejects } from "@std/assert";
import { type ListOptions, ServiceError } from "@lade/core";
import { type DocumentService, page, serveDocuments } from "./serve_documents.ts";

async function keysOf({ store }: DocumentService, prefix = "", options: ListOptions = {}): Promise<string[]> {
  return (await Array.fromAsync(store.list(prefix, options))).map(({ key }) => key);
}

for (const end of [undefined, "True", "False", "1", ""]) {
  Deno.test(`list() takes no page for the last that does not say so, with IsTruncated ${end}`, async () => {
    await using service = await serveDocuments(() => page(["a"], end === undefined ? {} : { end }));
    for (const order of ["key", "any"] as const) {
      await assertRejects(
        () => keysOf(service, "", { order }),
        ServiceError,
        "not known whether it is the last",
      );
    }
  });
}

Deno.test("list() takes no empty document for an empty bucket", async () => {
  await using service = await serveDocuments(() => "<ListBucketResult/>");
  await assertRejects(() => keysOf(service), ServiceError, "not known whether it is the last");
});

for (const folded of [0, 2]) {
  Deno.test(`list() takes a page without IsTruncated for the last by a KeyCount that counts ${1 + folded}`, async () => {
    const prefixes = ["b/", "c/"].map((name) => `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`);
    const body = page(["a"], { more: `<KeyCount>${1 + folded}</KeyCount>${prefixes.join("")}` });
    await using service = await serveDocuments(() => body);
    const listed = await Array.fromAsync(service.store.listWithDelimiter());
    assertEquals(listed.length, 3);
    await using fewer = await serveDocuments(() => page(["a"], { more: "<KeyCount>0</KeyCount>" }));
    await assertRejects(() => keysOf(fewer), ServiceError, "not known whether it is the last");
  });
}

Deno.test("list() asks again for a page with less than its KeyCount, and fails when it stays so", async () => {
  const half = page(["a"], { end: "false", more: "<KeyCount>2</KeyCount>" });
  let left = 2;
  await using service = await serveDocuments(() =>
    left-- > 0 ? half : page(["a", "b"], { end: "false", more: "<KeyCount>2</KeyCount>" })
  );
  assertEquals(await keysOf(service), ["a", "b"]);
  assertEquals(service.queries.length, 3);
  left = Infinity;
  for (const order of ["key", "any"] as const) {
    await assertRejects(() => keysOf(service, "", { order }), ServiceError, "it has 1 of 2 names");
  }
});

Deno.test("list() and listVersions() fail for a page of another bucket, but not for one without its name", async () => {
  let name = "other";
  await using service = await serveDocuments((query) => {
    const body = page(query.has("versions") ? [] : ["a"], { end: "false", more: `<Name>${name}</Name>` });
    return query.has("versions") ? body.replaceAll("ListBucketResult", "ListVersionsResult") : body;
  });
  const versions = () => Array.fromAsync(service.store.listVersions?.() ?? []);
  await assertRejects(() => keysOf(service), ServiceError, 'the page is of the bucket "other"');
  await assertRejects(versions, ServiceError, 'the page is of the bucket "other"');
  for (name of ["", "bucket"]) {
    assertEquals(await keysOf(service), ["a"]);
    assertEquals(await versions(), []);
  }
});

Deno.test("listVersions() takes no page for the last that does not say so", async () => {
  await using service = await serveDocuments(() => "<ListVersionsResult></ListVersionsResult>");
  const { listVersions } = service.store;
  await assertRejects(
    () => Array.fromAsync(listVersions?.call(service.store) ?? []),
    ServiceError,
    "not known whether it is the last",
  );
});
