import { assertEquals } from "@std/assert";
import { formatModificationTime, isModificationTime, readModificationTime } from "./modification_time.ts";

const MS = Date.parse("2012-11-28T12:15:05.123Z");

Deno.test("readModificationTime() reads what every tool writes", () => {
  const forms: readonly (readonly [string, string, number?])[] = [
    ["mtime", "1354104905.123456789"],
    ["mtime", "1354104905.123"],
    ["mtime", "1354104905", -123],
    ["mtime", "1354104905123"],
    ["mtime", "1354104905123456"],
    ["mtime", "1354104905123456789"],
    ["mtime", "2012-11-28T12:15:05.123Z"],
    ["mtime", "2012-11-28T13:15:05.123456+01:00"],
    ["file-mtime", "1354104905123000000ns"],
    ["file-mtime", "1354104905123ms"],
    ["file-mtime", "1354104905123000001ns"],
    ["goog-reserved-file-mtime", "1354104905", -123],
    ["s3cmd-attrs", "atime:1/ctime:2/gid:0/mode:33188/mtime:1354104905/uid:0", -123],
    ["mc-attrs", "atime:1#2/gid:0/mode:33188/mtime:1354104905#123456789/uid:0"],
    ["mc-attrs", "mtime:1354104905#123000000"],
  ];
  for (const [name, value, offBy = 0] of forms) {
    assertEquals(readModificationTime({ [name]: value })?.getTime(), MS + offBy, `${name}: ${value}`);
  }
});

Deno.test("readModificationTime() takes nothing else for a time, and the most exact of several", () => {
  for (const value of ["", "yesterday", "1.2.3", "0x10", "1e400", "99999999999999999999", "NaN", "-"]) {
    assertEquals(readModificationTime({ mtime: value }), undefined, value);
    assertEquals(isModificationTime("mtime", value), false, value);
  }
  assertEquals(readModificationTime({ other: "1354104905" }), undefined);
  assertEquals(readModificationTime({ "s3cmd-attrs": "ctime:5/mode:1" }), undefined);
  const both = { "s3cmd-attrs": "mtime:5", mtime: "7.5" };
  assertEquals(readModificationTime(both)?.getTime(), 7500);
  assertEquals(readModificationTime({ ...both, mtime: "soon" })?.getTime(), 5000);
});

Deno.test("formatModificationTime() writes seconds as rclone does, and what it writes is read", () => {
  const forms: readonly (readonly [number, string])[] = [
    [MS, "1354104905.123"],
    [MS - 3, "1354104905.12"],
    [MS - 123, "1354104905"],
    [0, "0"],
    [5, "0.005"],
    [-1500, "-1.5"],
    [-1, "-0.001"],
    [253402300799999, "253402300799.999"],
    [253402300799000, "253402300799.0"],
    [-62135596800000, "-62135596800"],
  ];
  for (const [ms, text] of forms) {
    assertEquals(formatModificationTime(new Date(ms)), text);
    assertEquals(readModificationTime({ mtime: text })?.getTime(), ms, text);
  }
});

Deno.test("readModificationTime() rounds down, and takes no time that a date cannot hold", () => {
  assertEquals(readModificationTime({ mtime: "1.9999" })?.getTime(), 1999);
  assertEquals(readModificationTime({ mtime: "99999999999999s" }), undefined);
  assertEquals(readModificationTime({ mtime: "2026-99-99T00:00" }), undefined);
});
