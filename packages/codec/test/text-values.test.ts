import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeRecords, encodeRecords, formatDate } from "../src/index.ts";
import { compileColumns, JsonCursor, TextPack, type TextPackOptions } from "../src/text/index.ts";
import { randomFrom } from "./text-files.ts";

/** The rows that text of one or more columns becomes, as arrays. */
function rowsOf(types: readonly string[], text: string, options: TextPackOptions = {}): unknown[][] {
  const columns = types.map((type, index) => ({ name: `c${index}`, type }));
  const pack = new TextPack(columns, options);
  pack.push(new TextEncoder().encode(text));
  pack.end();
  const bytes = Buffer.concat(pack.seal().chunks);
  return decodeRecords(columns, bytes, { rowShape: "array" }) as unknown as unknown[][];
}

function valuesOf(type: string, texts: readonly string[], options: TextPackOptions = {}): unknown[] {
  return rowsOf([type], `${texts.join("\n")}\n`, options).map((row) => row[0]);
}

/** So many numbers at random; many more where time does not matter. */
const count = Number(process.env["TEXT_NUMBERS"] ?? 200_000);

/** Doubles of all sizes, in as many digits as they need, in more, and in between two. */
function doubleTexts(seed: number, amount: number): string[] {
  const random = randomFrom(seed);
  const view = new DataView(new ArrayBuffer(8));
  const texts: string[] = [];
  while (texts.length < amount) {
    view.setUint32(0, random(2 ** 32));
    view.setUint32(4, random(2 ** 32));
    const value = view.getFloat64(0);
    if (!Number.isFinite(value)) continue;
    const half = (view.getBigUint64(0) & 0x1fffffffffffffn) * 2n + 1n;
    texts.push(
      String(value),
      value.toPrecision(17),
      value.toExponential(18),
      (random(2 ** 32) / 7919).toFixed(random(15)),
      `${String(view.getBigUint64(0)).slice(0, 19)}e${random(80) - 40}`,
      String(half),
      `${half}e${random(24)}`,
      `${half * 5n}e-1`,
    );
  }
  return texts;
}

const edges = [
  ...[
    "0",
    "-0",
    "0.0",
    "4.9e-324",
    "2.4703282292062327e-324",
    "2.2250738585072014e-308",
    "2.2250738585072011e-308",
  ],
  ...[
    "1.7976931348623157e308",
    "9007199254740993",
    "9007199254740992.5",
    "00000000000000000000001.5",
    "1e23",
    "8.5e22",
  ],
  ...[
    "0.000000000000000000000000012345",
    "123456789012345678901234567890",
    ".5",
    "5.",
    "+3",
    "1E+5",
    "1e05",
    "1e-400",
  ],
];

describe.each(["auto", "js"] as const)("numbers, with kernel %s", (kernel) => {
  it("reads doubles as the nearest there is", () => {
    const texts = [...edges, ...doubleTexts(1, kernel === "js" ? 20_000 : count)];
    const values = valuesOf("double", texts, { kernel });
    const wrong = texts.filter((text, index) => !Object.is(values[index], Number(text)));
    expect(wrong).toEqual([]);
    expect(values.length).toBe(texts.length);
  });

  it("reads floats as the nearest there is, also where a double in between would mislead", () => {
    // Between 1 and the next float, a hair above and below the middle, closer than doubles can tell.
    const texts = [
      "1.00000005960464477539062500001",
      "1.000000059604644775390625",
      "1.00000005960464477539062499999",
    ];
    expect(valuesOf("float", texts, { kernel })).toEqual([1.0000001192092896, 1, 1]);
    expect(
      valuesOf("float", ["1.000000178813934326171875", "3.4028234663852886e38", "1e-45"], { kernel }),
    ).toEqual([1.000000238418579, 3.4028234663852886e38, 1.401298464324817e-45]);
    const random = randomFrom(7);
    const plain = Array.from({ length: 20_000 }, () =>
      (random(2 ** 32) / 2 ** random(40)).toPrecision(1 + random(9)),
    );
    const values = valuesOf("float", plain, { kernel });
    // A decimal of at most nine digits that is not the middle of two floats is rounded once either way.
    expect(plain.filter((text, index) => values[index] !== Math.fround(Number(text)))).toEqual([]);
  });

  it("reads integers exactly", () => {
    const random = randomFrom(3);
    const texts = Array.from({ length: 20_000 }, () => {
      const size = BigInt(random(2 ** 32)) * 2n ** BigInt(random(31)) + BigInt(random(1000));
      return `${random(2) ? "-" : ""}${size}`;
    });
    texts.push("9223372036854775807", "-9223372036854775807", "+12", "0000000000000000001", "-0");
    expect(valuesOf("bigint", texts, { kernel })).toEqual(texts.map((text) => BigInt(text.replace("+", ""))));
  });

  it("reads every date there is", () => {
    const texts: string[] = [];
    for (let day = -719_162; day <= 2_932_896; day += kernel === "js" ? 97 : 1) texts.push(formatDate(day));
    const columns = [{ name: "c0", type: "date" }];
    const pack = new TextPack(columns, { kernel });
    pack.push(new TextEncoder().encode(texts.join("\n")));
    pack.end();
    const rows = encodeRecords(
      columns,
      texts.map((text) => [text]),
    );
    expect(Buffer.concat(pack.seal().chunks).equals(rows)).toBe(true);
  });

  it("refuses dates that no calendar has", () => {
    for (const text of [
      "2023-02-29",
      "1900-02-29",
      "2024-04-31",
      "2024-13-01",
      "2024-00-10",
      "2024-01-00",
      "0000-12-31",
    ]) {
      expect(() => valuesOf("date", [...Array(500).fill("2024-01-01"), text], { kernel }), text).toThrow(
        "line 501",
      );
    }
    expect(valuesOf("date", ["2000-02-29", "2024-02-29"], { kernel })).toEqual(["2000-02-29", "2024-02-29"]);
  });

  it("reads times in a zone with summer time, and refuses those that clocks skip or show twice", () => {
    const options: TextPackOptions = { kernel, conversion: { timeZone: "America/New_York" } };
    const texts = Array(300)
      .fill(["2024-01-15 12:00:00", "2024-07-15 12:00:00", "2024-03-10 03:00:00"])
      .flat();
    expect(valuesOf("timestamp", texts, options).slice(-3)).toEqual([
      { seconds: 1_705_338_000n, nanos: 0 },
      { seconds: 1_721_059_200n, nanos: 0 },
      { seconds: 1_710_054_000n, nanos: 0 },
    ]);
    expect(() => valuesOf("datetime", [...texts, "2024-03-10 02:30:00"], options)).toThrow("skip this one");
    expect(() => valuesOf("datetime", [...texts, "2024-11-03 01:30:00"], options)).toThrow("twice");
  });

  it("rounds only when told to", () => {
    const texts = Array(400).fill(["1.005", "-1.005", "9.994999", "0.1"]).flat();
    expect(() => valuesOf("decimal(4,2)", texts, { kernel })).toThrow("at most 2 digits after the point");
    const options: TextPackOptions = { kernel, conversion: { rounding: "half-up" } };
    expect(valuesOf("decimal(4,2)", texts, options).slice(0, 4)).toEqual(["1.01", "-1.01", "9.99", "0.1"]);
    expect(() => valuesOf("decimal(4,2)", ["99.995"], options)).toThrow("at most 2 digits before the point");
  });
});

describe("fields", () => {
  it("are those that csv-parse finds", () => {
    const field = fc.string({
      unit: fc.constantFrom("a", "é", ",", '"', "\n", "\r\n", " ", "😀"),
      maxLength: 12,
    });
    const table = fc.array(fc.array(field, { minLength: 3, maxLength: 3 }), {
      minLength: 200,
      maxLength: 400,
    });
    fc.assert(
      fc.property(table, fc.boolean(), (rows, crlf) => {
        const text = rows
          .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(","))
          .join(crlf ? "\r\n" : "\n");
        expect(rowsOf(["string", "string", "string"], text)).toEqual(parse(text));
      }),
      { numRuns: 20 },
    );
  });

  it("come from where the plan says, or are constants of any type", () => {
    const text = "1,x,2\n".repeat(1000);
    const options = (kernel: "auto" | "js"): TextPackOptions => ({
      kernel,
      fieldCount: 3,
      fields: [
        2,
        { constant: "same" },
        undefined,
        0,
        { constant: [1, null] },
        { constant: 12n },
        { constant: 1.5 },
      ],
    });
    const types = ["bigint", "string", "string", "int", "array<int>", "bigint", "double"];
    const rows = rowsOf(types, text, options("auto"));
    expect(rows.length).toBe(1000);
    expect(rows.at(-1)).toEqual([2n, "same", null, 1, [1, null], 12n, 1.5]);
    expect(rows).toEqual(rowsOf(types, text, options("js")));
    expect(() => new TextPack([{ name: "a", type: "int" }], { fields: [{ constant: "x" }] })).toThrow(
      "column a",
    );
  });
});

describe("patterns", () => {
  const patterns = [{ column: "c0", pattern: "^[a-z]+$", expected: "small letters" }];

  it.each(["auto", "js"] as const)("refuse what does not match, and nothing else (kernel %s)", (kernel) => {
    for (const type of ["string", "varchar(9)", "char(9)"]) {
      const refused: string[] = [];
      const columns = [
        { name: "c0", type },
        { name: "c1", type: "string" },
      ];
      const pack = new TextPack(columns, {
        kernel,
        conversion: { patterns },
        onReject: ({ line, column, reason, value }) => refused.push(`${line} ${column} ${reason} ${value}`),
      });
      pack.push(new TextEncoder().encode('abc,1\nAbc,2\n,3\n"",4\nx,5\n'));
      pack.end();
      expect(refused).toEqual(['2 c0 small letters "Abc"', '4 c0 small letters ""']);
      expect(pack.recordCount).toBe(3);
    }
  });

  it("hold for texts in JSON, too", () => {
    const [column] = compileColumns([{ name: "c0", type: "string" }], { patterns });
    expect(column!.fromJson(new JsonCursor('"abc"'))).toBe("abc");
    expect(column!.fromJson(new JsonCursor("null"))).toBeNull();
    expect(() => column!.fromJson(new JsonCursor('"A"'))).toThrow("small letters");
  });
});
