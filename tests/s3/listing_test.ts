import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext, type ListOptions, ServiceError } from "@lade/core";
import { openS3Store, type S3Store } from "@lade/s3";
import { bare, openFake } from "./open_fake.ts";

/** Opens a bucket of a service that answers with these pages, one after the other. */
async function withPages(
  pages: readonly (readonly string[])[],
  test: (store: S3Store) => Promise<void>,
): Promise<void> {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
    const page = Number(new URL(url).searchParams.get("continuation-token") ?? 0);
    const contents = (pages[page] ?? []).map((key) =>
      `<Contents><Key>${key}</Key><Size>1</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>`
    );
    const more = page + 1 < pages.length;
    const next = more ? `<NextContinuationToken>${page + 1}</NextContinuationToken>` : "";
    return new Response(
      `<ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents.join("")}</ListBucketResult>`,
    );
  });
  await using store = await openS3Store("bucket", {
    config: {
      endpoint: `http://127.0.0.1:${server.addr.port}`,
      credentials: { accessKeyId: "id", secretAccessKey: "secret" },
    },
    context: createStoreContext(),
    surroundings: bare,
  });
  await test(store);
}

async function keysOf(store: S3Store): Promise<string[]> {
  return (await Array.fromAsync(store.list())).map(({ key }) => key);
}

Deno.test("S3Store.list() gives a name once that ends one page and begins the next", () =>
  withPages([["a", "b"], ["b", "c"], ["c"]], async (store) => {
    assertEquals(await keysOf(store), ["a", "b", "c"]);
  }));

Deno.test("S3Store.list() rejects when names go back", () =>
  withPages([["a", "c"], ["b", "d"]], async (store) => {
    await assertRejects(() => keysOf(store), ServiceError, "order of UTF-8 bytes");
  }));

Deno.test("S3Store.list() asks for no more keys than its limit in any order, and for one page where that has them", async () => {
  await using opened = await openFake();
  const { fake, store } = opened;
  for (let at = 0; at < 1500; at++) fake.putObject("bucket", `k${at}`, "");
  const asked = async (options: ListOptions) => {
    const keys = await Array.fromAsync(store.list("", options));
    return [
      keys.length,
      fake.requests.splice(0).map(({ query }) => new URLSearchParams(query).get("max-keys") ?? "all"),
    ];
  };
  assertEquals(await asked({ order: "any", limit: 1 }), [1, ["1"]]);
  assertEquals(await asked({ order: "any", limit: 1000 }), [1000, ["all"]]);
  assertEquals(await asked({ limit: 1000 }), [1000, ["all"]]);
  assertEquals(await asked({ limit: 1001 }), [1001, ["all", "all"]]);
});
