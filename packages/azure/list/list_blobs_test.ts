import { assertEquals, assertRejects } from "@std/assert";
import { type ListOptions, ServiceError } from "@lade/core/backend";
import type { AzureTarget } from "../client/azure_target.ts";
import { listBlobs } from "./list_blobs.ts";

/** A target whose service answers with these pages, one after the other, and the queries that it was asked. */
function targetOf(...pages: readonly string[]) {
  const queries: Record<string, string | undefined>[] = [];
  const client = {
    readDocument: (
      { query }: { readonly query: Record<string, string | undefined> },
      parse: (text: string) => unknown,
    ) => {
      const blobs = pages[queries.push(query) - 1] ?? "";
      const next = queries.length < pages.length
        ? `<NextMarker>M${queries.length}</NextMarker>`
        : "<NextMarker/>";
      return Promise.resolve(
        parse(`<EnumerationResults ContainerName="c"><Blobs>${blobs}</Blobs>${next}</EnumerationResults>`),
      );
    },
  };
  const endpoint = { url: "https://a.b", account: "a", path: "" };
  const target = { client, endpoint, container: "c", uri: "az://a.b/c", traits: {} };
  return { target: target as unknown as AzureTarget, queries };
}

function blob(name: string, properties = "", more = ""): string {
  return `<Blob>${name.startsWith("<") ? name : `<Name>${name}</Name>`}<Properties>` +
    "<Last-Modified>Thu, 01 Jan 2026 00:00:00 GMT</Last-Modified><Etag>0x1</Etag>" +
    `<Content-Length>3</Content-Length><BlobType>BlockBlob</BlobType>${properties}</Properties>${more}</Blob>`;
}

async function list(target: AzureTarget, prefix = "", options: ListOptions = {}, delimiter?: "/") {
  return await Array.fromAsync(listBlobs(target, prefix, options, delimiter));
}

async function namesOf(...blobs: readonly string[]): Promise<string[]> {
  return (await list(targetOf(blobs.join("")).target)).map((entry) =>
    "key" in entry ? entry.key : entry.prefix
  );
}

Deno.test("listBlobs() tells what the service lists of a blob", async () => {
  const [entry] = await list(
    targetOf(blob(
      "k",
      "<Content-MD5>AAA=</Content-MD5><AccessTier>Cool</AccessTier>",
      "<VersionId>V1</VersionId>",
    )).target,
  );
  const lastModified = new Date("2026-01-01T00:00:00Z");
  assertEquals(entry, {
    key: "k",
    size: 3,
    lastModified,
    etag: "0x1",
    version: "V1",
    storageClass: "Cool",
    checksums: { md5: "AAA=" },
  });
});

Deno.test("listBlobs() leaves out a tier that the blob was not given, and checksums of what is not made of blocks", async () => {
  const [inferred] = await list(
    targetOf(blob(
      "k",
      "<AccessTier>Hot</AccessTier><AccessTierInferred>true</AccessTierInferred>",
    )).target,
  );
  assertEquals("storageClass" in (inferred ?? {}), false);
  const [appended] = await list(
    targetOf(
      blob("k", "<Content-MD5>AAA=</Content-MD5>").replace("BlockBlob", "AppendBlob"),
    ).target,
  );
  assertEquals("checksums" in (appended ?? {}), false);
});

Deno.test("listBlobs() decodes names that XML cannot hold, and no others", async () => {
  const encoded = '<Name Encoded="true">b%EF%BF%BF%25</Name>';
  assertEquals(await namesOf(blob("a%25"), blob(encoded)), ["a%25", "b\uffff%"]);
  const error = await assertRejects(
    () => namesOf(blob('<Name Encoded="true">b%</Name>')),
    ServiceError,
  );
  assertEquals(error.detail, "the answer is not that of Azure Blob Storage: an entry has no name");
});

Deno.test("listBlobs() gives no directories and no deleted blobs", async () => {
  const directory = blob("b", "<ResourceType>directory</ResourceType>").replace("<Etag>0x1</Etag>", "");
  const file = blob("b/c", "<ResourceType>file</ResourceType>");
  assertEquals(await namesOf(blob("a"), directory, file, blob("d", "", "<Deleted>true</Deleted>")), [
    "a",
    "b/c",
  ]);
});

Deno.test("listBlobs() asks for what follows a name, though the service gives that one too", async () => {
  const { target, queries } = targetOf(blob("b") + blob("c"));
  const entries = await list(target, "", { startAfter: "b", limit: 1 });
  assertEquals(entries.map((entry) => "key" in entry && entry.key), ["c"]);
  assertEquals(queries[0]?.["startFrom"], "b");
});

Deno.test("listBlobs() asks for as many entries as are wanted, where no order is", async () => {
  const { target, queries } = targetOf(blob("a"), blob("b"));
  await list(target, "p", { order: "any", limit: 2 }).catch(() => {});
  assertEquals([queries[0]?.["maxresults"], queries[0]?.["prefix"]], ["2", "p"]);
});

Deno.test("listBlobs() begins with a small page, where what is listed is worked on as it comes", async () => {
  const asked = async (options: ListOptions) => {
    const { target, queries } = targetOf(...["a", "b", "c", "d", "e"].map((name) => blob(name)));
    assertEquals((await list(target, "", options)).length, 5);
    return queries.map(({ maxresults }) => maxresults);
  };
  assertEquals(await asked({ order: "any" }), ["250", "1000", "4000", undefined, undefined]);
  assertEquals(await asked({}), Array(5).fill(undefined));
});

const BAD = {
  "a document without blobs": "",
  "an entry without a size": blob("a").replace(/<Content-Length>.*?<\/Content-Length>/, ""),
  "an entry without a time": blob("a").replace(/<Last-Modified>.*?<\/Last-Modified>/, ""),
  "an entry without a name": blob("<Name/>"),
};

for (const [what, page] of Object.entries(BAD)) {
  Deno.test(`listBlobs() refuses ${what}`, async () => {
    const { target } = targetOf(page);
    if (page === "") {
      const { client } = target as unknown as { client: { readDocument: unknown } };
      client.readDocument = (_: unknown, parse: (text: string) => unknown) =>
        Promise.resolve(parse("<EnumerationResults/>"));
    }
    await assertRejects(() => list(target), ServiceError, "not that of Azure Blob Storage");
  });
}

Deno.test("listBlobs() takes no page of another container, and none without a NextMarker, for the container's", async () => {
  const answering = (page: string): AzureTarget => ({
    ...targetOf("").target,
    client: { readDocument: (_: unknown, parse: (text: string) => unknown) => Promise.resolve(parse(page)) },
  } as unknown as AzureTarget);
  const whole =
    '<EnumerationResults ContainerName="https://a.b/c"><Blobs/><NextMarker/></EnumerationResults>';
  assertEquals(await list(answering(whole)), []);
  assertEquals(await list(answering(whole.replace(/ ContainerName="[^"]*"/, ""))), []);
  const other = answering(whole.replace("https://a.b/c", "other"));
  await assertRejects(() => list(other), ServiceError, 'the page is of the container "other"');
  const half = answering(whole.replace("<NextMarker/>", ""));
  await assertRejects(() => list(half), ServiceError, "not known whether it is the last");
});
