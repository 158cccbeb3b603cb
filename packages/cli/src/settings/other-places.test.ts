import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { json, rejection, serve, text } from "@maxcompute-tunnel/testkit";
import type { Credentials } from "@maxcompute-tunnel/transport";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recordingIo } from "../../test/recording-io.ts";
import { type CliError, isCliError } from "../errors.ts";
import { parseOdpsConfig } from "./odps-config.ts";
import { readSettings, type Settings, type SettingsFlags } from "./settings.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "mctunnel-places-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const endpoint = "https://service.example.com/api";

function put(name: string, content: string | object, mode = 0o600): string {
  const path = join(home, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content), { mode });
  return path;
}

async function read(flags: SettingsFlags = {}, env: Record<string, string> = {}): Promise<Settings> {
  return await readSettings(flags, recordingIo({ env, homeDirectory: home, cwd: home }));
}

async function refusal(call: Promise<unknown>): Promise<CliError> {
  return await rejection(call, isCliError);
}

async function keyOf({ credentials: { credentials } }: Settings): Promise<Credentials> {
  return typeof credentials === "function" ? await credentials({}) : credentials;
}

describe("odps_config.ini", () => {
  const ini =
    "# odpscmd\r\nproject_name=proj\r\naccess_id = id\nACCESS_KEY=se=cret\nend_point=http://127.0.0.1:1/api\n!x=1\nempty=\n";

  it("is read as odpscmd reads it: comments, blanks, names in any case, values with =", () => {
    expect([...parseOdpsConfig(ini)]).toEqual([
      ["project_name", "proj"],
      ["access_id", "id"],
      ["access_key", "se=cret"],
      ["end_point", "http://127.0.0.1:1/api"],
    ]);
  });

  it("stands in for a profile when it lies in ~/.odpscmd", async () => {
    const file = put(".odpscmd/odps_config.ini", ini);
    const settings = await read();
    expect(settings).toMatchObject({ endpoint: "http://127.0.0.1:1/api", project: "proj", warnings: [] });
    expect(settings.credentials.source).toBe(`in ${file}`);
    expect(await keyOf(settings)).toMatchObject({ accessKeyId: "id", accessKeySecret: "se=cret" });
  });

  it("is found beside the odpscmd on the path, through links", async () => {
    put("odpscmd/conf/odps_config.ini", ini);
    put("odpscmd/bin/odpscmd", "#!/bin/sh\n");
    mkdirSync(join(home, "bin"));
    symlinkSync(join(home, "odpscmd/bin/odpscmd"), join(home, "bin/odpscmd"));
    expect((await read({}, { PATH: `/nonexistent:${join(home, "bin")}` })).project).toBe("proj");
  });

  it("is asked before neither the environment nor a profile", async () => {
    put(".odpscmd/odps_config.ini", ini);
    expect((await read({}, { ODPS_PROJECT: "mine" })).project).toBe("mine");
    put(
      ".mctunnel/config.toml",
      `[profiles.default]\nendpoint = "${endpoint}"\naccess_id = "p"\naccess_key = "q"\n`,
    );
    expect(await read()).toMatchObject({ endpoint, project: undefined });
  });

  it("is read from elsewhere when it is named, and missed when it is not there", async () => {
    put("other.ini", ini);
    expect((await read({ odpsConfig: "other.ini" })).project).toBe("proj");
    expect((await read({}, { MCTUNNEL_ODPS_CONFIG: "other.ini" })).project).toBe("proj");
    expect(await refusal(read({ odpsConfig: "missing.ini" }))).toMatchObject({
      code: "invalid-config-file",
    });
  });

  it("is warned about when others may read its key", async () => {
    const file = put("it's.ini", ini);
    chmodSync(file, 0o644);
    expect((await read({ odpsConfig: "it's.ini" })).warnings).toEqual([
      `${file} holds a key and others may read it; run: chmod 600 '${file.replace("'", "'\\''")}'`,
    ]);
  });

  it("is refused when its key comes in a way that is not known here", async () => {
    put("p.ini", `${ini}account_provider=rsa_key_pair\n`);
    expect(await refusal(read({ odpsConfig: "p.ini" }))).toMatchObject({
      code: "invalid-setting",
      message: expect.stringContaining("account_provider=rsa_key_pair"),
    });
  });
});

describe("~/.aliyun/config.json", () => {
  const aliyun = (profile: object, current = "one"): object => ({
    current,
    profiles: [
      { name: "other", mode: "AK", access_key_id: "x", access_key_secret: "y" },
      { name: "one", ...profile },
    ],
  });

  it("gives the key of its current profile, or of the one in ALIBABA_CLOUD_PROFILE", async () => {
    const file = put(
      ".aliyun/config.json",
      aliyun({ mode: "AK", access_key_id: "a", access_key_secret: "b" }),
      0o644,
    );
    const settings = await read({ endpoint });
    expect(await keyOf(settings)).toEqual({ kind: "access-key", accessKeyId: "a", accessKeySecret: "b" });
    expect(settings.credentials.source).toBe(`in profile one of ${file}`);
    expect(settings.warnings).toEqual([expect.stringContaining(`chmod 600 ${file}`)]);
    expect(await keyOf(await read({ endpoint }, { ALIBABA_CLOUD_PROFILE: "other" }))).toMatchObject({
      accessKeyId: "x",
    });
  });

  it("may hold a temporary key or a process", async () => {
    put(
      ".aliyun/config.json",
      aliyun({ mode: "StsToken", access_key_id: "a", access_key_secret: "b", sts_token: "t" }),
    );
    expect(await keyOf(await read({ endpoint }))).toMatchObject({ accessKeyId: "a", securityToken: "t" });
    put(
      ".aliyun/config.json",
      aliyun({
        mode: "External",
        process_command: `echo '{"mode":"StsToken","access_key_id":"e","access_key_secret":"f","sts_token":"g"}'`,
      }),
    );
    expect(await keyOf(await read({ endpoint }))).toEqual({
      kind: "access-key",
      accessKeyId: "e",
      accessKeySecret: "f",
      securityToken: "g",
    });
  });

  it("is no key when its profile was begun and never filled in", async () => {
    put(".aliyun/config.json", aliyun({ mode: "AK", access_key_id: "", access_key_secret: "" }));
    expect(await refusal(read({ endpoint }))).toMatchObject({ code: "missing-credentials" });
  });

  it.each([
    ["{", "it is no JSON object"],
    [
      aliyun({ mode: "RamRoleArn", access_key_id: "a", access_key_secret: "hunter2" }),
      'has no "ram_role_arn"',
    ],
    [aliyun({ mode: "Magic" }), 'has the mode "Magic"'],
  ])("%j is refused without repeating a secret", async (content, why) => {
    put(".aliyun/config.json", content);
    const error = await refusal(read({ endpoint }));
    expect(error).toMatchObject({ code: "invalid-config-file", message: expect.stringContaining(why) });
    expect(String(error)).not.toContain("hunter2");
  });
});

describe("a credential process", () => {
  const withCommand = (command: string): void => {
    put(
      ".mctunnel/config.toml",
      `[profiles.default]\nendpoint = "${endpoint}"\ncredential_process = ${JSON.stringify(command)}\n`,
    );
  };

  it("is asked once, and again five minutes before its key expires", async () => {
    withCommand(
      `echo x >> calls; echo '{"AccessKeyId":"a'$(wc -l < calls | tr -d " ")'","AccessKeySecret":"b","Expiration":"2026-01-01T01:00:00Z"}'`,
    );
    const io = recordingIo({ homeDirectory: home, cwd: home, env: { PATH: process.env["PATH"]! } });
    const { credentials } = (await readSettings({}, io)).credentials;
    const ask = credentials as () => Promise<Credentials>;
    expect(await ask()).toMatchObject({ accessKeyId: "a1" });
    io.tick(54 * 60_000);
    expect(await Promise.all([ask(), ask()])).toMatchObject([{ accessKeyId: "a1" }, { accessKeyId: "a1" }]);
    io.tick(2 * 60_000);
    expect(await Promise.all([ask(), ask()])).toMatchObject([{ accessKeyId: "a2" }, { accessKeyId: "a2" }]);
  });

  it.each([
    ["exit 3", "ended with 3"],
    [`echo '{"AccessKeyId":"hunter2"}'`, "printed no JSON object with AccessKeyId and AccessKeySecret"],
    ["echo hunter2", "printed no JSON object"],
    [
      `echo '{"AccessKeyId":"a","AccessKeySecret":"hunter2","Expiration":"soon"}'`,
      "an Expiration that is no time",
    ],
  ])("that does %j is told about without what it printed", async (command, why) => {
    withCommand(command);
    const error = await refusal(keyOf(await read()));
    expect(error).toMatchObject({ code: "credentials-unavailable", message: expect.stringContaining(why) });
    expect(String(error)).not.toContain("hunter2");
  });

  it("beside a key is one way too many", async () => {
    put(
      ".mctunnel/config.toml",
      `[profiles.default]\naccess_id = "a"\naccess_key = "b"\ncredential_process = "c"\n`,
    );
    expect(await refusal(read({ endpoint }))).toMatchObject({ code: "incomplete-credentials" });
  });
});

describe("bearer tokens and temporary keys in the environment", () => {
  it("are taken as PyODPS takes them", async () => {
    expect(await keyOf(await read({ endpoint }, { ODPS_BEARER_TOKEN: "t" }))).toEqual({
      kind: "bearer",
      token: "t",
    });
    put("token", "from-file\n");
    expect(await keyOf(await read({ endpoint }, { ODPS_BEARER_TOKEN_FILE: "token" }))).toEqual({
      kind: "bearer",
      token: "from-file",
    });
    const sts = { ODPS_STS_ACCESS_KEY_ID: "i", ODPS_STS_ACCESS_KEY_SECRET: "s", ODPS_STS_TOKEN: "t" };
    expect(await keyOf(await read({ endpoint }, sts))).toMatchObject({
      accessKeyId: "i",
      securityToken: "t",
    });
  });
});

describe("the ways to a temporary key that go through Alibaba Cloud", () => {
  it("ask a credentials URI, over a real socket", async () => {
    await using server = await serve(
      json({
        Code: "Success",
        AccessKeyId: "a",
        AccessKeySecret: "b",
        SecurityToken: "c",
        Expiration: new Date(Date.now() + 3_600_000).toISOString(),
      }),
    );
    const env = { ALIBABA_CLOUD_CREDENTIALS_URI: `${server.endpoint}/key` };
    expect(await keyOf(await read({ endpoint }, env))).toEqual({
      kind: "access-key",
      accessKeyId: "a",
      accessKeySecret: "b",
      securityToken: "c",
    });
  });

  it("say what failed, and nothing of an answer that may hold a key", async () => {
    await using server = await serve(text(500, '{"AccessKeySecret":"hunter2"}'));
    const env = { ALIBABA_CLOUD_CREDENTIALS_URI: `${server.endpoint}/key` };
    const error = await refusal(keyOf(await read({ endpoint }, env)));
    expect(error).toMatchObject({
      code: "credentials-unavailable",
      message: expect.stringContaining("No key came from the credentials URI"),
    });
    expect(String(error)).not.toContain("hunter2");
  });

  it("are found in the environment in the usual order, and never probed for", async () => {
    const oidc = {
      ALIBABA_CLOUD_ROLE_ARN: "acs:ram::1:role/r",
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: "acs:ram::1:oidc-provider/p",
      ALIBABA_CLOUD_OIDC_TOKEN_FILE: "/token",
    };
    const ecs = { ALIBABA_CLOUD_ECS_METADATA: "my-role" };
    expect((await read({ endpoint }, { ...ecs, ...oidc })).credentials.source).toBe("of the OIDC token");
    expect((await read({ endpoint }, ecs)).credentials.source).toBe("of the ECS RAM role my-role");
    const off = { ...ecs, ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" };
    expect(await refusal(read({ endpoint }, off))).toMatchObject({ code: "missing-credentials" });
  });

  it("are named by a profile", async () => {
    put(
      ".mctunnel/config.toml",
      `[profiles.default]\nendpoint = "${endpoint}"\ncredential_source = "ecs-ram-role:r"\n`,
    );
    expect((await read()).credentials.source).toContain("of the ECS RAM role named in profile default");
    put(
      ".mctunnel/config.toml",
      `[profiles.default]\nendpoint = "${endpoint}"\ncredential_source = "aliyun-cli:me"\n`,
    );
    expect(await refusal(read())).toMatchObject({ code: "incomplete-credentials" });
    put(
      ".mctunnel/config.toml",
      `[profiles.default]\nendpoint = "${endpoint}"\ncredential_source = "magic"\n`,
    );
    expect(await refusal(read())).toMatchObject({ code: "invalid-setting" });
  });

  it("need a token file that is there", async () => {
    const env = {
      ALIBABA_CLOUD_ROLE_ARN: "acs:ram::1:role/r",
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: "acs:ram::1:oidc-provider/p",
      ALIBABA_CLOUD_OIDC_TOKEN_FILE: join(home, "missing-token"),
    };
    expect(await refusal(keyOf(await read({ endpoint }, env)))).toMatchObject({
      code: "credentials-unavailable",
      message: expect.stringContaining("STS for the OIDC token"),
    });
  });
});

describe("warnings", () => {
  const key = { ODPS_ACCESS_ID: "id", ODPS_ACCESS_KEY: "secret" };

  it.each([
    ["http://service.example.com/api", 1],
    ["http://10.0.0.7:8080", 1],
    ["http://127.0.0.1:1", 0],
    ["http://localhost:1/api", 0],
    ["http://[::1]:1", 0],
    ["https://service.example.com/api", 0],
  ])("about %s: %i", async (address, count) => {
    const { warnings } = await read({ endpoint: address, tunnelEndpoint: address }, key);
    expect(warnings).toHaveLength(count);
    if (count > 0) expect(warnings[0]).toContain("plain http");
  });

  it("tell that a tunnel endpoint of another place is left aside", async () => {
    put(
      ".mctunnel/config.toml",
      `[profiles.default]\nendpoint = "https://a"\ntunnel_endpoint = "https://dt.a"\n`,
    );
    const settings = await read({ endpoint: "https://b" }, key);
    expect(settings).toMatchObject({ endpoint: "https://b", tunnelEndpoint: undefined });
    expect(settings.warnings).toEqual([
      "The tunnel endpoint in profile default is not used, because the endpoint is the one on the command line.",
    ]);
  });
});
