import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfigFile } from "./config-file.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "config-test-"));
});
afterEach(() => rm(directory, { recursive: true }));

async function read(name: string, text: string, mode = 0o600) {
  const path = join(directory, name);
  await writeFile(path, text);
  await chmod(path, mode);
  return readConfigFile(path);
}

/** What is wrong with a file, without its folder. */
async function problem(name: string, text: string): Promise<string> {
  const error = await read(name, text).then(
    () => expect.unreachable(),
    (caught: unknown) => caught,
  );
  expect(error).toMatchObject({ name: "EmulatorError", code: "invalid-config" });
  return (error as Error).message.replace(`${directory}/`, "");
}

const toml = `
projects = ["shop", "reports"]
tables = ["create table shop.t (id bigint)"]

[[keys]]
access_id = "etl"
access_key = "etl-secret"
[keys.permissions]
shop = "write"
reports = "read"

[[keys]]
access_id = "analyst"
access_key = "analyst-secret"
sts_token = "token-1"
permissions = "read"

[[bearer_tokens]]
token = "a.b.c"
name = "ci"
permissions = { "*" = "read" }

[limits]
body_bytes = 1_000_000
headers_timeout_ms = 5000
`;

const configuration = {
  projects: ["shop", "reports"],
  keys: [
    {
      accessKeyId: "etl",
      accessKeySecret: "etl-secret",
      permissions: { shop: "write", reports: "read" },
    },
    {
      accessKeyId: "analyst",
      accessKeySecret: "analyst-secret",
      securityToken: "token-1",
      permissions: { "*": "read" },
    },
  ],
  bearerTokens: [{ token: "a.b.c", name: "ci", permissions: { "*": "read" } }],
  tables: ["create table shop.t (id bigint)"],
  limits: { bodyBytes: 1_000_000, headersTimeoutMs: 5000 },
};

describe("a configuration file", () => {
  it("is TOML", async () => {
    expect(await read("emulator.toml", toml)).toEqual({ configuration });
  });

  it("is JSON where its name says so", async () => {
    const text = `{
      "projects": ["shop", "reports"],
      "tables": ["create table shop.t (id bigint)"],
      "keys": [
        {"access_id": "etl", "access_key": "etl-secret", "permissions": {"shop": "write", "reports": "read"}},
        {"access_id": "analyst", "access_key": "analyst-secret", "sts_token": "token-1", "permissions": "read"}
      ],
      "bearer_tokens": [{"token": "a.b.c", "name": "ci", "permissions": {"*": "read"}}],
      "limits": {"body_bytes": 1000000, "headers_timeout_ms": 5000}
    }`;
    expect(await read("emulator.json", text)).toEqual({ configuration });
  });

  it("may be empty", async () => {
    expect((await read("emulator.toml", "")).configuration).toEqual({
      projects: [],
      keys: [],
      bearerTokens: [],
      tables: [],
      limits: {},
    });
  });

  it("that others may read is told apart when it holds a secret", async () => {
    expect((await read("a.toml", toml, 0o644)).exposedMode).toBe(0o644);
    expect((await read("b.toml", toml, 0o640)).exposedMode).toBe(0o640);
    expect((await read("c.toml", 'projects = ["shop"]', 0o644)).exposedMode).toBeUndefined();
  });
});

describe("what is wrong with a configuration file", () => {
  it.each([
    ["a.toml", "projects = [", "line 1, column 12: Expected TOML"],
    ["a.toml", 'projects = ["a"]\nprojects = ["b"]', "line 2, column 1: Expected TOML"],
    ["a.json", '{\n  "projects": [,]\n}', "line 2, column 16: Expected JSON"],
    ["a.json", '{"projects": ["a"] "keys": []}', "line 1, column 20: Expected JSON"],
    ["a.json", '{"projects": ["a"', "line 1, column 18: Expected JSON"],
    ["a.json", '{"limits": {"requests": 1e}}', "line 1, column 27: Expected JSON"],
    [
      "a.toml",
      '\n# people\n[people]\nshop = "x"\n',
      "line 3, column 2: people: Expected one of projects, keys, bearer_tokens, tables, limits",
    ],
    ["a.toml", 'projects = "shop"', "line 1, column 1: projects: Expected a list, got a string"],
    [
      "a.toml",
      'projects = [\n  "shop",\n  "my-shop",\n]',
      'line 1, column 1: projects[1]: Expected letters, digits and _, got "my-shop"',
    ],
    [
      "a.toml",
      '[[keys]]\naccess_id = "a"\naccess_key = 5\n',
      "line 3, column 1: keys[0].access_key: Expected a text in quotes, got a number",
    ],
    [
      "a.toml",
      '[[keys]]\naccess_id = "a"\naccess_key = "s"\n\n[[keys]]\n  access_id = "b"\n',
      "line 5, column 3: keys[1].access_key: Expected a text in quotes, got nothing",
    ],
    [
      "a.toml",
      '[[keys]]\naccess_id = "a"\naccess_key = "s"\n[keys.permissions]\n  shop = "rw"\n',
      'line 5, column 3: keys[0].permissions.shop: Expected "read" or "write", got "rw"',
    ],
    [
      "a.toml",
      'projects = ["shop"]\n[[keys]]\naccess_id = "a"\naccess_key = "s"\npermissions = { shop = "read", shpo = "read" }\n',
      "line 5, column 32: keys[0].permissions.shpo: Expected one of the projects shop, or *",
    ],
    [
      "a.json",
      '{"keys": [\n  {"access_id": "a", "access_key": "s"},\n  {"access_id": "a", "access_key": "t"}\n]}',
      "line 3, column 4: keys[1].access_id: Expected each key once, got a again",
    ],
    ["a.json", '{"keys": [\n  7]}', "line 2, column 3: keys[0]: Expected a table, got a number"],
    [
      "a.toml",
      "[limits]\nrequests = 0",
      "line 2, column 1: limits.requests: Expected a whole number above 0, got 0",
    ],
  ])("%s, %j: %s", async (name, text, expected) => {
    expect(await problem(name, text)).toBe(`Configuration file ${name}, ${expected}`);
  });

  it("is also that it is not there, or is not text", async () => {
    await expect(readConfigFile(join(directory, "none.toml"))).rejects.toMatchObject({
      code: "invalid-config",
      message: `Configuration file ${directory}/none.toml: There is no such file`,
    });
    const path = join(directory, "latin1.toml");
    await writeFile(path, Buffer.from([0x23, 0xe9]));
    await expect(readConfigFile(path)).rejects.toThrow("It is not UTF-8");
  });

  it("never shows a secret", async () => {
    const secret = "s3cret-value";
    for (const text of [
      `[[keys]]\naccess_id = "a"\naccess_key = "${secret}\n`,
      `[[keys]]\naccess_id = "a"\naccess_key = ["${secret}"]\n`,
      `[[keys]]\naccess_id = "a"\naccess_key = "${secret}"\naccess_key = "${secret}"\n`,
      `[[bearer_tokens]]\ntoken = { value = "${secret}" }\n`,
    ]) {
      const message = await problem("a.toml", text);
      expect(message).toMatch(/^Configuration file a\.toml, line \d, column \d+: /);
      expect(message).not.toContain(secret);
    }
    expect(await problem("a.json", `{"keys": [{"access_key": "${secret}" oops}]}`)).not.toContain(secret);
  });
});
