import { assertEquals } from "@std/assert";
import { describePage, isPage } from "./describe_page.ts";

const PAGES: readonly (readonly [start: string, page: boolean, shown: string])[] = [
  ["<!DOCTYPE html><html><head><title>Log in</title></head>", true, 'the page "Log in"'],
  ["\ufeff  <HTML><body>Please <b>wait</b></body>", true, 'the page "Please wait"'],
  ["<!-- proxy --><html><style>p { color: red }</style><p>Blocked</p>", true, 'the page "Blocked"'],
  ["<?xml version='1.0'?><html xmlns='…'><head><title>502</title>", true, 'the page "502"'],
  ["<html></html>", true, "a page"],
  ['{"error":"no"}', false, 'the text "{\\"error\\":\\"no\\"}"'],
  ["no such\u0007\u202e\nroute", false, 'the text "no such route"'],
  [
    "<html>Log in for http://a/b?sv=1&sig=a%2Bb&amp;x=1 please",
    true,
    'the page "Log in for http://a/b?… please"',
  ],
  ["<htmlx>", false, 'the text "<htmlx>"'],
  ["x".repeat(100), false, `the text "${"x".repeat(80)}…"`],
  ["", false, "nothing"],
];

for (const [start, page, shown] of PAGES) {
  Deno.test(`describePage() of ${JSON.stringify(start.slice(0, 30))} is ${shown.slice(0, 40)}`, () => {
    assertEquals([isPage(start), describePage(start)], [page, shown]);
  });
}
