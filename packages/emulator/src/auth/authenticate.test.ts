import { describe, expect, it } from "vitest";
import { Refusal } from "../refusal.ts";
import { createAuthenticator, type SignedRequest } from "./authenticate.ts";

// Signatures made by the official clients for the second of January 2024.
const key = { accessKeyId: "LTAI4ExampleKeyId01", accessKeySecret: "exampleSecret0123456789abcdefXY" };
const sentAt = Date.UTC(2024, 0, 2, 3, 4, 5);
const date = "Tue, 02 Jan 2024 03:04:05 GMT";
const create: SignedRequest = {
  method: "POST",
  url: "/projects/my_project/schemas/my_schema/tables/my_table?uploads&partition=pt%3D20240102%2Cregion%3Dhangzhou&overwrite=true",
  headers: [
    ["Date", date],
    ["Content-Length", "0"],
    ["x-odps-tunnel-version", "6"],
    ["odps-tunnel-date-transform", "v1"],
  ],
};
const v1 = "ODPS LTAI4ExampleKeyId01:jSBLPtzRKTzfZ1FfMP//916PIg8=";
const v4 =
  "ODPS LTAI4ExampleKeyId01/20240102/cn-hangzhou/odps/aliyun_v4_request:rtZNan7j7gtY4BKQWkndoJ8ZO5s=";

function check(
  request: SignedRequest,
  options: { now?: number; securityToken?: string; bearerTokens?: readonly string[] } = {},
): unknown {
  const { now = sentAt, securityToken, bearerTokens = [] } = options;
  const keys = [securityToken === undefined ? key : { ...key, securityToken }];
  try {
    return createAuthenticator({
      keys,
      bearerTokens: bearerTokens.map((token) => ({ token })),
      wallClock: () => now,
    })(request);
  } catch (error) {
    return error instanceof Refusal ? [error.status, error.code] : error;
  }
}

function signed(request: SignedRequest, authorization: string, ...more: [string, string][]): SignedRequest {
  return { ...request, headers: [...request.headers, ["Authorization", authorization], ...more] };
}

const accepted = { owner: "ALIYUN$LTAI4ExampleKeyId01@emulator.local", permissions: { "*": "write" } };

describe("a request", () => {
  it.each([
    ["V1", v1],
    ["V4", v4],
  ])("signed with %s is accepted", (_, authorization) => {
    expect(check(signed(create, authorization))).toEqual(accepted);
  });

  it("to a service endpoint with a path is signed without that path", () => {
    const request: SignedRequest = {
      method: "GET",
      url: "/api/projects/my_project/tables/my_table?curr_project=my_project",
      headers: [
        ["Date", date],
        ["x-odps-user-agent", "pyodps/0.13.1"],
      ],
    };
    expect(check(signed(request, "ODPS LTAI4ExampleKeyId01:8P/E8LfjBgt/mIyDsg7CUF4eY5E="))).toEqual(accepted);
  });

  it("whose content type was added after signing is accepted", () => {
    const typed = {
      ...create,
      headers: [...create.headers, ["Content-Type", "application/x-www-form-urlencoded"]],
    };
    expect(check(signed(typed as SignedRequest, v1))).toEqual(accepted);
  });

  it.each([
    ["another method", { ...create, method: "PUT" }],
    ["another path", { ...create, url: create.url.replace("my_table", "my_tablf") }],
    ["another parameter", { ...create, url: `${create.url}&x=1` }],
    [
      "another signed header",
      { ...create, headers: [...create.headers, ["x-odps-extra", "1"]] as [string, string][] },
    ],
  ])("with %s than was signed is refused", (_, request) => {
    expect(check(signed(request, v1))).toEqual([403, "SignatureNotMatch"]);
    expect(check(signed(request, v4))).toEqual([403, "SignatureNotMatch"]);
  });

  it("signed with another secret is refused", () => {
    expect(check(signed(create, v1.replace("jSBL", "jSBM")))).toEqual([403, "SignatureNotMatch"]);
  });

  it("of an unknown key is refused", () => {
    expect(check(signed(create, v1.replace("Id01", "Id02")))).toEqual([403, "InvalidAccessKeyId"]);
  });

  it.each([
    ["no header", undefined],
    ["something else", "Basic YTpi"],
    ["a broken V4 scope", "ODPS LTAI4ExampleKeyId01/20240102/odps:rtZNan7j7gtY4BKQWkndoJ8ZO5s="],
  ])("with %s for Authorization is refused", (_, authorization) => {
    const request = authorization === undefined ? create : signed(create, authorization);
    expect(check(request)).toEqual([401, "Unauthorized"]);
  });

  it("without a date that can be read is refused", () => {
    expect(check(signed({ ...create, headers: create.headers.slice(1) }, v1))).toEqual([401, "Unauthorized"]);
  });

  it.each([
    [15 * 60_000, accepted],
    [-15 * 60_000, accepted],
    [15 * 60_000 + 1, [403, "RequestTimeTooSkewed"]],
    [-15 * 60_000 - 1, [403, "RequestTimeTooSkewed"]],
  ])("that is %d ms off", (skewMs, expected) => {
    expect(check(signed(create, v1), { now: sentAt + skewMs })).toEqual(expected);
  });

  it("whose V4 scope is of another day is refused", () => {
    expect(check(signed(create, v4.replace("20240102", "20240103")))).toEqual([403, "RequestTimeTooSkewed"]);
  });
});

describe("a temporary key", () => {
  const token: [string, string] = ["authorization-sts-token", "token-1"];

  it("needs its token, and only its own", () => {
    const options = { securityToken: "token-1" };
    expect(check(signed(create, v1, token), options)).toEqual(accepted);
    expect(check(signed(create, v1), options)).toEqual([403, "InvalidSecurityToken"]);
    expect(check(signed(create, v1, [token[0], "token-2"]), options)).toEqual([403, "InvalidSecurityToken"]);
  });

  it("is not what a permanent key with a token is", () => {
    expect(check(signed(create, v1, token))).toEqual([403, "InvalidSecurityToken"]);
  });
});

describe("a bearer token", () => {
  it("stands in for a signature when it is known", () => {
    const request = { ...create, headers: [["x-odps-bearer-token", "jwt"]] as [string, string][] };
    expect(check(request, { bearerTokens: ["other", "jwt"] })).toEqual({
      owner: "ALIYUN$bearer@emulator.local",
      permissions: { "*": "write" },
    });
    expect(check(request, { bearerTokens: ["other"] })).toEqual([401, "Unauthorized"]);
  });
});
