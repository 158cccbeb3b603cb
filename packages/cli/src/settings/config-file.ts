import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { nearestName } from "@maxcompute-tunnel/files";
import type { CliIo } from "../cli-io.ts";
import { CliError } from "../errors.ts";
import { shellCommand } from "../report/shell-words.ts";
import { warnIfExposed } from "./exposed-file.ts";
import { isSecretKey, type ProfileKey, profileKeyNames } from "./profile-keys.ts";

/** A profile of the configuration file. */
export interface Profile {
  readonly name: string;
  readonly file: string;
  readonly values: Readonly<Partial<Record<ProfileKey, string>>>;
  /** A word of warning when others may read a file that holds a key. */
  readonly warnings: readonly string[];
}

/** The configuration file as it stands. */
export interface ConfigFile {
  readonly file: string;
  /** What is written in it; nothing when there is no such file. */
  readonly text: string | undefined;
  /** The profile that it says is used when none is asked for. */
  readonly chosen: string | undefined;
  readonly profiles: Readonly<Record<string, Profile["values"]>>;
}

/**
 * Reads the profile that was asked for, or the file's own choice, or the one called `default`.
 *
 * @returns nothing when there is no file, or no profile and none was asked for.
 * @throws CliError `invalid-config-file`, with the line but never the text of it, which may hold a key.
 */
export async function readProfile(io: CliIo, asked: string | undefined): Promise<Profile | undefined> {
  const { file, text, chosen, profiles } = await readConfigFile(io);
  if (text === undefined) {
    if (io.env["MCTUNNEL_CONFIG"]) throw invalid(file, "there is no such file");
    if (asked === undefined) return undefined;
    throw new CliError("invalid-setting", `Profile "${asked}" was asked for, but ${file} does not exist.`, {
      next: shellCommand("mctunnel", "configure", "--profile", asked),
    });
  }
  const name = asked ?? chosen ?? "default";
  const values = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (values === undefined) {
    if (asked === undefined && chosen === undefined) return undefined;
    throw unknownProfile(file, name, Object.keys(profiles));
  }
  const holdsKey = Object.keys(values).some((key) => isSecretKey(key as ProfileKey));
  return { name, file, values, warnings: holdsKey ? await warnIfExposed(file) : [] };
}

/** Where the configuration file is: `MCTUNNEL_CONFIG`, or `~/.mctunnel/config.toml`. */
export function configFileOf(io: CliIo): string {
  const said = io.env["MCTUNNEL_CONFIG"];
  return said ? resolve(io.cwd, said) : join(io.homeDirectory, ".mctunnel", "config.toml");
}

/** Reads the whole file. @throws CliError `invalid-config-file` */
export async function readConfigFile(io: CliIo): Promise<ConfigFile> {
  const file = configFileOf(io);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw invalid(file, `it cannot be read (${error.code})`, error);
  });
  return text === undefined
    ? { file, text, chosen: undefined, profiles: {} }
    : { file, text, ...(await parseConfig(file, text)) };
}

/** Takes a configuration's text apart. @throws CliError `invalid-config-file` */
export async function parseConfig(
  file: string,
  text: string,
): Promise<Pick<ConfigFile, "chosen" | "profiles">> {
  const document = await parseToml(file, text);
  for (const key of Object.keys(document)) {
    if (key !== "profile" && key !== "profiles")
      throw invalid(file, `it has "${key}" at the top; settings go under [profiles.NAME]`);
  }
  const chosen = document["profile"];
  if (chosen !== undefined && typeof chosen !== "string") throw invalid(file, '"profile" is not a text');
  const profiles: Record<string, Profile["values"]> = Object.create(null);
  for (const [name, table] of Object.entries(asTable(file, "profiles", document["profiles"] ?? {}))) {
    profiles[name] = readValues(file, name, asTable(file, `profiles.${name}`, table));
  }
  return { chosen, profiles };
}

/** A profile that the file does not have. */
export function unknownProfile(file: string, name: string, known: readonly string[]): CliError {
  const others = known.length === 0 ? "" : ` (it has ${known.join(", ")})`;
  return new CliError("invalid-setting", `${file} has no profile "${name}"${others}.`);
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
    const known = profileKeyNames.find((candidate) => candidate === key);
    if (known === undefined) {
      const meant = nearestName(key, profileKeyNames);
      const hint =
        meant === undefined ? `; it may hold ${profileKeyNames.join(", ")}` : `; did you mean ${meant}?`;
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
