import { expect, it } from "vitest";
import { printableText } from "./printable-text.ts";

it.each([
  ["a name\n\tin lines\r\n", "a name\n\tin lines\r\n"],
  ["中文, é, 😀, e\u0301", "中文, é, 😀, e\u0301"],
  ["\u001b[31merror:\u001b[39m no", "\u001b[31merror:\u001b[39m no"],
  ["\r42 %\u001b[K", "\r42 %\u001b[K"],
  ["t\u001b]0;title\u0007", "t\\u001b]0;title\\u0007"],
  ["\u001b[2J\u001b[1;1H", "\\u001b[2J\\u001b[1;1H"],
  ["error: no\rdone: all rows", "error: no\\u000ddone: all rows"],
  ["a\u0000b\u0008c\u007fd\u009b2Je", "a\\u0000b\\u0008c\\u007fd\\u009b2Je"],
  ["abc\u202egpj.exe\u2066x\u200fy", "abc\\u202egpj.exe\\u2066x\\u200fy"],
  ["a\u2028b", "a\\u2028b"],
])("%j is shown as %j", (text, shown) => {
  expect(printableText(text)).toBe(shown);
});
