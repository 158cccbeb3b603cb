import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { nodeHmac } from "../../test/support/node-hmac.ts";
import {
  applicationHeaders,
  authorizationV1,
  authorizationV4,
  canonicalString,
  createV4KeyCache,
  deriveV4Key,
  type Hmac,
  type SyncHmac,
  scopeDate,
  signableRequest,
  webCryptoHmac,
} from "./index.ts";

interface SigningCase {
  readonly name: string;
  readonly method: string;
  readonly endpoint: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly string_to_sign: string;
  readonly access_key_id: string;
  readonly access_key_secret: string;
  readonly authorization_v1: string;
  readonly authorization_v4_region_cn_hangzhou_date_20240102: string;
  readonly application_authentication_for_v1: { app_id: string; app_secret: string; header: string };
}

const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/signing.json", import.meta.url), "utf8"),
) as {
  readonly v4_key_derivation: Record<string, string>;
  readonly cases: readonly SigningCase[];
};

const hangzhou = { date: "20240102", region: "cn-hangzhou" };

describe.each(golden.cases)("the official clients' request $name", (vector) => {
  const key = { accessKeyId: vector.access_key_id, accessKeySecret: vector.access_key_secret };
  const application = {
    accessKeyId: vector.application_authentication_for_v1.app_id,
    accessKeySecret: vector.application_authentication_for_v1.app_secret,
  };

  it("has the canonical string that they sign", () => {
    expect(canonicalString(signableRequest(vector))).toBe(vector.string_to_sign);
  });

  it.each([
    ["WebCrypto", webCryptoHmac],
    ["a sync port", nodeHmac],
  ])("is signed by %s as they sign it, V1 and V4", async (_, hmac: Hmac) => {
    expect(await authorizationV1(vector.string_to_sign, key, hmac)).toBe(vector.authorization_v1);
    expect(await authorizationV4(vector.string_to_sign, key, hangzhou, hmac)).toBe(
      vector.authorization_v4_region_cn_hangzhou_date_20240102,
    );
  });

  it("is countersigned by an application account as they do it", async () => {
    expect(await applicationHeaders(vector.authorization_v1, application)).toEqual({
      "application-authentication": vector.application_authentication_for_v1.header,
    });
  });
});

describe("a signature", () => {
  it("is there at once with a sync port: no promise in between", () => {
    const [vector] = golden.cases;
    const key = { accessKeyId: vector!.access_key_id, accessKeySecret: vector!.access_key_secret };
    const signed: string = authorizationV1(vector!.string_to_sign, key, nodeHmac);
    expect(signed).toBe(vector!.authorization_v1);
    const signedV4: string = authorizationV4(vector!.string_to_sign, key, hangzhou, nodeHmac);
    expect(signedV4).toBe(vector!.authorization_v4_region_cn_hangzhou_date_20240102);
  });

  it("by V4 uses the derived key of the golden derivation", () => {
    const derived: Uint8Array = deriveV4Key("exampleSecret0123456789abcdefXY", hangzhou, nodeHmac);
    expect(Buffer.from(derived).toString("hex")).toBe(golden.v4_key_derivation["k_signing_hex"]);
  });

  it("by V4 derives its key once a day and region, and never takes another's", () => {
    let derivations = 0;
    const counting: SyncHmac = {
      ...nodeHmac,
      sha256: (key, data) => {
        derivations += 1 / 4;
        return nodeHmac.sha256(key, data);
      },
    };
    const cache = createV4KeyCache();
    const key = { accessKeyId: "id", accessKeySecret: "secret" };
    const sign = (region: string, date: string, accessKeySecret: string) =>
      authorizationV4("text", { ...key, accessKeySecret }, { date, region }, counting, cache);
    const first = sign("cn-hangzhou", "20240102", "secret");
    expect(sign("cn-hangzhou", "20240102", "secret")).toBe(first);
    expect(derivations).toBe(1);
    const others = [
      sign("cn-shanghai", "20240102", "secret"),
      sign("cn-hangzhou", "20240103", "secret"),
      sign("cn-hangzhou", "20240102", "other"),
    ];
    expect(derivations).toBe(4);
    const signatures = [first, ...others].map((value) => value.slice(value.lastIndexOf(":")));
    expect(new Set(signatures).size).toBe(4);
  });

  it("by V4 keeps only the newest derived keys", () => {
    const cache = createV4KeyCache(2);
    cache.set("a", Uint8Array.of(1));
    cache.set("b", Uint8Array.of(2));
    cache.set("c", Uint8Array.of(3));
    expect(cache.get("a")).toBeUndefined();
    expect(cache.get("c")).toEqual(Uint8Array.of(3));
  });

  it("by V4 begins with another prefix when one is configured", () => {
    const key = { accessKeyId: "id", accessKeySecret: "secret" };
    const scope = { ...hangzhou, prefix: "corp_v4" };
    expect(authorizationV4("text", key, scope, nodeHmac)).toMatch(
      /^ODPS id\/20240102\/cn-hangzhou\/odps\/corp_v4_request:/,
    );
    expect(authorizationV4("text", key, scope, nodeHmac)).not.toBe(
      authorizationV4("text", key, hangzhou, nodeHmac),
    );
  });

  it("is dated by UTC", () => {
    expect(scopeDate(new Date("2024-01-02T23:59:59.999Z"))).toBe("20240102");
    expect(scopeDate(new Date("2024-01-02T23:30:00-05:00"))).toBe("20240103");
  });

  it("of a temporary application key travels under its own names", async () => {
    const account = { accessKeyId: "AppId01", accessKeySecret: "appSecret01", securityToken: "app-token" };
    expect(
      await applicationHeaders("ODPS LTAI4ExampleKeyId01:jSBLPtzRKTzfZ1FfMP//916PIg8=", account),
    ).toEqual({
      "sts-authentication":
        "account_provider:aliyun,signature_method:hmac-sha1,access_id:AppId01,signature:pEuKisq29zx+wBvN/2vg073SeeM=",
      "sts-token": "app-token",
    });
  });
});
