import { describe, expect, it } from "vitest";
import { EmulatorError } from "../errors.ts";
import { effectKinds } from "../faults/parse-fault-effect.ts";
import { faultUsage, parseFaultCommand } from "./fault-command.ts";

const url = ["--url", "http://127.0.0.1:8080/"];

it("reads a rule", () => {
  const line = [
    ...["add", ...url, "--action", "put block", "--block", "1", "--block", "2", "--nth", "3", "--id", "x"],
    ...["--probability", "0.5", "--seed", "7"],
    ...["answer", "status=503", "code=5", "headers.retry-after=2", "message=a=b"],
  ];
  expect(parseFaultCommand(line)).toEqual({
    kind: "add",
    url: "http://127.0.0.1:8080",
    rule: {
      id: "x",
      match: { action: "put block", block: [1, 2] },
      nth: 3,
      probability: 0.5,
      seed: 7,
      effect: {
        kind: "answer",
        status: 503,
        code: "5",
        headers: { "retry-after": "2" },
        message: "a=b",
      },
    },
  });
});

it("reads the other commands", () => {
  const origin = "http://127.0.0.1:8080";
  expect(parseFaultCommand(["list", ...url])).toEqual({ kind: "list", url: origin, json: false });
  expect(parseFaultCommand(["list", ...url, "--json"])).toEqual({ kind: "list", url: origin, json: true });
  expect(parseFaultCommand(["clear", ...url])).toEqual({ kind: "clear", url: origin, ids: [] });
  expect(parseFaultCommand(["clear", "a", "b", ...url])).toEqual({
    kind: "clear",
    url: origin,
    ids: ["a", "b"],
  });
  expect(parseFaultCommand(["--help"])).toEqual({ kind: "help" });
  expect(parseFaultCommand([])).toEqual({ kind: "help" });
});

describe("refuses in one sentence", () => {
  it.each([
    [["list"], "Expected --url to be the address"],
    [["list", "--url", "ftp://x"], 'got "ftp://x"'],
    [["list", "--url", "nonsense"], 'got "nonsense"'],
    [["drop", ...url], 'Expected fault add, fault list or fault clear, got "drop"'],
    [["add", ...url], "Expected an effect"],
    [["add", ...url, "status=1"], "Expected an effect"],
    [["add", ...url, "reset", "when"], 'Expected NAME=VALUE behind the effect, got "when"'],
    [["add", ...url, "--nth", "x", "reset"], 'Expected --nth to be a number, got "x"'],
    [["list", ...url, "--colour"], "--colour"],
  ])("%j", (args, message) => {
    const parse = () => parseFaultCommand(args);
    expect(parse).toThrow(EmulatorError);
    expect(parse).toThrow(message);
  });
});

it("explains every effect", () => {
  const told = [...faultUsage.matchAll(/^ {2}([a-z-]+) (?:\[|[a-z]+=)/gim)].map(([, kind]) => kind);
  expect(new Set(told)).toEqual(new Set(effectKinds));
});
