import { assertThrows } from "@std/assert";
import { UnsupportedError } from "@lade/core/backend";
import { checkSignedKey, checkSignedLife, MAX_SIGNED_MS } from "./signed_url.ts";

Deno.test("checkSignedLife() takes up to seven days, and no other lives", () => {
  for (const life of [1, 604_800_000]) checkSignedLife(life);
  for (const life of [0, -1, NaN, Infinity, MAX_SIGNED_MS + 1]) {
    assertThrows(() => checkSignedLife(life), RangeError, `expiresInMs ${life}: from 1 to 604800000`);
  }
});

Deno.test("checkSignedKey() takes keys that a URL can have, and no others", () => {
  const call = { operation: "presign", uri: "x://c/k" };
  for (const key of ["a", "a..b/...", "a//b", "/"]) checkSignedKey(call, key);
  for (const key of [".", "a/..", "../a", "a/./b"]) {
    assertThrows(() => checkSignedKey(call, key), UnsupportedError, 'resolve "." and ".."');
  }
});
