import { assertEquals, assertRejects } from "@std/assert";
import { NotFoundError, PreconditionFailedError, UnavailableError } from "@lade/core";
import { deleteHeld } from "./delete_held.ts";

const call = { operation: "delete", uri: "x://c/k", detail: "no" };
const LOST = new UnavailableError(call);

/** Runs a deletion whose requests are answered by `answers`, one after the other, and tells what was asked. */
async function run(
  answers: readonly (Error | string | undefined)[],
  signal?: AbortSignal,
): Promise<{ result: Promise<void>; asked: string[] }> {
  const asked: string[] = [];
  const next = (what: string) => {
    const answer = answers[asked.push(what) - 1];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const result = deleteHeld({
    send: async () => void await next("delete"),
    head: async () => ({ etag: await next("head") ?? "" }),
    ifMatch: "e",
    signal,
  });
  await result.catch(() => {});
  return { result, asked };
}

Deno.test("deleteHeld() asks once where the deletion is answered, whatever the answer is", async () => {
  const done = await run([undefined]);
  await done.result;
  const refused = await run([new PreconditionFailedError(call)]);
  await assertRejects(() => refused.result, PreconditionFailedError);
  assertEquals([done.asked, refused.asked], [["delete"], ["delete"]]);
});

Deno.test("deleteHeld() deletes once more what is still the same after a lost answer", async () => {
  const { result, asked } = await run([LOST, "e", undefined]);
  await result;
  assertEquals(asked, ["delete", "head", "delete"]);
});

Deno.test("deleteHeld() leaves what came meanwhile, and tells what is gone by the error of the look", async () => {
  const replaced = await run([LOST, "other"]);
  await assertRejects(() => replaced.result, UnavailableError);
  const gone = await run([LOST, new NotFoundError(call)]);
  await assertRejects(() => gone.result, NotFoundError);
  assertEquals([replaced.asked, gone.asked], [["delete", "head"], ["delete", "head"]]);
});

Deno.test("deleteHeld() looks for nothing once it is to end", async () => {
  const { result, asked } = await run([LOST, "e", undefined], AbortSignal.abort());
  await assertRejects(() => result, UnavailableError);
  assertEquals(asked, ["delete"]);
});
