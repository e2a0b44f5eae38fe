import { assertEquals, assertRejects } from "@std/assert";
import { type Asked, failure, ScriptedAccount } from "./scripted_account.ts";

Deno.test("copy() that is given up when the service has just made it leaves the object there", async () => {
  const controller = new AbortController();
  const told = (status: string) => ({
    "content-length": "5",
    "last-modified": "Sat, 28 Nov 2026 08:00:00 GMT",
    etag: '"0x1"',
    "x-ms-copy-id": "id",
    "x-ms-copy-status": status,
  });
  await using account = new ScriptedAccount(({ method, path, query, headers }: Asked) => {
    if (method === "HEAD" && path.endsWith("/from")) return { status: 200, headers: told("success") };
    if (method === "HEAD") {
      const isFirst = !controller.signal.aborted;
      controller.abort(new Error("enough"));
      return { status: 200, headers: told(isFirst ? "pending" : "success") };
    }
    if (query.get("comp") === "copy") return failure(409, "NoPendingCopyOperation");
    if (query.has("comp") || headers.has("x-ms-blob-type")) return failure(501, "APINotImplemented");
    if (method === "DELETE") return { status: 202 };
    return { status: 202, headers: { "x-ms-copy-id": "id", "x-ms-copy-status": "pending" } };
  });
  await using store = account.open("box");
  await assertRejects(() => store.copy("from", "to", { signal: controller.signal }), Error, "enough");
  // The abort need not be over when the call is.
  const looked = () => account.asked.lastIndexOf("HEAD /account/box/to");
  const aborted = () => account.asked.indexOf("PUT /account/box/to?copy");
  while (aborted() < 0 || looked() < aborted()) await new Promise((resolve) => setTimeout(resolve));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assertEquals(account.requests.filter(({ method }) => method === "DELETE").length, 0);
});
