import type { Permissions } from "../auth/permissions.ts";
import type { AccessKey, BearerToken } from "../options.ts";
import { type EmulatorLimits, limitNames } from "../server/limits.ts";
import type { MemberPath } from "./member-position.ts";

/** What a configuration file settles; each part is empty where the file leaves it out. */
export interface Configuration {
  /** The first is the one that clients are told about. */
  readonly projects: readonly string[];
  /** The first is the one that clients are told about. */
  readonly keys: readonly AccessKey[];
  readonly bearerTokens: readonly BearerToken[];
  readonly tables: readonly string[];
  readonly limits: EmulatorLimits;
}

/** A member that is not as it should be. The message never holds a key or a token. */
export class MemberError extends Error {
  override readonly name = "MemberError";
  readonly path: MemberPath;

  constructor(path: MemberPath, message: string) {
    super(message);
    this.path = path;
  }
}

/** Checks a document, as TOML or JSON gave it. @throws MemberError */
export function readConfiguration(document: unknown): Configuration {
  const top = table([], document, ["projects", "keys", "bearer_tokens", "tables", "limits"]);
  const projects = list(["projects"], top["projects"]).map((value, index) => {
    const path = ["projects", index];
    const name = text(path, value);
    if (!/^[A-Za-z_]\w{0,127}$/.test(name)) {
      throw new MemberError(path, `Expected letters, digits and _, got ${JSON.stringify(name)}`);
    }
    return name;
  });
  const seen = new Set<string>();
  const keys = list(["keys"], top["keys"]).map((value, index) => {
    const path = ["keys", index];
    const key = readKey(path, value, projects);
    if (seen.has(key.accessKeyId)) {
      throw new MemberError([...path, "access_id"], `Expected each key once, got ${key.accessKeyId} again`);
    }
    seen.add(key.accessKeyId);
    return key;
  });
  const bearerTokens = list(["bearer_tokens"], top["bearer_tokens"]).map((value, index) =>
    readBearerToken(["bearer_tokens", index], value, projects),
  );
  const tables = list(["tables"], top["tables"]).map((value, index) => text(["tables", index], value));
  return { projects, keys, bearerTokens, tables, limits: readLimits(top["limits"]) };
}

function readKey(path: MemberPath, value: unknown, projects: readonly string[]): AccessKey {
  const key = table(path, value, ["access_id", "access_key", "sts_token", "permissions"]);
  const idPath = [...path, "access_id"];
  const accessKeyId = text(idPath, key["access_id"]);
  if (!/^[^\s:/]+$/.test(accessKeyId)) {
    throw new MemberError(idPath, "Expected an id without blanks, colons and slashes");
  }
  const securityToken = key["sts_token"];
  return {
    accessKeyId,
    accessKeySecret: text([...path, "access_key"], key["access_key"]),
    ...(securityToken === undefined ? {} : { securityToken: text([...path, "sts_token"], securityToken) }),
    ...readPermissions([...path, "permissions"], key["permissions"], projects),
  };
}

function readBearerToken(path: MemberPath, value: unknown, projects: readonly string[]): BearerToken {
  const members = table(path, value, ["token", "name", "permissions"]);
  const name = members["name"];
  return {
    token: text([...path, "token"], members["token"]),
    ...(name === undefined ? {} : { name: text([...path, "name"], name) }),
    ...readPermissions([...path, "permissions"], members["permissions"], projects),
  };
}

/** `"read"`, `"write"`, or one of them for each project. */
function readPermissions(
  path: MemberPath,
  value: unknown,
  projects: readonly string[],
): { readonly permissions?: Permissions } {
  if (value === undefined) {
    return {};
  }
  const given = typeof value === "string" ? { "*": value } : table(path, value);
  const entries = Object.entries(given).map(([project, permission]) => {
    const at = typeof value === "string" ? path : [...path, project];
    if (permission !== "read" && permission !== "write") {
      throw new MemberError(at, `Expected "read" or "write", got ${shown(permission)}`);
    }
    const known = project === "*" || projects.some((name) => name.toLowerCase() === project.toLowerCase());
    if (!known && projects.length > 0) {
      throw new MemberError(at, `Expected one of the projects ${projects.join(", ")}, or *`);
    }
    return [project, permission] as const;
  });
  return { permissions: Object.fromEntries(entries) };
}

function readLimits(value: unknown): EmulatorLimits {
  const names = new Map(limitNames.map((name) => [snakeCase(name), name]));
  const given = value === undefined ? {} : table(["limits"], value, [...names.keys()]);
  return Object.fromEntries(
    Object.entries(given).map(([name, limit]) => {
      if (typeof limit !== "number" || !Number.isSafeInteger(limit) || limit <= 0) {
        throw new MemberError(["limits", name], `Expected a whole number above 0, got ${shown(limit)}`);
      }
      return [names.get(name), limit];
    }),
  ) as EmulatorLimits;
}

function table(path: MemberPath, value: unknown, known?: readonly string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Date) {
    throw new MemberError(path, `Expected a table, got ${kindOf(value)}`);
  }
  for (const name of Object.keys(value)) {
    if (known !== undefined && !known.includes(name)) {
      throw new MemberError([...path, name], `Expected one of ${known.join(", ")}`);
    }
  }
  return value as Record<string, unknown>;
}

function list(path: MemberPath, value: unknown): readonly unknown[] {
  if (value === undefined) {
    return [];
  }
  if (!Array.isArray(value)) {
    throw new MemberError(path, `Expected a list, got ${kindOf(value)}`);
  }
  return value;
}

/** Says what kind of value came, not which: it may be a secret. */
function text(path: MemberPath, value: unknown): string {
  if (typeof value !== "string" || value === "") {
    throw new MemberError(
      path,
      `Expected a text in quotes, got ${value === "" ? "an empty one" : kindOf(value)}`,
    );
  }
  return value;
}

function kindOf(value: unknown): string {
  if (value === undefined) {
    return "nothing";
  }
  if (value === null || Array.isArray(value)) {
    return value === null ? "null" : "a list";
  }
  return typeof value === "object" ? "a table" : `a ${typeof value}`;
}

function shown(value: unknown): string {
  return ["string", "number", "boolean"].includes(typeof value) ? JSON.stringify(value) : kindOf(value);
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
