import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ServiceError, StoreError } from "@lade/core";
import type { S3Credentials } from "@lade/s3";
import { openFake } from "./open_fake.ts";

const BYTES = new TextEncoder().encode("content");
const PAGE = "<html><body>Please log in</body></html>";
const QUICK = { context: { random: () => 0 } } as const;

for (const key of ["settled", "of/set/a"]) {
  Deno.test(`a listing that tells of a key outside its prefix is an error: ${key}`, async () => {
    await using opened = await openFake(QUICK);
    const { fake, store } = opened;
    fake.putObject("bucket", "set/a", "x");
    fake.faults.add({
      match: { operation: "ListObjectsV2", times: Infinity },
      action: { kind: "rewrite", from: /<Key>set%2Fa<\/Key>|<Key>set\/a<\/Key>/, to: `<Key>${key}</Key>` },
    });
    for (const list of [store.list("set/"), store.listWithDelimiter("set/")]) {
      const error = await assertRejects(() => Array.fromAsync(list), ServiceError);
      assertStringIncludes(error.message, `lists "${key}", which does not start with "set/"`);
    }
  });
}

for (const operation of ["CopyObject", "CompleteMultipartUpload"] as const) {
  Deno.test(`${operation} that is answered by the page of a proxy is no success`, async () => {
    await using opened = await openFake({ ...QUICK, config: { multipart: { partSize: 4 } } });
    const { fake, store } = opened;
    fake.putObject("bucket", "from", "content");
    for (const page of [PAGE, "<Other></Other>", "<Result><ETag>", ""]) {
      const fault = fake.faults.add({
        match: { operation, times: Infinity },
        action: [{ kind: "error-after-ok", code: "None" }, { kind: "rewrite", from: /^[^]*$/, to: page }],
      });
      await assertRejects(
        () => operation === "CopyObject" ? store.copy("from", "to") : store.put("to", BYTES),
        StoreError,
        undefined,
        `page ${JSON.stringify(page)}`,
      );
      assertEquals([fake.object("bucket", "to"), fake.uploads("bucket")], [undefined, []]);
      fake.faults.remove(fault);
    }
  });
}

Deno.test("calls by the SDK sign with the credentials that replaced expired ones", async () => {
  const given: S3Credentials[] = [];
  let now: S3Credentials | undefined;
  await using opened = await openFake({
    ...QUICK,
    config: {
      credentials: () => {
        if (!now) throw new Error("not set");
        given.push(now);
        return Promise.resolve(now);
      },
    },
  });
  const { fake, store } = opened;
  const secretAccessKey = "secret";
  const session = (name: string, expiresAt?: number) => {
    fake.credentials.set(name, {
      secretAccessKey,
      sessionToken: name,
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
    return { accessKeyId: name, secretAccessKey, sessionToken: name };
  };
  fake.putObject("bucket", "from", "content");
  now = session("FIRST");
  await store.copy("from", "one");
  session("FIRST", 0);
  now = session("SECOND");
  assertEquals((await store.head("from")).size, 7);
  await store.copy("from", "two");
  assertEquals(given.map(({ accessKeyId }) => accessKeyId), ["FIRST", "SECOND"]);
});
