import { assertEquals, assertThrows } from "@std/assert";
import { InvalidNameError, UnsupportedError } from "../errors/errors.ts";
import { MemoryStore } from "../memory/mod.ts";
import { checkCall, checkWriteCall } from "./check_call.ts";

const { capabilities } = new MemoryStore();
const STORE = {
  uri: "toy://a",
  capabilities: {
    ...capabilities,
    tags: false,
    versions: false,
    resumableWrites: false,
    storageClass: "unknown" as const,
  },
  keyFault: (key: string) => key === "" ? "an object needs a key" : undefined,
  metadataNameFault: (name: string) => name === "bad" ? "the name is bad" : undefined,
};

Deno.test("checkCall() tells what a call is about, and refuses what the store has not", () => {
  const given = { contentType: "text/plain", storageClass: "COLD", ifNoneMatch: "*" };
  assertEquals(checkCall(STORE, "put", "k", given), { operation: "put", uri: "toy://a/k", createOnly: true });
  const { message } = assertThrows(() => checkCall(STORE, "put", "k", { tags: {} }), UnsupportedError);
  assertEquals(message, 'Cannot put "toy://a/k": the store has no tags');
  assertThrows(() => checkCall(STORE, "get", "k", { version: "1" }), UnsupportedError, "no versions");
  assertThrows(() => checkCall(STORE, "get", "k", { version: "" }), TypeError);
  assertThrows(() => checkCall(STORE, "get", ""), InvalidNameError, "an object needs a key");
  const reason = new Error("stop");
  const signal = AbortSignal.abort(reason);
  assertEquals(assertThrows(() => checkCall(STORE, "get", "k", { signal })), reason);
});

Deno.test("checkCall() refuses attributes where the store keeps none, and no metadata that says nothing", () => {
  const store = { ...STORE, capabilities: { ...STORE.capabilities, attributes: false } };
  for (const given of [{ contentType: "a/b" }, { expires: new Date(0) }, { metadata: { a: "" } }]) {
    const [name] = Object.keys(given);
    assertThrows(() => checkCall(store, "put", "k", given), UnsupportedError, `the store keeps no ${name}`);
    assertEquals(checkCall(STORE, "put", "k", given).uri, "toy://a/k");
  }
  assertEquals(checkCall(store, "put", "k", { metadata: {} }).uri, "toy://a/k");
});

Deno.test("checkCall() refuses a resumable write where there is none, and minds no option that is off", () => {
  const resumable = () => checkCall(STORE, "write", "k", { resumable: true });
  assertThrows(resumable, UnsupportedError, "the store has no resumable writes");
  assertEquals(checkCall(STORE, "write", "k", { resumable: false }).uri, "toy://a/k");
});

Deno.test("checkWriteCall() refuses what no write can have, and names that the store has a rule against", () => {
  assertEquals(checkWriteCall(STORE, "put", "k", { metadata: { good: "1" } }).createOnly, false);
  assertThrows(() => checkWriteCall(STORE, "put", "k", { ifNoneMatch: "e" }), TypeError, "create only");
  assertThrows(() => checkWriteCall(STORE, "put", "k", { partSize: 0 }), RangeError);
  assertThrows(
    () => checkWriteCall(STORE, "put", "k", { metadata: { bad: "1" } }),
    InvalidNameError,
    "the name is bad",
  );
});
