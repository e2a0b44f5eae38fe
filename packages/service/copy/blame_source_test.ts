import { NotFoundError, PreconditionFailedError, UnavailableError } from "@lade/core";
import { ServiceFault } from "@lade/service/errors";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { blameSource } from "./blame_source.ts";

const CALL = { operation: "copy", uri: "mem://box/a" };
const failure = (status: number) =>
  new PreconditionFailedError({
    operation: "copy to",
    uri: "mem://box/b",
    detail: "no",
    cause: new ServiceFault({ status }),
  });
const gone = new NotFoundError({ ...CALL, detail: "no such object" });

Deno.test("blameSource() leaves a failure as it is while the source is what was seen, or nothing tells", async () => {
  const error = failure(412);
  assertStrictEquals(await blameSource(error, "1", CALL, () => Promise.resolve({ etag: "1" })), error);
  const lost = () => Promise.reject(new UnavailableError({ ...CALL, detail: "away" }));
  assertStrictEquals(await blameSource(error, "1", CALL, lost), error);
});

Deno.test("blameSource() tells of a source that is another one, or gone", async () => {
  for (const status of [404, 412]) {
    const found = await blameSource(failure(status), "1", CALL, () => Promise.resolve({ etag: "2" }));
    assertEquals([
      found instanceof PreconditionFailedError,
      `${found}`.includes('copy "mem://box/a": it changed'),
    ], [
      true,
      true,
    ]);
    assertStrictEquals(await blameSource(failure(status), "1", CALL, () => Promise.reject(gone)), gone);
  }
});

Deno.test("blameSource() looks at nothing where the failure is of another kind", async () => {
  const look = () => Promise.reject(new Error("looked"));
  for (const error of [failure(403), new Error("other"), undefined]) {
    assertStrictEquals(await blameSource(error, "1", CALL, look), error);
  }
});
