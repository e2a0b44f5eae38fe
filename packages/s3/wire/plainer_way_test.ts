import { assertEquals, assertRejects } from "@std/assert";
import type { S3Connection } from "./s3_connection.ts";
import { withExtra } from "./plainer_way.ts";
import { ServiceTraits } from "../traits/service_traits.ts";

/** A service that answers each try as `answers` say; tells whether each had the extra. */
function make(...answers: readonly ("good" | "refused" | "broken")[]) {
  const traits = new ServiceTraits();
  const told: string[] = [];
  const sent: boolean[] = [];
  const connection = { traits, tellTrait: (words: string) => told.push(words) } as unknown as S3Connection;
  const run = () =>
    withExtra(connection, "object-size", (error) => String(error).includes("refused"), (extra) => {
      const answer = answers[sent.push(extra) - 1] ?? "good";
      return answer === "good" ? Promise.resolve(answer) : Promise.reject(new Error(answer));
    });
  return { traits, told, sent, run };
}

Deno.test("withExtra() remembers what was refused and succeeds without, and tells it once", async () => {
  const { run, sent, told, traits } = make("refused");
  await run();
  await run();
  assertEquals([sent, told.length, traits.missing], [[true, false, false], 1, ["object-size"]]);
});

Deno.test("withExtra() takes nothing for missing that fails without it too, or for another reason", async () => {
  for (const [answers, sent] of [[["refused", "broken"], [true, false]], [["broken"], [true]]] as const) {
    const service = make(...answers);
    await assertRejects(() => service.run(), Error, "broken");
    assertEquals([service.sent, service.told, service.traits.missing], [sent, [], []]);
  }
});

Deno.test("ServiceTraits takes the second doubt for a proof, unless the extra has worked", () => {
  for (const hasWorked of [false, true]) {
    const traits = new ServiceTraits();
    if (hasWorked) traits.shown("part-checksum");
    traits.doubt("part-checksum", () => {});
    assertEquals(traits.lacks("part-checksum"), false);
    traits.doubt("part-checksum", () => {});
    assertEquals(traits.lacks("part-checksum"), !hasWorked);
  }
});
