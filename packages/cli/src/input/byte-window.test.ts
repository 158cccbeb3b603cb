import { expect, it } from "vitest";
import { ByteWindow } from "./byte-window.ts";

const text = (window: ByteWindow, start: number): string =>
  window.bytes.toString("utf8", start, window.limit);

it("keeps what is still needed in one piece, and says how far it moved", () => {
  const window = new ByteWindow();
  window.skip(3);
  expect(window.push(Buffer.from("abcdef"), 0)).toBe(0);
  expect(window.push(Buffer.from("ghi"), 4)).toBe(4);
  expect([text(window, 0), window.offset]).toEqual(["efghi", 7]);
  expect(window.push(Buffer.from("j"), 1)).toBe(1);
  expect([text(window, 0), window.offset]).toEqual(["fghij", 8]);
  expect(window.push(Buffer.from("k"), 3)).toBe(0);
  expect([text(window, 3), window.offset]).toEqual(["ijk", 8]);
});

it("reads a chunk in place when nothing of those before is needed", () => {
  const window = new ByteWindow();
  window.push(Buffer.from("abc"), 0);
  const chunk = Buffer.from("def");
  expect(window.push(chunk, 3)).toBe(3);
  expect(window.bytes.buffer).toBe(chunk.buffer);
  expect(window.offset).toBe(3);
});

it("leaves a chunk that it was given as it was", () => {
  const window = new ByteWindow();
  const chunk = Buffer.from("abc");
  window.push(chunk.subarray(0, 2), 0);
  window.push(Buffer.from("X"), 0);
  expect(chunk.toString()).toBe("abc");
  expect(text(window, 0)).toBe("abX");
});
