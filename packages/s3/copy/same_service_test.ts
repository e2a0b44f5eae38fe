import { assertEquals } from "@std/assert";
import type { S3Connection } from "../wire/s3_connection.ts";
import { isSameService } from "./same_service.ts";

let made = 0;

/** A connection whose keys are new with each look, as those of a role are. */
function connection(profile?: { readonly value: string; readonly source: string }): S3Connection {
  const credentials = {
    cache: {},
    get: () => Promise.resolve({ accessKeyId: `KEY${made++}`, secretAccessKey: "secret" }),
  };
  const endpoint = { amazon: false, serviceUrl: "http://localhost" };
  return { endpoint, region: "x", config: { profile }, credentials } as unknown as S3Connection;
}

Deno.test("isSameService() takes keys of one profile for those of one identity, wherever it was named", async () => {
  const work = { value: "work", source: "option" };
  const cases: [one: S3Connection, other: S3Connection, same: boolean][] = [
    [connection(), connection(), true],
    [connection(work), connection({ ...work, source: "--config s3://other/" }), true],
    [connection(work), connection({ value: "partner", source: "option" }), false],
    [connection(work), connection(), false],
    // The keys of the environment come before a profile that it names.
    [connection(work), connection({ value: "work", source: "AWS_PROFILE" }), false],
  ];
  for (const [one, other, same] of cases) assertEquals(await isSameService(one, other), same);
});
