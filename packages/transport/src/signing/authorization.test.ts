import { describe, expect, it } from "vitest";
import { nodeHmac } from "../../test/support/node-hmac.ts";
import { constantTimeEqual, parseAuthorization, verifySignature } from "./authorization.ts";
import { canonicalCandidates } from "./canonical-candidates.ts";
import { canonicalString } from "./canonical-request.ts";

const secret = "exampleSecret0123456789abcdefXY";
const v1 = "ODPS LTAI4ExampleKeyId01:jSBLPtzRKTzfZ1FfMP//916PIg8=";
const v4 =
  "ODPS LTAI4ExampleKeyId01/20240102/cn-hangzhou/odps/aliyun_v4_request:rtZNan7j7gtY4BKQWkndoJ8ZO5s=";
const date = "Tue, 02 Jan 2024 03:04:05 GMT";
const create = {
  method: "POST",
  url: "/projects/my_project/schemas/my_schema/tables/my_table?uploads&partition=pt%3D20240102%2Cregion%3Dhangzhou&overwrite=true",
  headers: { date, "x-odps-tunnel-version": "6" },
};

describe("an Authorization header", () => {
  it("is V1 without slashes in its credential and V4 with four", () => {
    expect(parseAuthorization(v1)).toEqual({
      version: "v1",
      accessKeyId: "LTAI4ExampleKeyId01",
      signature: "jSBLPtzRKTzfZ1FfMP//916PIg8=",
    });
    expect(parseAuthorization(v4)).toEqual({
      version: "v4",
      accessKeyId: "LTAI4ExampleKeyId01",
      scope: { date: "20240102", region: "cn-hangzhou", prefix: "aliyun_v4" },
      signature: "rtZNan7j7gtY4BKQWkndoJ8ZO5s=",
    });
  });

  it.each([
    "",
    "ODPS",
    "ODPS id",
    "ODPS :c2ln",
    "ODPS id:",
    "ODPS id:not base64",
    "Bearer id:c2ln",
    "ODPS id/20240102:c2ln",
    "ODPS id/20240102/r/odps:c2ln",
    "ODPS id/2024-1-2/r/odps/aliyun_v4_request:c2ln",
    "ODPS id/20240102//odps/aliyun_v4_request:c2ln",
    "ODPS id/20240102/r/oss/aliyun_v4_request:c2ln",
    "ODPS id/20240102/r/odps/_request:c2ln",
    "ODPS id/20240102/r/odps/aliyun_v4_request/x:c2ln",
  ])("is none: %j", (header) => {
    expect(parseAuthorization(header)).toBeUndefined();
  });
});

describe("verifying a signature", () => {
  const verify = (header: string, candidates: Iterable<string>, accessKeySecret = secret): boolean => {
    const parsed = parseAuthorization(header);
    return parsed !== undefined && verifySignature(parsed, { accessKeySecret, candidates, hmac: nodeHmac });
  };

  it("accepts what the official clients signed, V1 and V4, sync and through WebCrypto", async () => {
    expect(verify(v1, canonicalCandidates(create))).toBe(true);
    expect(verify(v4, canonicalCandidates(create))).toBe(true);
    const options = { accessKeySecret: secret, candidates: canonicalCandidates(create) };
    expect(await verifySignature(parseAuthorization(v4)!, options)).toBe(true);
  });

  it("refuses another secret, another request and another scope", () => {
    expect(verify(v1, canonicalCandidates(create), "wrong")).toBe(false);
    expect(verify(v1, canonicalCandidates({ ...create, method: "PUT" }))).toBe(false);
    expect(verify(v1, canonicalCandidates({ ...create, headers: { ...create.headers, date: "now" } }))).toBe(
      false,
    );
    expect(verify(v4.replace("cn-hangzhou", "cn-shanghai"), canonicalCandidates(create))).toBe(false);
    expect(verify(v1, [])).toBe(false);
  });

  it("compares texts of any length", () => {
    expect(constantTimeEqual("abc", "abc")).toBe(true);
    expect(constantTimeEqual("abc", "abd")).toBe(false);
    expect(constantTimeEqual("abc", "abcabc")).toBe(false);
    expect(constantTimeEqual("abc", "")).toBe(false);
    expect(constantTimeEqual("", "abc")).toBe(false);
  });
});

describe("the canonical strings that a server accepts", () => {
  it("are just one for a plain request", () => {
    expect([...canonicalCandidates(create)]).toHaveLength(1);
  });

  it("begin with the proper one", () => {
    const url = "/t?partition=pt%3Da%261%2525%2Bb&uploads";
    const [first] = canonicalCandidates({ method: "GET", url, headers: { date } });
    expect(first).toBe(`GET\n\n\n${date}\n/t?partition=pt=a&1%25+b&uploads`);
  });

  it("include PyODPS's, which decodes before it splits and again after", () => {
    const url = "/t?partition=pt%3Da%261%2525%2Bb&uploads";
    expect([...canonicalCandidates({ method: "GET", url, headers: { date } })]).toContain(
      `GET\n\n\n${date}\n/t?1% b&partition=pt=a&uploads`,
    );
  });

  it("include a path in which plus is a blank, as the Java SDK reads it", () => {
    expect([...canonicalCandidates({ method: "GET", url: "/a+b", headers: { date } })]).toEqual([
      `GET\n\n\n${date}\n/a+b`,
      `GET\n\n\n${date}\n/a b`,
    ]);
  });

  it("include one without the content type that Java's HTTP client adds after signing", () => {
    const headers = { date, "Content-Type": "application/x-www-form-urlencoded" };
    expect([...canonicalCandidates({ method: "POST", url: "/t?uploads", headers })]).toContain(
      canonicalString({ method: "POST", path: "/t", query: [["uploads", ""]], headers: { date } }),
    );
  });

  it("include the Go SDK's: nothing lifted from the query, the first of a repeated name", () => {
    const url = "/t?x-odps-a=1&b=2&b=3";
    expect([...canonicalCandidates({ method: "GET", url, headers: { date } })]).toContain(
      `GET\n\n\n${date}\n/t?b=2&x-odps-a=1`,
    );
  });
});
