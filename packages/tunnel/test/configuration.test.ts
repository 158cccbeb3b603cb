import { startEmulator } from "@maxcompute-tunnel/emulator";
import { describe, expect, it } from "vitest";
import { createTunnel, type TunnelConfiguration } from "../src/index.ts";
import { faultFetch } from "./fault-fetch.ts";

const credentials = { accessKeyId: "id", accessKeySecret: "secret" };

describe("a configuration", () => {
  it.each<[string, object, string]>([
    ["no project", { endpoint: "http://h", credentials, project: "" }, "lacks project"],
    ["no credentials", { endpoint: "http://h", project: "p" }, "lacks credentials"],
    ["no endpoint", { project: "p", credentials }, "lacks endpoint (the service's) or tunnelEndpoint"],
    [
      "an endpoint without a scheme",
      { endpoint: "h:80", project: "p", credentials },
      `Expected endpoint to be an http(s) address, got "h:80"`,
    ],
    [
      "another scheme",
      { tunnelEndpoint: "ftp://h", project: "p", credentials },
      "Expected tunnelEndpoint to be an http(s) address",
    ],
  ])("with %s is refused at once", (_, configuration, message) => {
    expect(() => createTunnel(configuration as TunnelConfiguration)).toThrow(message);
  });
});

describe("reaching the service", () => {
  const tables = ["create table t (id bigint)"];

  it("asks the service for the Tunnel endpoint once, and only when it is needed", async () => {
    await using emulator = await startEmulator({ tables });
    await using tunnel = createTunnel({
      endpoint: `${emulator.endpoint}/api`,
      project: emulator.project,
      credentials: emulator,
    });
    expect(emulator.requests.length).toBe(0);
    await tunnel.upload("t", [{ id: 1n }]);
    await tunnel.upload("t", [{ id: 2n }]);
    expect(emulator.requests.filter(({ url }) => url.includes("/tunnel?")).length).toBe(1);
    expect(await emulator.readRows("t")).toEqual([{ id: 1n }, { id: 2n }]);
  });

  it("goes straight to a Tunnel endpoint that it is given", async () => {
    await using emulator = await startEmulator({ tables });
    await using tunnel = createTunnel({
      tunnelEndpoint: emulator.endpoint,
      project: emulator.project,
      credentials: emulator,
    });
    await tunnel.upload("t", [{ id: 1n }]);
    expect(emulator.requests.some(({ url }) => url.includes("/tunnel?"))).toBe(false);
  });

  it("signs with version 4 where a region is given", async () => {
    await using emulator = await startEmulator({ tables });
    const authorizations: (string | null)[] = [];
    const watching = faultFetch({
      before: (request) => {
        authorizations.push(request.headers.get("authorization"));
        return undefined;
      },
    });
    const tunnel = createTunnel({
      endpoint: emulator.endpoint,
      project: emulator.project,
      credentials: emulator,
      region: "cn-hangzhou",
      fetch: watching,
    });
    await tunnel.upload("t", [{ id: 1n }]);
    expect(authorizations.length).toBeGreaterThan(3);
    for (const authorization of authorizations)
      expect(authorization).toContain("/cn-hangzhou/odps/aliyun_v4_request");
  });

  it("asks a credentials provider before every request", async () => {
    await using emulator = await startEmulator({ tables });
    let asked = 0;
    await using tunnel = createTunnel({
      endpoint: emulator.endpoint,
      project: emulator.project,
      credentials: () => {
        asked += 1;
        const { accessKeyId, accessKeySecret } = emulator;
        return { kind: "access-key", accessKeyId, accessKeySecret };
      },
    });
    await tunnel.upload("t", [{ id: 1n }]);
    expect(asked).toBe(emulator.requests.length);
  });

  it("uses a temporary key with its token", async () => {
    await using emulator = await startEmulator({ tables, securityToken: "sts-token" });
    const { accessKeyId, accessKeySecret } = emulator;
    await using tunnel = createTunnel({
      endpoint: emulator.endpoint,
      project: emulator.project,
      credentials: { accessKeyId, accessKeySecret, securityToken: "sts-token" },
    });
    expect((await tunnel.upload("t", [{ id: 1n }])).rows).toBe(1);
  });

  it("says who is asking, and for which quota", async () => {
    await using emulator = await startEmulator({ tables });
    const seen: Request[] = [];
    const tunnel = createTunnel({
      endpoint: emulator.endpoint,
      project: emulator.project,
      credentials: emulator,
      quotaName: "night",
      tags: ["etl", "orders"],
      userAgentSuffix: "loader/1.0",
      fetch: faultFetch({
        before: (request) => {
          seen.push(request);
          return undefined;
        },
      }),
    });
    await tunnel.upload("t", [{ id: 1n }]);
    const put = seen.find((request) => request.method === "PUT");
    expect(put?.headers.get("odps-tunnel-tags")).toBe("etl,orders");
    expect(put?.headers.get("x-odps-user-agent")).toMatch(/ loader\/1\.0$/);
    expect(new URL(put?.url ?? "").searchParams.get("quotaName")).toBe("night");
    expect(new URL(put?.url ?? "").searchParams.get("curr_project")).toBe(emulator.project);
  });
});
