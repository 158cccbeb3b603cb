import { describe, expect, it } from "vitest";
import type { TunnelErrorCode } from "./errors.ts";
import { classifyAnswer, serviceCodes } from "./service-codes.ts";

/** Every code of the protocol's table with the status that a server would send, row by row. */
const rows: readonly [codes: string, status: number, meaning: TunnelErrorCode][] = [
  ["AccessDenied NoPermission", 403, "permission"],
  ["Unauthorized", 401, "credentials"],
  ["SignatureNotMatch RequestTimeTooSkewed RequestExpired AuthenticationRequestExpired", 403, "credentials"],
  ["CorruptedDataStream", 400, "corrupt-data"],
  ["MalformedDataStream", 400, "corrupt-data"],
  ["IncompleteBody", 400, "corrupt-data"],
  ["UnexpectedContent", 400, "invalid-request"],
  ["MissingContentLength", 411, "invalid-request"],
  ["MissingRequiredHeaderError MalformedHeaderValue MissingRequestBodyError", 400, "invalid-request"],
  ["MaxMessageLengthExceeded", 400, "too-large"],
  ["InvalidArgument InvalidURI InvalidUriSpec MalformedXML", 400, "invalid-request"],
  ["MethodNotAllowed", 405, "unsupported"],
  ["NotImplemented", 501, "unsupported"],
  ["InvalidBlockID", 400, "invalid-request"],
  ["InvalidColumnSpec", 400, "invalid-request"],
  ["InvalidRowRange", 400, "invalid-request"],
  ["InvalidResourceSpec InvalidProjectTable", 400, "invalid-request"],
  ["InvalidPartitionSpec", 400, "invalid-request"],
  ["MissingPartitionSpec", 400, "invalid-request"],
  ["NoSuchPartition", 404, "not-found"],
  ["NoSuchProject NoSuchTable NoSuchSchema", 404, "not-found"],
  ["NoSuchUpload NoSuchDownload NoSuchData", 404, "not-found"],
  ["NoSuchVolume NoSuchVolumeFile NoSuchVolumePartition", 404, "not-found"],
  ["StatusConflict", 409, "conflict"],
  ["InvalidStatusChange InvalidStateSetting", 400, "conflict"],
  ["InConsistentBlockList", 400, "conflict"],
  ["OverwriteModeNotAllowed", 400, "invalid-request"],
  ["ObjectModified TableModified", 409, "conflict"],
  ["DataVersionConflict", 409, "conflict"],
  ["DataUnderReplication DataStoreError", 500, "server"],
  ["FlowExceeded SlotExceeded QPSExceeded RequestQuotaExceeded", 429, "throttled"],
  ["FlowExceeded SlotExceeded QPSExceeded RequestQuotaExceeded", 400, "throttled"],
  ["RequestTimeOut", 400, "timeout"],
  ["InternalServerError", 500, "server"],
  ["ServiceUnavailable", 503, "server"],
  ["MetaTransactionFailed", 500, "server"],
  ["SchemaModified", 412, "schema-modified"],
  ["StreamSessionNotFound UpsertSessionNotFound", 404, "not-found"],
  ["InstanceNotTerminate", 400, "conflict"],
  ["TaskFailed", 400, "task-failed"],
  ["InstanceTypeNotSupported", 400, "unsupported"],
  ["ReadMetaError", 400, "server"],
  ["CloseUploadSessionStatusConflictException DataCollisionException", 409, "conflict"],
  ["InvalidParameter", 400, "invalid-request"],
];

describe.each(rows)("%s with status %i", (codes, status, meaning) => {
  it.each(codes.split(" "))(`%s means ${meaning}`, (code) => {
    expect(classifyAnswer(status, code, "m")).toBe(meaning);
    expect(Object.hasOwn(serviceCodes, code)).toBe(true);
  });
});

describe("an answer without a code that is known", () => {
  it.each([
    [300, "redirect"],
    [308, "redirect"],
    [400, "invalid-request"],
    [401, "credentials"],
    [403, "permission"],
    [404, "not-found"],
    [405, "unsupported"],
    [408, "timeout"],
    [409, "conflict"],
    [411, "invalid-request"],
    [412, "schema-modified"],
    [413, "too-large"],
    [418, "invalid-request"],
    [429, "throttled"],
    [500, "server"],
    [501, "unsupported"],
    [502, "server"],
    [504, "server"],
    [599, "server"],
  ] as const)("is judged by its status %i: %s", (status, meaning) => {
    for (const code of [undefined, "SomethingNew", "Local Error", "constructor", "__proto__"]) {
      expect(classifyAnswer(status, code, undefined)).toBe(meaning);
    }
  });
});

it("a slot reassignment (308) and a 429 are what their status says, whatever the code", () => {
  expect(classifyAnswer(308, "StatusConflict", undefined)).toBe("redirect");
  expect(classifyAnswer(429, "InvalidArgument", undefined)).toBe("throttled");
});

it.each([
  ["ODPS-0410051:Invalid credentials - accessKeyId not found", "credentials"],
  ["ODPS-0130131:[1,1] Table not found - table p.t cannot be resolved", "not-found"],
  ["ODPS-0130013:Authorization exception - No permission", "permission"],
  ["ODPS-0420411:Invalid argument", "invalid-request"],
  ["ODPS-9999999:something new", "invalid-request"],
] as const)("the number at the start of a message says more than the code: %s", (message, meaning) => {
  expect(classifyAnswer(400, "InvalidParameter", message)).toBe(meaning);
});
