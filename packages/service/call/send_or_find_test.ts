import { assertEquals, assertRejects } from "@std/assert";
import { NotFoundError, PreconditionFailedError, ServiceError, UnavailableError } from "@lade/core/errors";
import { ServiceFault } from "../errors/mod.ts";
import { sendOrFind } from "./send_or_find.ts";

const about = { operation: "put", uri: "toy://a/b", detail: "no" };
const failing = (error: Error) => () => Promise.reject<string>(error);

Deno.test("sendOrFind() looks for what was done where the answer was lost, foreign, or came to a second try", async () => {
  for (
    const error of [
      new UnavailableError(about),
      new ServiceError(about),
      new ServiceError({ ...about, cause: new ServiceFault({ status: 200, foreign: "a page" }) }),
      new PreconditionFailedError({ ...about, cause: new ServiceFault({ status: 412, attempts: 2 }) }),
    ]
  ) {
    assertEquals(await sendOrFind(failing(error), () => Promise.resolve("found")), "found");
    await assertRejects(() => sendOrFind(failing(error), async () => undefined), error.constructor as never);
    await assertRejects(
      () => sendOrFind(failing(error), failing(new Error("lost"))),
      error.constructor as never,
    );
  }
});

Deno.test("sendOrFind() does not look where the service refused, the call was aborted, or it succeeded", async () => {
  const find = () => Promise.reject<string>(new Error("looked"));
  let looks = 0;
  const counted = () => (looks++, find());
  const refused = new ServiceFault({ status: 412 });
  const errors = [
    new PreconditionFailedError({ ...about, cause: refused }),
    new NotFoundError(about),
    new Error(),
  ];
  for (const error of errors) await assertRejects(() => sendOrFind(failing(error), counted));
  const aborted = AbortSignal.abort();
  await assertRejects(
    () => sendOrFind(failing(new UnavailableError(about)), counted, aborted),
    UnavailableError,
  );
  assertEquals(await sendOrFind(() => Promise.resolve("sent"), counted), "sent");
  assertEquals(looks, 0);
});
