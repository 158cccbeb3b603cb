import { expect, it } from "vitest";
import { isLoopback, reachableAt } from "./loopback.ts";

it.each([
  ["127.0.0.1", true],
  ["127.8.9.10", true],
  ["::1", true],
  ["[::1]", true],
  ["::ffff:127.0.0.1", true],
  ["localhost", true],
  ["0.0.0.0", false],
  ["::", false],
  ["10.0.0.1", false],
  ["127.1", false],
  ["127.0.0.1.example.org", false],
  ["localhost.example.org", false],
  ["", false],
])("%s is loopback: %s", (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});

it.each([
  ["127.0.0.1", "127.0.0.1:80"],
  ["0.0.0.0", "127.0.0.1:80"],
  ["::", "127.0.0.1:80"],
  ["::1", "[::1]:80"],
  ["localhost", "localhost:80"],
])("%s is reached at %s", (address, expected) => {
  expect(reachableAt(address, 80)).toBe(expected);
});
