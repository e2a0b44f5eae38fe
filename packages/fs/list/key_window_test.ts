import { assert, assertEquals, assertFalse } from "@std/assert";
import { isInWindow, KeyWindow } from "./key_window.ts";

/** The names of a directory that a listing asks for. */
function asked(prefix: string, startAfter: string, directory: string, names: string[]): string[] {
  const window = new KeyWindow(prefix, startAfter).names(directory);
  return names.filter((name) => isInWindow(name, window));
}

const NAMES = ["a", "a-b", "a/", "ab", "ab/", "b/", "c"];

Deno.test("KeyWindow.directory is the prefix up to its last slash", () => {
  assertEquals(new KeyWindow("", "").directory, "");
  assertEquals(new KeyWindow("ab", "").directory, "");
  assertEquals(new KeyWindow("a/b/c", "").directory, "a/b/");
  assertEquals(new KeyWindow("a/b/", "").directory, "a/b/");
});

Deno.test("isInWindow() takes a prefix that ends inside a name", () => {
  assertEquals(asked("", "", "", NAMES), NAMES);
  assertEquals(asked("a", "", "", NAMES), ["a", "a-b", "a/", "ab", "ab/"]);
  assertEquals(asked("dir/a", "", "dir/", NAMES), ["a", "a-b", "a/", "ab", "ab/"]);
  assertEquals(asked("a", "", "ab/", NAMES), NAMES);
});

Deno.test("isInWindow() leaves out what comes before the start, but not the directory that holds it", () => {
  assertEquals(asked("", "ab", "", NAMES), ["ab/", "b/", "c"]);
  assertEquals(asked("", "ab/x", "", NAMES), ["ab/", "b/", "c"]);
  assertEquals(asked("", "ab/ab", "ab/", NAMES), ["ab/", "b/", "c"]);
  assertEquals(asked("", "zz", "", NAMES), []);
});

Deno.test("isInWindow() takes nothing of a directory that lies before the start", () => {
  assertEquals(asked("a/", "b", "a/", NAMES), []);
  assertEquals(asked("c/", "b", "c/", NAMES), NAMES);
});

Deno.test("KeyWindow.isAfterStart() compares by UTF-8 bytes", () => {
  const window = new KeyWindow("", "\uffee");
  assert(window.isAfterStart("😀"));
  assertFalse(window.isAfterStart("\uffee"));
});
