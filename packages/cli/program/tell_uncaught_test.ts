import { assertEquals, assertStringIncludes } from "@std/assert";
import { tellUncaught } from "./tell_uncaught.ts";

async function tell(args: readonly string[], type: string, details: object): Promise<[string, number]> {
  const target = new EventTarget();
  const { promise, resolve } = Promise.withResolvers<number>();
  let text = "";
  // Half a write at a time, as a pipe may do.
  const writeSync = (bytes: Uint8Array) => {
    const half = bytes.subarray(0, Math.ceil(bytes.length / 2));
    text += new TextDecoder().decode(half);
    return half.length;
  };
  using _ = tellUncaught(args, writeSync, resolve, target);
  const event = Object.assign(new Event(type, { cancelable: true }), details);
  target.dispatchEvent(event);
  assertEquals(event.defaultPrevented, true);
  return [text, await promise];
}

Deno.test("tellUncaught() prints what nothing has caught as any other error, and exits with 1", async () => {
  const error = new Error("bad \x1b[2J http://u:hunter2@h");
  const [text, code] = await tell(["ls"], "error", { error });
  assertEquals([text.split("\n")[0], code], ["lade: bad \\u001b[2J http://***@h", 1]);
  assertStringIncludes(text, "tell_uncaught_test.ts");
  const [json] = await tell(["ls", "--json"], "unhandledrejection", { reason: error });
  assertEquals(JSON.parse(json).message, "bad \x1b[2J http://***@h");
});
