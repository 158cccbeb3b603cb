import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { describe, expect, it } from "vitest";
import { runTestee, startTestee } from "./testee-process.ts";

const oneDouble = [{ name: "d", type: "double" }];

async function ask(request: object): Promise<unknown> {
  return (await runTestee(JSON.stringify(request))).answers[0];
}

async function codeOf(request: object): Promise<string | undefined> {
  const { error } = (await ask(request)) as { readonly error?: { readonly code: string } };
  return error?.code;
}

describe("the examples of the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const examples = [...readme.matchAll(/^```json\n(.+)\n(.+)\n```$/gm)];

  it("has one for each operation", () => {
    const operations = examples.map(
      ([, request = ""]) => (JSON.parse(request) as { readonly op: string }).op,
    );
    expect(operations).toEqual([
      "encode",
      "decode",
      "crc32c",
      "sign",
      "arrow-frame",
      "arrow-unframe",
      "crc32c",
    ]);
  });

  for (const [, request = "", answer = ""] of examples) {
    it(`answers ${request.slice(0, 40)}… as written`, async () => {
      expect((await runTestee(request)).stdout).toBe(`${answer}\n`);
    });
  }
});

describe("the conversation", () => {
  it("answers each case before it reads the next", async () => {
    const child = startTestee();
    const answers = createInterface({ input: child.stdout });
    try {
      for (const [hex, crc32c] of [
        ["", 0],
        ["68656c6c6f", 2591144780],
      ] as const) {
        const answer = once(answers, "line");
        child.stdin.write(`${JSON.stringify({ op: "crc32c", hex })}\n`);
        expect(await answer).toEqual([`{"crc32c":${crc32c}}`]);
      }
    } finally {
      child.stdin.end();
      await once(child, "close");
    }
  });

  it("goes on after a line that is no JSON, keeps the order, and ends well", async () => {
    const { answers, exitCode } = await runTestee(
      '{"op":"crc32c","hex":"00"}\nnonsense\n\n[1]\n{"op":"fly"}\n{"op":"crc32c","hex":""}',
    );
    expect(answers).toEqual([
      { crc32c: 1383945041 },
      { error: { code: "bad-json", message: expect.any(String) } },
      { error: { code: "bad-request", message: "Expected a JSON object, got [1]" } },
      { error: { code: "unknown-op", message: expect.stringContaining('got "fly"') } },
      { crc32c: 0 },
    ]);
    expect(exitCode).toBe(0);
  });

  it("takes a line that is no UTF-8 for no JSON", async () => {
    const { answers } = await runTestee(Uint8Array.of(0x22, 0xff, 0x22, 0x0a));
    expect(answers).toEqual([{ error: { code: "bad-json", message: expect.any(String) } }]);
  });

  it("does not split a line at U+2028, which JSON may hold", async () => {
    const schema = [{ name: "s", type: "string" }];
    const line = `{"op":"encode","schema":${JSON.stringify(schema)},"records":[["\u2028"]]}`;
    const { answers } = await runTestee(line);
    expect(answers).toEqual([{ hex: expect.stringContaining("0a03e280a8") }]);
  });

  it("answers a case of several megabytes", async () => {
    const { answers } = await runTestee(JSON.stringify({ op: "crc32c", hex: "00".repeat(4_000_000) }));
    expect(answers).toEqual([{ crc32c: expect.any(Number) }]);
  });
});

describe("values", () => {
  it("writes negative zero so that a JSON reader gets it back", async () => {
    const hex = "090000000000000080";
    const { hex: pack } = (await ask({ op: "encode", schema: oneDouble, records: [[-0.5]] })) as {
      hex: string;
    };
    expect(pack.startsWith("09000000000000e0bf")).toBe(true);
    const encoded = (
      await runTestee(`{"op":"encode","schema":${JSON.stringify(oneDouble)},"records":[[-0.0]]}`)
    ).answers[0] as { readonly hex: string };
    expect(encoded.hex.startsWith(hex)).toBe(true);
    const { stdout } = await runTestee(JSON.stringify({ op: "decode", schema: oneDouble, hex: encoded.hex }));
    expect(stdout).toBe('{"records":[[-0.0]]}\n');
  });

  it("gives a string that is no UTF-8 as hex, and takes it so", async () => {
    const schema = [{ name: "s", type: "string" }];
    const { hex } = (await ask({ op: "encode", schema, records: [[{ hex: "ff00" }]] })) as {
      readonly hex: string;
    };
    expect(await ask({ op: "decode", schema, hex })).toEqual({ records: [[{ hex: "ff00" }]] });
  });

  it("keeps a NOT NULL column", async () => {
    const schema = [{ name: "id", type: "bigint", nullable: false }];
    expect(await codeOf({ op: "encode", schema, records: [[null]] })).toBe("null-not-allowed");
  });

  for (const [type, value] of [
    ["int", "1"],
    ["bigint", "1.0"],
    ["bigint", true],
    ["double", "1.5"],
    ["boolean", 1],
    ["string", 1],
    ["string", { hex: "00", more: 1 }],
    ["binary", "00"],
    ["decimal(10,2)", 1.5],
    ["date", 0],
    ["datetime", "2024-01-01T00:00:00Z"],
    ["datetime", { epoch_ms: "0", utc: "1970-01-01T00:00:01Z" }],
    ["timestamp", { seconds: 1, nanos: 0 }],
    ["interval_year_month", "14"],
    ["json", { a: 1 }],
    ["array<bigint>", "1"],
    ["map<string,bigint>", { a: "1" }],
    ["map<string,bigint>", [["a"]]],
    ["struct<a:bigint,b:string>", ["1"]],
    ["struct<a:bigint>", { a: "1" }],
  ] as const) {
    it(`refuses ${JSON.stringify(value)} as ${type}`, async () => {
      expect(await codeOf({ op: "encode", schema: [{ name: "c", type }], records: [[value]] })).toBe(
        "bad-shape",
      );
    });
  }

  for (const [type, value, code] of [
    ["bigint", 9007199254740992, "inexact"],
    ["bigint", "9223372036854775808", "out-of-range"],
    ["tinyint", 128, "out-of-range"],
    ["decimal(4,2)", "12.345", "inexact"],
    ["varchar(2)", "abc", "too-long"],
    ["date", "2023-02-29", "invalid-text"],
    ["json", "{", "invalid-text"],
    ["moment", "x", "invalid-type"],
  ] as const) {
    it(`hands on why the library refuses ${JSON.stringify(value)} as ${type}: ${code}`, async () => {
      expect(await codeOf({ op: "encode", schema: [{ name: "c", type }], records: [[value]] })).toBe(code);
    });
  }

  it("names the row and the column of a value in the wrong shape", async () => {
    expect(await ask({ op: "encode", schema: oneDouble, records: [[1], ["x"]] })).toEqual({
      error: {
        code: "bad-shape",
        message: 'Row 1, column d: Expected a JSON number, "NaN", "Infinity" or "-Infinity", got "x"',
      },
    });
  });

  it("refuses a pack whose bytes were changed", async () => {
    const schema = [
      { name: "c0", type: "bigint" },
      { name: "c1", type: "string" },
    ];
    const hex = "080212016280c0ff7fea91d2b205f0ffff7f02f8ffff7f97d6b6ae06";
    expect(await codeOf({ op: "decode", schema, hex })).toBe("checksum-mismatch");
  });
});
