import { assertEquals, assertRejects } from "@std/assert";
import { AlreadyExistsError, PermissionDeniedError } from "@lade/core";
import { createTransport } from "@lade/service/http";
import { s3Provider } from "@lade/s3";
import { leadingTo } from "./leading_to.ts";
import { bare } from "./open_fake.ts";

/** Makes a bucket at Amazon, where a look is answered with one status and the call with another; what was asked. */
async function make(look: number, call: number): Promise<string[]> {
  const asked: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ method }) => {
    asked.push(method);
    const status = method === "HEAD" ? look : call;
    const body = status === 403 && method !== "HEAD" ? "<Error><Code>AccessDenied</Code></Error>" : null;
    return new Response(body, {
      status,
      headers: { "x-amz-request-id": "1", "content-type": "application/xml" },
    });
  });
  const provider = s3Provider({
    ...bare,
    transport: (options) =>
      leadingTo(`http://127.0.0.1:${server.addr.port}`, createTransport({ ...options, kind: "tcp" }, {})),
  });
  const credentials = { accessKeyId: "id", secretAccessKey: "secret" };
  await provider.createContainer("bucket", { config: { region: "us-east-1", credentials } });
  return asked;
}

Deno.test("createContainer() at Amazon looks first, and makes the bucket also where it may not look", async () => {
  assertEquals(await make(404, 200), ["HEAD", "PUT"]);
  assertEquals(await make(403, 200), ["HEAD", "PUT"]);
  await assertRejects(() => make(200, 200), AlreadyExistsError);
  await assertRejects(() => make(403, 403), PermissionDeniedError, "allow s3:CreateBucket");
});
