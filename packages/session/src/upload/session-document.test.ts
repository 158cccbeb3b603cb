import { describe, expect, it } from "vitest";
import { SessionError } from "../errors.ts";
import { parseUploadDocument, parseUploadDocumentOf, parseUploadSnapshot } from "./session-document.ts";

const id = "2024010203040567890abcdef01234567890";
const answer = {
  UploadID: id,
  Status: "normal",
  Initiated: "Tue, 02 Jan 2024 03:04:05 GMT",
  Owner: "ALIYUN$someone@example.com",
  IsOverwrite: false,
  MaxFieldSize: 1048576,
  QuotaName: "",
  Schema: {
    IsVirtualView: false,
    columns: [
      { column_id: "0", name: "id", type: "bigint", nullable: false, comment: "key", default_value: "" },
      { column_id: 1, name: "name", type: "array<string>" },
    ],
    partitionKeys: [{ column_id: "2", name: "pt", type: "string", nullable: true, comment: null }],
  },
  UploadedBlockList: [
    { BlockID: 7, CreateTime: 1704164645, Date: "...", FileName: "...", RecordCount: 3, Version: 0 },
    { BlockID: 0 },
  ],
};

function failure(value: unknown): SessionError {
  try {
    parseUploadDocument(value);
  } catch (error) {
    if (error instanceof SessionError) return error;
    throw error;
  }
  return expect.fail("expected a SessionError");
}

describe("parseUploadDocument", () => {
  it("reads the whole document and ignores members it does not know", () => {
    expect(parseUploadDocument({ ...answer, Surprise: { a: 1 } })).toEqual({
      id,
      status: "NORMAL",
      statusText: "normal",
      maxFieldBytes: 1_048_576,
      expiresAt: new Date("2024-01-03T03:04:05Z"),
      schema: {
        columns: [
          { name: "id", type: "bigint", nullable: false, columnId: "0", comment: "key" },
          { name: "name", type: "array<string>", nullable: true, columnId: "1", comment: "" },
        ],
        partitionKeys: [{ name: "pt", type: "string", nullable: true, columnId: "2", comment: "" }],
      },
      blocks: [{ blockId: 0 }, { blockId: 7, recordCount: 3, createdAt: new Date("2024-01-02T03:04:05Z") }],
    });
  });

  it("does without everything that is not needed", () => {
    const minimal = { UploadID: id, Status: "NORMAL", Schema: { columns: [{ name: "a", type: "bigint" }] } };
    const parsed = parseUploadDocument(minimal);
    expect(parsed.maxFieldBytes).toBe(8_388_608);
    expect(parsed.blocks).toEqual([]);
    expect(parsed.schema.partitionKeys).toEqual([]);
    expect(parsed).not.toHaveProperty("expiresAt");
  });

  it("takes null for absent, and a date that is none for no date", () => {
    const parsed = parseUploadDocument({
      ...answer,
      MaxFieldSize: null,
      QuotaName: null,
      UploadedBlockList: null,
      Initiated: "yesterday",
    });
    expect(parsed.maxFieldBytes).toBe(8_388_608);
    expect(parsed.blocks).toEqual([]);
    expect(parsed).not.toHaveProperty("expiresAt");
  });

  it("keeps the newest version of a block that is listed twice", () => {
    const UploadedBlockList = [
      { BlockID: 1, Version: 2, RecordCount: 20 },
      { BlockID: 1, Version: 1, RecordCount: 10 },
    ];
    expect(parseUploadDocument({ ...answer, UploadedBlockList }).blocks).toEqual([
      { blockId: 1, recordCount: 20 },
    ]);
  });

  it.each([
    [null, "", "Expected a JSON object, got null"],
    [[answer], "", "Expected a JSON object, got a list of 1"],
    ["normal", "", 'Expected a JSON object, got "normal"'],
    [{ ...answer, UploadID: undefined }, "UploadID", "Expected text, got nothing"],
    [{ ...answer, UploadID: "" }, "UploadID", 'Expected a session id, got ""'],
    [{ ...answer, UploadID: "../../etc" }, "UploadID", 'Expected a session id, got "../../etc"'],
    [{ ...answer, UploadID: 7 }, "UploadID", "Expected text, got 7"],
    [{ ...answer, Status: null }, "Status", "Expected text, got nothing"],
    [{ ...answer, Status: ["normal"] }, "Status", "Expected text, got a list of 1"],
    [{ ...answer, Schema: undefined }, "Schema", "Expected an object at Schema, got nothing"],
    [{ ...answer, Schema: { columns: {} } }, "Schema.columns", "Expected a list, got an object"],
    [
      { ...answer, Schema: { columns: [7] } },
      "Schema.columns[0]",
      "Expected an object at Schema.columns[0], got 7",
    ],
    [
      { ...answer, Schema: { columns: [{ name: "a" }] } },
      "Schema.columns[0].type",
      "Expected text, got nothing",
    ],
    [
      { ...answer, Schema: { columns: [{ name: "a", type: "int", nullable: "no" }] } },
      "Schema.columns[0].nullable",
      'Expected true or false, got "no"',
    ],
    [
      {
        ...answer,
        Schema: {
          columns: [
            { name: "a", type: "int" },
            { name: "A", type: "int" },
          ],
        },
      },
      "Schema.columns[1].name",
      'Expected a name that no other column has, got "A"',
    ],
    [
      { ...answer, Schema: { columns: Array.from({ length: 10_001 }, () => ({})) } },
      "Schema.columns",
      "Expected at most 10000 entries, got a list of 10001",
    ],
    [{ ...answer, MaxFieldSize: -1 }, "MaxFieldSize", "Expected a whole number, got -1"],
    [{ ...answer, MaxFieldSize: 1e300 }, "MaxFieldSize", "Expected a whole number, got 1e+300"],
    [
      { ...answer, UploadedBlockList: [{ BlockID: "0" }] },
      "UploadedBlockList[0].BlockID",
      'Expected a whole number, got "0"',
    ],
    [
      { ...answer, UploadedBlockList: [{ BlockID: 0 }, { BlockID: 20_001 }] },
      "UploadedBlockList[1].BlockID",
      "Expected a block id, got 20001",
    ],
    [
      { ...answer, UploadedBlockList: [{ BlockID: 0, RecordCount: 1.5 }] },
      "UploadedBlockList[0].RecordCount",
      "Expected a whole number, got 1.5",
    ],
  ])("refuses document %# and names the member", (document, member, message) => {
    const error = failure(document);
    expect(error.code).toBe("invalid-response");
    expect(error.member).toBe(member);
    expect(error.message).toContain(message);
  });

  it("does not take members from the prototype", () => {
    const document: unknown = JSON.parse('{"__proto__": {"UploadID": "u1"}, "Status": "normal"}');
    expect(failure(document).member).toBe("UploadID");
  });
});

describe("answers about a session that is known", () => {
  it("may leave the id out", () => {
    expect(parseUploadDocumentOf(id)({ ...answer, UploadID: undefined }).id).toBe(id);
    expect(parseUploadSnapshot(id)({ Status: "Closed" })).toEqual({
      status: "CLOSED",
      statusText: "Closed",
      blocks: [],
    });
  });

  it("must not be about another one", () => {
    expect(() => parseUploadDocumentOf(id)({ ...answer, UploadID: "other" })).toThrow(
      `UploadID: Expected "${id}", got "other"`,
    );
    expect(() => parseUploadSnapshot(id)({ ...answer, UploadID: "other" })).toThrow(SessionError);
  });
});
