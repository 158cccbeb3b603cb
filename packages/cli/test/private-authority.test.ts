import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";
import { listenOnLoopback } from "@maxcompute-tunnel/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWorkplace, type Workplace } from "./workplace.ts";

const certificate = (name: string): string => new URL(`certificates/${name}`, import.meta.url).pathname;

/** A service whose certificate comes from an authority of its own, as inside companies. */
let place: Workplace;
let secure: Awaited<ReturnType<typeof listenOnLoopback>>;
let env: Record<string, string>;
beforeAll(async () => {
  place = await startWorkplace(["create table people (id bigint)"]);
  const { port } = place.emulator;
  const server = createServer(
    { key: readFileSync(certificate("server.key")), cert: readFileSync(certificate("server.pem")) },
    (incoming, outgoing) => {
      const { method, url: path, headers } = incoming;
      const onward = request({ host: "127.0.0.1", port, method, path, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on("error", () => outgoing.destroy());
      incoming.pipe(onward);
    },
  );
  secure = await listenOnLoopback(server);
  const address = `https://localhost:${new URL(secure.endpoint).port}`;
  env = { ...place.env, ODPS_ENDPOINT: address, ODPS_TUNNEL_ENDPOINT: address };
});
afterAll(async () => {
  await secure[Symbol.asyncDispose]();
  await place[Symbol.asyncDispose]();
});

describe("a service with a certificate of a private authority", () => {
  it("is not trusted unless that authority is named, and doctor says how", async () => {
    const { exitCode, out } = await place.mctunnelIn({ env, now: Date.now }, "doctor", "proj.people");
    expect(exitCode).toBe(5);
    expect(out).toContain("comes from an authority that is not trusted");
    expect(out).toContain("--ca-file");
  });

  it("is trusted with --ca-file, MCTUNNEL_CA_FILE, or ca_file beside the configuration file", async () => {
    const ca = certificate("ca.pem");
    expect(
      await place.mctunnelIn({ env, now: Date.now }, "doctor", "proj.people", "--ca-file", ca),
    ).toMatchObject({
      exitCode: 0,
    });
    const named = { ...env, MCTUNNEL_CA_FILE: ca };
    expect(await place.mctunnelIn({ env: named }, "status", "nothing", "proj.people")).toMatchObject({
      exitCode: 8,
    });
    copyFileSync(ca, join(place.folder, "ours.pem"));
    const config = join(place.folder, "config.toml");
    writeFileSync(config, '[profiles.default]\nca_file = "ours.pem"\n');
    const stored = { ...env, MCTUNNEL_CONFIG: config };
    expect(
      await place.mctunnelIn({ env: stored, cwd: "/" }, "status", "nothing", "proj.people"),
    ).toMatchObject({
      exitCode: 8,
    });
  });

  it.each([
    ["missing.pem", "cannot be read (ENOENT)"],
    ["people.txt", "holds no certificate in PEM form"],
  ])("is refused with the file %s", async (file, message) => {
    place.write("people.txt", "nothing");
    const { exitCode, err } = await place.mctunnelIn(
      { env },
      "status",
      "nothing",
      "proj.people",
      "--ca-file",
      file,
    );
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining(message) });
  });
});
