import { describe, expect, it } from "vitest";
import { startWorkplace } from "./workplace.ts";

const table = "create table people (id bigint)";

describe("how the service is called", () => {
  it("signs with a temporary key and its token", async () => {
    await using place = await startWorkplace([table], { securityToken: "sts" });
    place.write("one.csv", "1\n");
    expect(await place.mctunnel("upload", "one.csv", "proj.people")).toMatchObject({ exitCode: 4 });
    const env = { ...place.env, ODPS_STS_TOKEN: "sts" };
    expect(await place.mctunnelIn({ env }, "upload", "one.csv", "proj.people")).toMatchObject({
      exitCode: 0,
    });
  });

  it("signs for a region when one is said", async () => {
    await using place = await startWorkplace([table]);
    place.write("one.csv", "1\n");
    const { exitCode } = await place.mctunnel("upload", "one.csv", "proj.people", "--region", "cn-shanghai");
    expect(exitCode).toBe(0);
  });

  it("takes the variables of ALIBABA_CLOUD_* too", async () => {
    await using place = await startWorkplace([table]);
    place.write("one.csv", "1\n");
    const env = {
      ODPS_ENDPOINT: `${place.emulator.endpoint}/api`,
      ODPS_PROJECT_NAME: "proj",
      ALIBABA_CLOUD_ACCESS_KEY_ID: place.emulator.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: place.emulator.accessKeySecret,
    };
    expect(await place.mctunnelIn({ env }, "upload", "one.csv", "people")).toMatchObject({ exitCode: 0 });
    expect(await place.emulator.readRows("people")).toEqual([{ id: 1n }]);
  });

  it("asks for the quota on every request", async () => {
    await using place = await startWorkplace([table]);
    place.write("one.csv", "1\n");
    const { exitCode } = await place.mctunnel("upload", "one.csv", "proj.people", "--quota-name", "mine");
    expect(exitCode).toBe(0);
    const uploads = place.emulator.requests.filter(({ url }) => url.includes("upload"));
    expect(uploads.length).toBeGreaterThanOrEqual(3);
    for (const { url } of uploads) expect(url).toContain("quotaName=mine");
  });

  it("goes straight to a tunnel endpoint that was said, without asking the service", async () => {
    await using place = await startWorkplace([table]);
    place.write("one.csv", "1\n");
    const { ODPS_ENDPOINT, ...key } = place.env;
    const env = { ...key, ODPS_TUNNEL_ENDPOINT: ODPS_ENDPOINT! };
    expect(await place.mctunnelIn({ env }, "upload", "one.csv", "proj.people")).toMatchObject({
      exitCode: 0,
    });
    expect(place.emulator.requests.every(({ url }) => url.includes("/tables/people"))).toBe(true);
  });

  it.each(["closed", "conflict", "not-found"] as const)(
    "ends well when a second commit is told %s",
    async (secondCommit) => {
      await using place = await startWorkplace([table], { secondCommit });
      place.write("one.csv", "1\n");
      const { out } = await place.mctunnel("upload", "one.csv", "proj.people", "--json");
      const again = await place.mctunnel("commit", JSON.parse(out).sessionId, "proj.people", "--blocks", "0");
      expect(again.exitCode).toBe(0);
      expect(await place.emulator.readRows("people")).toHaveLength(1);
    },
  );
});
