import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { CliIo } from "../cli-io.ts";
import { CliError } from "../errors.ts";
import { nearestName } from "../input/nearest-name.ts";

/** What a profile may hold; the names are those of the file. */
export type ProfileKey = (typeof profileKeys)[number];

export const profileKeys = [
  "endpoint",
  "tunnel_endpoint",
  "project",
  "schema",
  "region",
  "quota_name",
  "access_id",
  "access_key",
  "sts_token",
] as const;

/** A profile of the configuration file. */
export interface Profile {
  readonly name: string;
  readonly file: string;
  readonly values: Readonly<Partial<Record<ProfileKey, string>>>;
  /** Whether others than the owner may read a file that holds a key. */
  readonly exposed: boolean;
}

/**
 * Reads the profile that was asked for, or the file's own choice, or the one called `default`.
 *
 * @returns nothing when there is no file, or no profile and none was asked for.
 * @throws CliError `invalid-config-file`, with the line but never the text of it, which may hold a key.
 */
export async function readProfile(io: CliIo, asked: string | undefined): Promise<Profile | undefined> {
  const said = io.env["MCTUNNEL_CONFIG"];
  const file = said ? resolve(io.cwd, said) : join(io.homeDirectory, ".mctunnel", "config.toml");
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" && !said) return undefined;
    throw invalid(
      file,
      error.code === "ENOENT" ? "there is no such file" : `it cannot be read (${error.code})`,
      error,
    );
  });
  if (text === undefined) {
    if (asked === undefined) return undefined;
    throw new CliError("invalid-setting", `Profile "${asked}" was asked for, but ${file} does not exist.`);
  }
  const document = await parseToml(file, text);
  for (const key of Object.keys(document)) {
    if (key !== "profile" && key !== "profiles")
      throw invalid(file, `it has "${key}" at the top; settings go under [profiles.NAME]`);
  }
  const profiles = asTable(file, "profiles", document["profiles"] ?? {});
  const own = document["profile"];
  if (own !== undefined && typeof own !== "string") throw invalid(file, '"profile" is not a text');
  const name = asked ?? own ?? "default";
  const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (found === undefined) {
    if (asked === undefined && own === undefined) return undefined;
    const known = Object.keys(profiles);
    throw new CliError(
      "invalid-setting",
      `${file} has no profile "${name}"${known.length === 0 ? "" : ` (it has ${known.join(", ")})`}.`,
    );
  }
  const values = readValues(file, name, asTable(file, `profiles.${name}`, found));
  const holdsKey = values.access_key !== undefined || values.sts_token !== undefined;
  const mode = (await stat(file)).mode;
  return { name, file, values, exposed: holdsKey && (mode & 0o077) !== 0 };
}

async function parseToml(file: string, text: string): Promise<Record<string, unknown>> {
  const { parse, TomlError } = await import("smol-toml");
  try {
    return parse(text);
  } catch (error) {
    // The parser's own message quotes the line, and the line may hold a key.
    throw invalid(
      file,
      error instanceof TomlError ? `line ${error.line}, column ${error.column} is no TOML` : "it is no TOML",
    );
  }
}

function readValues(file: string, profile: string, table: Record<string, unknown>): Profile["values"] {
  const values: Partial<Record<ProfileKey, string>> = {};
  for (const [key, value] of Object.entries(table)) {
    const known = profileKeys.find((candidate) => candidate === key);
    if (known === undefined) {
      const meant = nearestName(key, profileKeys);
      const hint =
        meant === undefined ? `; it may hold ${profileKeys.join(", ")}` : `; did you mean ${meant}?`;
      throw invalid(file, `profile "${profile}" has "${key}", which is not known${hint}`);
    }
    if (typeof value !== "string")
      throw invalid(file, `"${key}" of profile "${profile}" is not a text in quotes`);
    if (value !== "") values[known] = value;
  }
  return values;
}

function asTable(file: string, name: string, value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw invalid(file, `"${name}" is not a table`);
}

function invalid(file: string, why: string, cause?: unknown): CliError {
  return new CliError("invalid-config-file", `The configuration file ${file} cannot be used: ${why}.`, {
    cause,
  });
}
