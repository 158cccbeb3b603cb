import { readFile, stat } from "node:fs/promises";
import { EmulatorError } from "../errors.ts";
import { type Configuration, MemberError, readConfiguration } from "./config-document.ts";
import {
  formatPath,
  type MemberPath,
  positionInJson,
  positionInToml,
  positionOf,
  type TextPosition,
} from "./member-position.ts";

/** A configuration file that was read. */
export interface ConfigFile {
  readonly configuration: Configuration;
  /** Permission bits where others than the owner may read or change a file that holds a secret. */
  readonly exposedMode?: number;
}

/** What a format has to offer. */
interface Format {
  parse(text: string): unknown;
  /** Where parsing stopped, if that can be told. */
  stoppedAt(error: unknown, text: string): TextPosition | undefined;
  find(text: string, path: MemberPath): TextPosition;
}

/**
 * Reads a configuration file: JSON where its name ends in `.json`, TOML otherwise.
 *
 * @throws EmulatorError `invalid-config` naming file, line, column and member, never a line's text: it may hold a key
 */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const invalid = (what: string, at?: TextPosition, cause?: unknown): EmulatorError => {
    const where = at === undefined ? "" : `, line ${at.line}, column ${at.column}`;
    return new EmulatorError("invalid-config", `Configuration file ${path}${where}: ${what}`, { cause });
  };
  let text: string;
  let mode: number;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
    mode = (await stat(path)).mode & 0o777;
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const reasons: Record<string, string> = {
      ENOENT: "There is no such file",
      ERR_ENCODING_INVALID_ENCODED_DATA: "It is not UTF-8",
    };
    throw invalid(reasons[code] ?? `It cannot be read (${code})`, undefined, cause);
  }
  const isJson = path.toLowerCase().endsWith(".json");
  const format = isJson ? jsonFormat : await tomlFormat();
  let document: unknown;
  try {
    document = format.parse(text);
  } catch (error) {
    throw invalid(`Expected ${isJson ? "JSON" : "TOML"}`, format.stoppedAt(error, text));
  }
  try {
    const configuration = readConfiguration(document);
    const holdsSecret = configuration.keys.length > 0 || configuration.bearerTokens.length > 0;
    const exposed = holdsSecret && (mode & 0o077) !== 0 && process.platform !== "win32";
    return exposed ? { configuration, exposedMode: mode } : { configuration };
  } catch (error) {
    if (!(error instanceof MemberError)) {
      throw error;
    }
    const member = error.path.length === 0 ? "" : `${formatPath(error.path)}: `;
    // What is missing has no place of its own; what it is missing from has.
    const present = longestPresent(document, error.path);
    throw invalid(`${member}${error.message}`, format.find(text, present));
  }
}

/** Loaded only for a file that needs it: an emulator without one starts faster. */
async function tomlFormat(): Promise<Format> {
  const { parse, TomlError } = await import("smol-toml");
  return {
    parse,
    stoppedAt: (error) =>
      error instanceof TomlError ? { line: error.line, column: error.column } : undefined,
    find: (text, path) => positionInToml(text, path, parse),
  };
}

const jsonFormat: Format = {
  parse: (text) => JSON.parse(text),
  // V8 does not always say where it stopped: at the end of the longest beginning that could still become JSON.
  stoppedAt(_error, text) {
    let good = 0;
    for (let bad = text.length; good < bad; ) {
      const length = (good + bad + 1) >> 1;
      if (mayBecomeJson(text.slice(0, length))) {
        good = length;
      } else {
        bad = length - 1;
      }
    }
    return positionOf(text, good);
  },
  find: positionInJson,
};

function mayBecomeJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    const offset = /at position (\d+)/.exec(message)?.[1];
    return /end of JSON input|Unterminated/.test(message) || offset === String(text.length);
  }
}

function longestPresent(document: unknown, path: MemberPath): MemberPath {
  let value = document;
  for (const [index, step] of path.entries()) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) {
      return path.slice(0, index);
    }
    value = (value as Record<string | number, unknown>)[step];
  }
  return path;
}
