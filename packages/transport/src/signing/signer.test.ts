import { describe, expect, it } from "vitest";
import { createSigner } from "./signer.ts";

const at = new Date("2024-01-02T03:04:05.678Z");
const key = {
  kind: "access-key",
  accessKeyId: "LTAI4ExampleKeyId01",
  accessKeySecret: "exampleSecret0123456789abcdefXY",
} as const;
const request = {
  method: "POST",
  path: "/projects/my_project/schemas/my_schema/tables/my_table",
  query: [
    ["uploads", ""],
    ["partition", "pt=20240102,region=hangzhou"],
    ["overwrite", "true"],
  ],
  headers: { "x-odps-tunnel-version": "6", date: "an older attempt's" },
} as const;

describe("a signer", () => {
  it("dates and signs with V1 where no region is given", async () => {
    expect(await createSigner()(request, key, at)).toEqual({
      date: "Tue, 02 Jan 2024 03:04:05 GMT",
      authorization: "ODPS LTAI4ExampleKeyId01:jSBLPtzRKTzfZ1FfMP//916PIg8=",
    });
  });

  it("signs with V4 for a region", async () => {
    expect(await createSigner({ region: "cn-hangzhou" })(request, key, at)).toEqual({
      date: "Tue, 02 Jan 2024 03:04:05 GMT",
      authorization:
        "ODPS LTAI4ExampleKeyId01/20240102/cn-hangzhou/odps/aliyun_v4_request:rtZNan7j7gtY4BKQWkndoJ8ZO5s=",
    });
  });

  it("sends the token of a temporary key beside the signature, which does not cover it", async () => {
    const headers = await createSigner()(request, { ...key, securityToken: "sts-token-value" }, at);
    expect(headers["authorization-sts-token"]).toBe("sts-token-value");
    expect(headers["authorization"]).toBe("ODPS LTAI4ExampleKeyId01:jSBLPtzRKTzfZ1FfMP//916PIg8=");
  });

  it("sends a bearer token alone: nothing is signed", async () => {
    expect(
      await createSigner({ region: "cn-hangzhou" })(request, { kind: "bearer", token: "jwt" }, at),
    ).toEqual({
      date: "Tue, 02 Jan 2024 03:04:05 GMT",
      "x-odps-bearer-token": "jwt",
    });
  });

  it("has an application countersign", async () => {
    const application = { accessKeyId: "AppId01", accessKeySecret: "appSecret01" };
    const headers = await createSigner({ application })(request, key, at);
    expect(headers["application-authentication"]).toBe(
      "account_provider:aliyun,signature_method:hmac-sha1,access_id:AppId01,signature:pEuKisq29zx+wBvN/2vg073SeeM=",
    );
  });
});
