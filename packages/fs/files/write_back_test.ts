import { assertEquals, assertRejects } from "@std/assert";
import { WriteBack } from "./write_back.ts";

const MEBIBYTE = 2 ** 20;

Deno.test("what was written is brought to the disk in steps, one call at a time", async () => {
  let calls = 0;
  let done = () => {};
  const back = new WriteBack(() => {
    calls++;
    return new Promise((resolve) => done = resolve);
  });
  for (let count = 0; count < 31; count++) back.wrote(MEBIBYTE);
  assertEquals(calls, 0);
  for (let count = 0; count < 65; count++) back.wrote(MEBIBYTE);
  assertEquals(calls, 1);
  done();
  await back.settle();
  back.wrote(1);
  assertEquals(calls, 2);
  done();
  await back.finish();
});

Deno.test("a failure is told at the end, and nothing more is tried", async () => {
  let calls = 0;
  const back = new WriteBack(() => {
    calls++;
    return Promise.reject(new Error("the disk is gone"));
  });
  back.wrote(32 * MEBIBYTE);
  await back.settle();
  back.wrote(32 * MEBIBYTE);
  assertEquals(calls, 1);
  await assertRejects(() => back.finish(), Error, "the disk is gone");
});
