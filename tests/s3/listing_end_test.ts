import { assertEquals, assertRejects } from "@std/assert";
import { type ListOptions, ServiceError, StoreError, UnavailableError, UnsupportedError } from "@lade/core";
import { openFake } from "./open_fake.ts";
import { type DocumentService, entry, page, serveDocuments } from "./serve_documents.ts";

async function keysOf({ store }: DocumentService, prefix = "", options: ListOptions = {}): Promise<string[]> {
  return (await Array.fromAsync(store.list(prefix, options))).map(({ key }) => key);
}

for (const end of ["true", " true ", "false"]) {
  Deno.test(`list() goes on after a page that bears a token, with IsTruncated ${JSON.stringify(end)}`, async () => {
    await using service = await serveDocuments((query) =>
      query.has("continuation-token") ? page(["c"], { end: "false" }) : page(["a", "b"], { token: "T", end })
    );
    for (const order of ["key", "any"] as const) {
      assertEquals(await keysOf(service, "", { order }), ["a", "b", "c"]);
    }
  });
}

for (const end of [undefined, "True", "1", "yes", ""]) {
  Deno.test(`list() never takes a page that bears a token for the last, with IsTruncated ${end}`, async () => {
    await using service = await serveDocuments(() =>
      page(["a", "b"], { token: "T", ...(end === undefined ? {} : { end }) })
    );
    for (const order of ["key", "any"] as const) {
      await assertRejects(
        () => keysOf(service, "", { order }),
        ServiceError,
        "not known whether it is the last",
      );
    }
  });
}

Deno.test("list() fails for a truncated page that names no next one", async () => {
  await using service = await serveDocuments(() => page(["a"], { end: "true" }));
  await assertRejects(() => keysOf(service), ServiceError, "does not tell where the next one begins");
});

Deno.test("list() ends with a page that claims to be the last, though it always bears a token", async () => {
  await using service = await serveDocuments((query) =>
    page(query.has("continuation-token") ? [] : ["a"], { end: "false", token: "T" })
  );
  assertEquals(await keysOf(service), ["a"]);
  assertEquals(service.queries.length, 2);
});

for (const order of ["key", "any"] as const) {
  Deno.test(`list() in the order ${order} fails when pages name each other`, async () => {
    await using service = await serveDocuments((query) => {
      const token = query.get("continuation-token");
      return page(token === null ? ["a"] : [], { end: "true", token: token === "A" ? "B" : "A" });
    });
    await assertRejects(() => keysOf(service, "", { order }), ServiceError, "the same page comes again");
    assertEquals(service.queries.length < 5, true);
  });

  Deno.test(`list() in the order ${order} fails after a thousand empty pages`, async () => {
    let pages = 0;
    await using service = await serveDocuments(() => page([], { end: "true", token: String(++pages) }));
    await assertRejects(
      () => keysOf(service, "", { order }),
      ServiceError,
      "1000 pages in a row tell nothing new",
    );
  });
}

for (const order of ["key", "any"] as const) {
  Deno.test(`list() in the order ${order} gives a key once that comes again on its page or the next one`, async () => {
    const pages: Record<string, string> = {
      "": page(["a", "c", "a", "c"], { end: "true", token: "1" }),
      "1": page(["c", "d", "d", "c"], { end: "true", token: "2" }),
      "2": page(["d", "e", "d"], { end: "false" }),
    };
    await using service = await serveDocuments((query) => pages[query.get("continuation-token") ?? ""] ?? "");
    assertEquals(await keysOf(service, "", { order }), ["a", "c", "d", "e"]);
    assertEquals(service.queries.length, 3);
  });

  Deno.test(`list() in the order ${order} fails after a thousand pages that repeat one`, async () => {
    let pages = 0;
    await using service = await serveDocuments(() => page(["a"], { end: "true", token: String(++pages) }));
    const listing = keysOf(service, "", { order });
    await assertRejects(() => listing, ServiceError, "1000 pages in a row tell nothing new");
  });
}

Deno.test("list() passes over empty pages", async () => {
  await using service = await serveDocuments((query) => {
    const at = Number(query.get("continuation-token") ?? 0);
    return at < 50 ? page([], { end: "true", token: String(at + 1) }) : page(["a"], { end: "false" });
  });
  assertEquals(await keysOf(service), ["a"]);
});

Deno.test("list() asks again for a page whose body breaks off, and gives up after three tries", async () => {
  let broken = 1;
  await using service = await serveDocuments((query) => {
    const whole = query.has("continuation-token")
      ? page(["b"], { end: "false" })
      : page(["a"], { end: "true", token: "T" });
    if (query.has("continuation-token") && broken-- > 0) return new Response(whole.slice(0, 50));
    return whole;
  });
  assertEquals(await keysOf(service), ["a", "b"]);
  broken = Infinity;
  await assertRejects(() => keysOf(service), ServiceError, "the document is not complete");
  assertEquals(service.queries.length, 3 + 4);
});

for (const how of ["fin", "rst"] as const) {
  Deno.test(`list() asks again for a page whose connection breaks off by ${how}`, async () => {
    await using opened = await openFake({ context: { random: () => 0 } });
    const { fake, store } = opened;
    fake.putObject("bucket", "a", "content");
    const cut = { kind: "cut", afterBytes: 100, how } as const;
    fake.faults.add({ match: { operation: "ListObjectsV2", times: 2 }, action: cut });
    assertEquals((await Array.fromAsync(store.list())).map(({ key }) => key), ["a"]);
    assertEquals(fake.requests.length, 3);
    fake.faults.add({ match: { operation: "ListObjectsV2", times: Infinity }, action: cut });
    await assertRejects(() => Array.fromAsync(store.list()), UnavailableError);
    assertEquals(fake.requests.length, 6);
  });
}

Deno.test("deleteMany() asks again when the answer's body breaks off", async () => {
  await using opened = await openFake({ context: { random: () => 0 } });
  const { fake, store } = opened;
  for (const key of ["a", "b"]) fake.putObject("bucket", key, "content");
  fake.faults.add({
    match: { operation: "DeleteObjects" },
    action: { kind: "cut", afterBytes: 20, how: "fin" },
  });
  const results = await Array.fromAsync(store.deleteMany(["a", "b"]));
  assertEquals(results.map(({ error }) => error), [undefined, undefined]);
  assertEquals(fake.requests.length, 2);
});

const WRONG: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  "a negative size": { Size: "-1" },
  "a size that is none": { Size: "NaN" },
  "a size beyond 2^53": { Size: "1152921504606846976" },
  "a size that no service holds": { Size: "9007199254740991" },
  "no size": { Size: undefined },
  "no key": { Key: undefined },
  "an empty key": { Key: "" },
  "a time that is none": { LastModified: "yesterday" },
  "no time": { LastModified: undefined },
};
for (const [what, members] of Object.entries(WRONG)) {
  Deno.test(`list() fails for an entry with ${what}`, async () => {
    await using service = await serveDocuments(() =>
      `<ListBucketResult>${entry({ Key: "a", ...members })}</ListBucketResult>`
    );
    await assertRejects(() => keysOf(service), ServiceError, "an entry lacks key, size or time");
  });
}

Deno.test("list() decodes names only where the page says that they are encoded", async () => {
  const encoding = "<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>";
  const body = (more: string) => `<ListBucketResult>${more}${entry({ Key: "a%2Fb+c" })}</ListBucketResult>`;
  await using plain = await serveDocuments(() => body("<IsTruncated>false</IsTruncated>"));
  assertEquals(await keysOf(plain), ["a%2Fb+c"]);
  await using encoded = await serveDocuments(() => body(encoding));
  assertEquals(await keysOf(encoded), ["a/b c"]);
  await using wrong = await serveDocuments(() => body(encoding).replace("%2F", "%FF"));
  await assertRejects(() => keysOf(wrong), ServiceError, "not percent-encoded UTF-8");
});

const UPLOAD = (key: string) =>
  `<Upload><Key>${key}</Key><UploadId>u</UploadId><Initiated>2026-01-01T00:00:00Z</Initiated></Upload>`;
const PART = (number: number) =>
  `<Part><PartNumber>${number}</PartNumber><Size>1</Size><ETag>"e"</ETag></Part>`;

Deno.test("listUploads() goes from page to page, and keeps to its prefix", async () => {
  const last = "<ListMultipartUploadsResult><NextKeyMarker>z</NextKeyMarker><IsTruncated>false</IsTruncated>";
  const first = last.replace("false", "true").replace("z", "a");
  await using service = await serveDocuments((query) =>
    `${query.has("key-marker") ? last + UPLOAD("b") : first + UPLOAD("a")}</ListMultipartUploadsResult>`
  );
  const uploads = () => Array.fromAsync(service.store.listUploads());
  assertEquals((await uploads()).map(({ key }) => key), ["a", "b"]);
  await assertRejects(
    () => Array.fromAsync(service.store.listUploads("x")),
    ServiceError,
    "does not start with",
  );
});

Deno.test("listUploads() and listParts() never take a page with a marker for the last without its word", async () => {
  await using service = await serveDocuments((query) =>
    query.has("uploads")
      ? `<ListMultipartUploadsResult><NextKeyMarker>a</NextKeyMarker>${
        UPLOAD("a")
      }</ListMultipartUploadsResult>`
      : `<ListPartsResult><IsTruncated>True</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker>${
        PART(1)
      }</ListPartsResult>`
  );
  for (const list of [service.store.listUploads(), service.store.listParts("k", "u")]) {
    await assertRejects(
      () => Array.fromAsync<unknown>(list),
      ServiceError,
      "not known whether it is the last",
    );
  }
});

Deno.test("listUploads() and listParts() fail when their pages name each other", async () => {
  let count = 0;
  await using service = await serveDocuments((query) => {
    const marker = 1 + ++count % 2;
    return query.has("uploads")
      ? `<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>${marker}</NextKeyMarker></ListMultipartUploadsResult>`
      : `<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>${marker}</NextPartNumberMarker></ListPartsResult>`;
  });
  await assertRejects(
    () => Array.fromAsync(service.store.listUploads()),
    ServiceError,
    "the same page comes again",
  );
  await assertRejects(
    () => Array.fromAsync(service.store.listParts("k", "u")),
    ServiceError,
    "the same page",
  );
});

Deno.test("listParts() goes from page to page", async () => {
  await using service = await serveDocuments((query) => {
    const [end, number] = query.has("part-number-marker") ? ["false", 2] as const : ["true", 1] as const;
    return `<ListPartsResult><IsTruncated>${end}</IsTruncated><NextPartNumberMarker>${number}</NextPartNumberMarker>${
      PART(number)
    }</ListPartsResult>`;
  });
  const parts = await Array.fromAsync(service.store.listParts("k", "u"));
  assertEquals(parts.map(({ number }) => number), [1, 2]);
});

for (
  const wrong of [
    "<PartNumber>0</PartNumber>",
    "<PartNumber>1.5</PartNumber>",
    "<Size>-1</Size>",
    "<Size>9e9</Size>",
  ]
) {
  Deno.test(`listParts() fails for a part with ${wrong}`, async () => {
    const name = /^<(\w+)>/.exec(wrong)?.[1] ?? "";
    const part = PART(1).replace(new RegExp(`<${name}>.*?</${name}>`), wrong);
    await using service = await serveDocuments(() => `<ListPartsResult>${part}</ListPartsResult>`);
    await assertRejects(
      () => Array.fromAsync(service.store.listParts("k", "u")),
      ServiceError,
      "a part lacks",
    );
  });
}

Deno.test("listUploads() fails for an upload with a time that is none", async () => {
  const upload = UPLOAD("a").replace("2026-01-01T00:00:00Z", "soon");
  await using service = await serveDocuments(() =>
    `<ListMultipartUploadsResult>${upload}</ListMultipartUploadsResult>`
  );
  await assertRejects(
    () => Array.fromAsync(service.store.listUploads()),
    ServiceError,
    "lacks key, id or time",
  );
});

Deno.test("listContainers() goes from page to page, and fails when they name each other", async () => {
  const buckets = (names: string[], token: string) =>
    `<ListAllMyBucketsResult><Buckets>${
      names.map((name) => `<Bucket><Name>${name}</Name></Bucket>`).join("")
    }` +
    `</Buckets>${token && `<ContinuationToken>${token}</ContinuationToken>`}</ListAllMyBucketsResult>`;
  await using two = await serveDocuments((query) =>
    query.has("continuation-token") ? buckets(["b"], "") : buckets(["a"], "T")
  );
  assertEquals(await two.buckets(), ["a", "b"]);
  await using repeating = await serveDocuments((query) =>
    query.has("continuation-token") ? buckets(["b", "c", "b"], "") : buckets(["a", "b", "a"], "T")
  );
  assertEquals(await repeating.buckets(), ["a", "b", "c"]);
  await using circle = await serveDocuments(() => buckets(["a"], "T"));
  await assertRejects(() => circle.buckets(), ServiceError, "the same page comes again");
  await using nameless = await serveDocuments(() => buckets([""], ""));
  await assertRejects(() => nameless.buckets(), ServiceError, "a bucket has no name");
});

// What a hierarchical namespace lists: directories with all below them, by name.
const BY_DIRECTORY = ["foo/a", "foo/z", "foo-1/x", "foo.conda"];

Deno.test("list() in any order gives what an unordered service has, as it comes", async () => {
  await using service = await serveDocuments(() => page(BY_DIRECTORY, { end: "false" }));
  assertEquals(await keysOf(service, "", { order: "any" }), BY_DIRECTORY);
});

Deno.test("list() in the order of keys sorts what an unordered service has, also after a name", async () => {
  const pages = [BY_DIRECTORY.slice(0, 2), BY_DIRECTORY.slice(2)];
  for (const first of [pages, [BY_DIRECTORY]]) {
    await using service = await serveDocuments((query) => {
      const at = Number(query.get("continuation-token") ?? 0);
      return page(
        first[at] ?? [],
        at + 1 < first.length ? { end: "true", token: String(at + 1) } : { end: "false" },
      );
    });
    const sorted = ["foo-1/x", "foo.conda", "foo/a", "foo/z"];
    if (first.length > 1) {
      await assertRejects(() => keysOf(service), ServiceError, "showed too late to sort");
    }
    assertEquals(await keysOf(service), sorted);
    assertEquals(await keysOf(service, "", { startAfter: "foo.conda" }), ["foo/a", "foo/z"]);
    assertEquals(service.queries.at(-1)?.has("start-after"), false);
  }
});

Deno.test("list() in the order of keys refuses to sort more than a bound, before it gives a name", async () => {
  const many = Array.from({ length: 1000 }, (_, at) => String(1e6 - at));
  await using service = await serveDocuments((query) => {
    const at = Number(query.get("continuation-token") ?? 0);
    return page(many.map((name) => `${200 - at}-${name}`), { end: "true", token: String(at + 1) });
  });
  const given: string[] = [];
  await assertRejects(
    async () => {
      for await (const { key } of service.store.list()) given.push(key);
    },
    UnsupportedError,
    'list in the order "any"',
  );
  assertEquals(given, []);
});

Deno.test("listWithDelimiter() in any order gives a fold once that pages repeat", async () => {
  const folds = (names: string[], token: string) =>
    `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>` +
    `${
      names.map((name) => `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`).join("")
    }</ListBucketResult>`;
  await using service = await serveDocuments((query) => {
    const token = query.get("continuation-token");
    return token === null
      ? folds(["b/", "c/"], "true")
      : token === "true"
      ? folds(["a/", "b/"], "x")
      : page([], { end: "false" });
  });
  const entries = await Array.fromAsync(service.store.listWithDelimiter("", { order: "any" }));
  assertEquals(entries.map((each) => "prefix" in each ? each.prefix : each.key), ["b/", "c/", "a/"]);
  await assertRejects(() => Array.fromAsync(service.store.listWithDelimiter()), StoreError);
});

Deno.test("list() passes over names up to the one that it starts after, and lists no second time for them", async () => {
  await using service = await serveDocuments(() => page(["a", "b", "b", "c"], { end: "false" }));
  assertEquals(await keysOf(service, "", { startAfter: "b" }), ["c"]);
  assertEquals(service.queries.length, 1);
});
