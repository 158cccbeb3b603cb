import { describe, expect, it } from "vitest";
import { SessionError } from "./errors.ts";
import { checkPartitionSpec, formatPartitionSpec, parsePartitionSpec } from "./partition-spec.ts";

const normalised = (text: string): string => formatPartitionSpec(parsePartitionSpec(text));

function failure(act: () => unknown): SessionError {
  try {
    act();
  } catch (error) {
    if (error instanceof SessionError) return error;
    throw error;
  }
  return expect.fail("expected a SessionError");
}

describe("parsePartitionSpec", () => {
  it.each([
    ["pt=1", "pt=1"],
    ["pt=1/region=cn", "pt=1,region=cn"],
    ["pt=1,region=cn", "pt=1,region=cn"],
    [`pt='1',region="cn"`, "pt=1,region=cn"],
    ["  pt = '20240102' , region = cn ", "pt=20240102,region=cn"],
    ["PT=a b", "PT=a b"],
    ["pt=2024-01-02 03:04:05", "pt=2024-01-02 03:04:05"],
    ["pt=中文", "pt=中文"],
    ["pt=a&b%+#?", "pt=a&b%+#?"],
  ])("reads %j as %j", (text, expected) => {
    expect(normalised(text)).toBe(expected);
  });

  it("keeps the levels in the order they are written", () => {
    expect(parsePartitionSpec("b=2/a=1")).toEqual([
      { name: "b", value: "2" },
      { name: "a", value: "1" },
    ]);
  });

  it.each([
    ["", 0, "Expected the name of a partition key"],
    ["   ", 3, "Expected the name of a partition key"],
    ["pt", 2, 'Expected "=" after partition key pt'],
    ["pt=", 3, "Expected a value for pt, got none"],
    ["pt=''", 3, "Expected a value for pt, got none"],
    ["=1", 0, "Expected the name of a partition key"],
    ["pt=1,", 5, "Expected the name of a partition key"],
    ["pt=1,,b=2", 5, "Expected the name of a partition key"],
    ["pt=1b=2", 5, 'Expected "," or "/" before the next partition key'],
    ["pt='1' region=cn", 7, 'Expected "," or "/" before the next partition key'],
    ["pt='1", 3, "Expected a closing '"],
    ["pt=1'", 4, 'Expected "," or "/" before the next partition key'],
    ["pt=1,PT=2", 5, "Partition key PT is given twice"],
    ["pt='a,b'", 3, 'Expected a value for pt, got "a,b": a partition value cannot hold ","'],
    ["pt='a=b'", 3, 'Expected a value for pt, got "a=b": a partition value cannot hold "="'],
    ["pt='2024/01'", 3, 'Expected a value for pt, got "2024/01": a partition value cannot hold "/"'],
    [`pt="it's"`, 3, `a partition value cannot hold "'"`],
    ["pt=' a'", 3, "cannot begin or end with a blank"],
    ["pt=a\r\nb", 3, "a partition value cannot hold"],
    ["pt=a\u0000", 3, "a partition value cannot hold"],
    ["pt=\ud800", 3, "a partition value cannot hold"],
  ])("refuses %j and says where", (text, offset, message) => {
    const error = failure(() => parsePartitionSpec(text));
    expect(error.code).toBe("invalid-partition");
    expect(error.message).toContain(message);
    expect(error.message).toContain(`at offset ${offset}`);
    expect(error.offset).toBe(offset);
  });
});

describe("formatPartitionSpec", () => {
  it("refuses what the wire form cannot carry", () => {
    const refused = [
      [],
      [{ name: "", value: "1" }],
      [{ name: "a=b", value: "1" }],
      [{ name: "a", value: "" }],
      [{ name: "a", value: "1,b=2" }],
      [{ name: " a", value: "1" }],
      [
        { name: "a", value: "1" },
        { name: "A", value: "2" },
      ],
    ];
    for (const spec of refused)
      expect(failure(() => formatPartitionSpec(spec)).code).toBe("invalid-partition");
  });
});

describe("checkPartitionSpec", () => {
  const keys = [{ name: "pt" }, { name: "Region" }];

  it("takes all keys in the table's order, in any case", () => {
    expect(() => checkPartitionSpec(parsePartitionSpec("PT=1/region=cn"), keys)).not.toThrow();
  });

  it.each([
    ["pt=1", "Expected partition keys pt, Region, got pt"],
    ["region=cn,pt=1", "Expected partition keys pt, Region, got region, pt"],
    ["pt=1,region=cn,hh=2", "Expected partition keys pt, Region, got pt, region, hh"],
  ])("refuses %s", (text, message) => {
    expect(failure(() => checkPartitionSpec(parsePartitionSpec(text), keys)).message).toBe(message);
  });

  it("refuses a partition of a table that has none", () => {
    expect(failure(() => checkPartitionSpec(parsePartitionSpec("pt=1"), [])).message).toBe(
      "Expected no partition (the table has none), got pt",
    );
  });
});
