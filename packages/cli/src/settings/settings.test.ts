import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordingIo } from "../../test/recording-io.ts";
import { isCliError } from "../errors.ts";
import { readSettings, type Settings, type SettingsFlags } from "./settings.ts";

const endpoint = "https://service.example.com/api";
const key = { ODPS_ACCESS_ID: "id", ODPS_ACCESS_KEY: "secret" };

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "mctunnel-settings-"));
});
afterAll(() => rmSync(home, { recursive: true }));

function writeConfig(text: string, mode = 0o600): void {
  mkdirSync(join(home, ".mctunnel"), { recursive: true });
  rmSync(join(home, ".mctunnel", "config.toml"), { force: true });
  writeFileSync(join(home, ".mctunnel", "config.toml"), text, { mode });
}

async function read(
  flags: SettingsFlags,
  env: Record<string, string>,
  homeDirectory = "/nonexistent",
): Promise<Settings> {
  return await readSettings(flags, recordingIo({ env, homeDirectory }));
}

async function fault(
  flags: SettingsFlags,
  env: Record<string, string>,
  homeDirectory?: string,
): Promise<object> {
  try {
    await read(flags, env, homeDirectory);
  } catch (error) {
    if (!isCliError(error)) throw error;
    return { code: error.code, message: error.message, next: error.next };
  }
  throw new Error("the settings were accepted");
}

describe("precedence", () => {
  const profile = `[profiles.default]\nendpoint = "https://profile"\nproject = "profile"\nschema = "profile"\n`;

  it("lets a flag beat the environment and the environment the profile", async () => {
    writeConfig(profile);
    const env = { ...key, ODPS_ENDPOINT: "https://environment", ODPS_PROJECT: "environment" };
    expect(await read({ endpoint: "https://flag" }, env, home)).toMatchObject({
      endpoint: "https://flag",
      project: "environment",
      schema: "profile",
    });
    expect(await read({}, key, home)).toMatchObject({ endpoint: "https://profile", project: "profile" });
  });

  it("takes ODPS_PROJECT before ODPS_PROJECT_NAME, and an empty variable for none", async () => {
    const env = { ...key, ODPS_ENDPOINT: endpoint, ODPS_PROJECT: "", ODPS_PROJECT_NAME: "long" };
    expect((await read({}, env)).project).toBe("long");
    expect((await read({}, { ...env, ODPS_PROJECT: "short" })).project).toBe("short");
  });

  it("says so when the environment beats a profile that was asked for", async () => {
    writeConfig(`[profiles.work]\nendpoint = "https://work"\naccess_id = "work"\naccess_key = "k"\n`);
    const settings = await read({ profile: "work" }, { ...key, ODPS_ENDPOINT: "https://environment" }, home);
    expect(settings.endpoint).toBe("https://environment");
    expect(settings.warnings).toEqual([
      'ODPS_ENDPOINT from the environment is used instead of "endpoint" of profile work.',
      "The access key from the environment is used instead of the one in profile work.",
    ]);
  });

  it("works with a tunnel endpoint alone, and cuts blanks and closing slashes", async () => {
    expect(await read({ tunnelEndpoint: " http://127.0.0.1:1/ " }, key)).toMatchObject({
      endpoint: undefined,
      tunnelEndpoint: "http://127.0.0.1:1",
    });
  });
});

describe("what is missing or wrong", () => {
  it("asks for an endpoint", async () => {
    expect(await fault({}, key)).toMatchObject({
      code: "missing-setting",
      message: "The service's endpoint is not known.",
    });
  });

  it.each(["service.example.com", "ftp://x", "not a url"])("refuses the endpoint %s", async (text) => {
    expect(await fault({ endpoint: text }, key)).toMatchObject({ code: "invalid-setting" });
  });

  it("refuses an endpoint with a password, without repeating it", async () => {
    const found = await fault({ endpoint: "https://me:hunter2@host" }, key);
    expect(found).toMatchObject({ code: "invalid-setting" });
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });
});

describe("credentials", () => {
  const alibaba = { ALIBABA_CLOUD_ACCESS_KEY_ID: "ali", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "ali-secret" };

  it("takes ODPS_* first, then ALIBABA_CLOUD_*, then the profile", async () => {
    writeConfig(`[profiles.default]\naccess_id = "file"\naccess_key = "file-secret"\nsts_token = "t"\n`);
    expect((await read({ endpoint }, { ...key, ...alibaba }, home)).credentials).toEqual({
      credentials: { kind: "access-key", accessKeyId: "id", accessKeySecret: "secret" },
      source: "in the environment",
      warnings: [],
    });
    const withToken = { ...alibaba, ALIBABA_CLOUD_SECURITY_TOKEN: "token" };
    expect((await read({ endpoint }, withToken, home)).credentials.credentials).toMatchObject({
      accessKeyId: "ali",
      accessKeySecret: "ali-secret",
      securityToken: "token",
    });
    expect((await read({ endpoint }, {}, home)).credentials.credentials).toMatchObject({
      accessKeyId: "file",
      accessKeySecret: "file-secret",
      securityToken: "t",
    });
  });

  it("never completes one place from another", async () => {
    expect(await fault({ endpoint }, { ODPS_ACCESS_ID: "id", ...alibaba })).toMatchObject({
      code: "incomplete-credentials",
      message: "ODPS_ACCESS_ID is set, but ODPS_ACCESS_KEY is not (in the environment).",
    });
    expect(await fault({ endpoint }, { ALIBABA_CLOUD_ACCESS_KEY_SECRET: "s" })).toMatchObject({
      message:
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET is set, but ALIBABA_CLOUD_ACCESS_KEY_ID is not (in the environment).",
    });
    expect(await fault({ endpoint }, { ODPS_STS_TOKEN: "t", ...alibaba })).toMatchObject({
      code: "incomplete-credentials",
    });
  });

  it("says how to give them when there are none", async () => {
    expect(await fault({ endpoint }, {})).toMatchObject({
      code: "missing-credentials",
      next: expect.stringContaining("ODPS_ACCESS_ID and ODPS_ACCESS_KEY"),
    });
  });
});

describe("the configuration file", () => {
  it("picks the profile asked for, then the file's own choice, then default", async () => {
    writeConfig(`profile = "b"\n[profiles.a]\nproject = "pa"\n[profiles.b]\nproject = "pb"\n`);
    const env = { ...key, ODPS_ENDPOINT: endpoint };
    expect((await read({ profile: "a" }, env, home)).project).toBe("pa");
    expect((await read({}, { ...env, MCTUNNEL_PROFILE: "a" }, home)).project).toBe("pa");
    expect((await read({}, env, home)).project).toBe("pb");
  });

  it("refuses a profile that is not there, and names those that are", async () => {
    writeConfig(`[profiles.a]\n`);
    expect(await fault({ profile: "c", endpoint }, key, home)).toMatchObject({
      code: "invalid-setting",
      message: `${join(home, ".mctunnel", "config.toml")} has no profile "c" (it has a).`,
    });
    expect(await fault({ profile: "toString", endpoint }, key, home)).toMatchObject({
      code: "invalid-setting",
    });
    expect(await fault({ profile: "c", endpoint }, key)).toMatchObject({ code: "invalid-setting" });
  });

  it("reads another file when MCTUNNEL_CONFIG names it, and misses it when it is not there", async () => {
    writeFileSync(join(home, "other.toml"), `[profiles.default]\nproject = "other"\n`);
    const env = { ...key, ODPS_ENDPOINT: endpoint };
    expect((await read({}, { ...env, MCTUNNEL_CONFIG: join(home, "other.toml") })).project).toBe("other");
    expect(await fault({}, { ...env, MCTUNNEL_CONFIG: "/nonexistent.toml" })).toMatchObject({
      code: "invalid-config-file",
    });
  });

  it("never repeats a broken line, which may hold a key", async () => {
    writeConfig(`[profiles.default]\naccess_key = "hunter2\n`);
    const found = await fault({ endpoint }, {}, home);
    expect(found).toMatchObject({ code: "invalid-config-file", message: expect.stringContaining("line 2") });
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });

  it.each([
    [`[profiles.default]\nacess_key = "x"`, "did you mean access_key?"],
    [`[profiles.default]\nproject = 1`, '"project" of profile "default" is not a text in quotes'],
    [`endpoint = "x"`, 'it has "endpoint" at the top'],
    [`profiles = 3`, '"profiles" is not a table'],
  ])("refuses %j", async (text, message) => {
    writeConfig(text);
    expect(await fault({ endpoint }, key, home)).toMatchObject({ message: expect.stringContaining(message) });
  });

  it("warns when others may read a file that holds a key", async () => {
    const text = `[profiles.default]\naccess_id = "a"\naccess_key = "b"\n`;
    writeConfig(text, 0o644);
    expect((await read({ endpoint }, {}, home)).warnings).toEqual([expect.stringContaining("chmod 600")]);
    writeConfig(text, 0o600);
    expect((await read({ endpoint }, {}, home)).warnings).toEqual([]);
    writeConfig(`[profiles.default]\nproject = "p"\n`, 0o644);
    expect((await read({ endpoint }, key, home)).warnings).toEqual([]);
  });
});
