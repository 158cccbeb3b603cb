import type { CompressionChoice, RejectLimit } from "@maxcompute-tunnel/files";
import { byteSize } from "../commands/value-parsers.ts";

/**
 * Reads a delimiter, for a flag: as it stands, with `\t`, `\n`, `\r`, `\0`, `\\`, `\x01` and `\u0001` for what cannot be
 * typed. A backslash before anything else is refused, since what it should mean is anybody's guess.
 */
export function delimiterText(input: string): string {
  if (input === "") throw new SyntaxError("expected at least one character, got nothing");
  return input.replace(/\\(?:x([\da-f]{2})|u([\da-f]{4})|(.?))/gis, (whole, byte, unit, letter) => {
    const code: string | undefined = byte ?? unit;
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    const meant = escapes[letter as string];
    if (meant !== undefined) return meant;
    throw new SyntaxError(`expected \\t, \\n, \\r, \\0, \\\\, \\x01 or \\u0001, got "${whole}"`);
  });
}

const escapes: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", "0": "\0", "\\": "\\" };

/** Reads one character, for a flag; spelt as a delimiter is. A backslash alone is itself. */
export function oneCharacter(input: string): string {
  if (input === "\\") return input;
  const text = delimiterText(input);
  if (text.length !== 1) throw new SyntaxError(`expected one character, got "${input}"`);
  return text;
}

/** A flag's value as it is, also when it is empty. */
export function anyText(input: string): string {
  return input;
}

/** Reads a list such as `a,b,c`, for a flag; blanks around names do not count, and a name may be empty. */
export function nameList(input: string): readonly string[] {
  return input.split(",").map((name) => name.trim());
}

/** A name and what it is to be. */
export type NamedText = readonly [name: string, text: string];

/** Reads `name=text`, for a flag. */
export function namedText(input: string): NamedText {
  const at = input.indexOf("=");
  if (at < 1) throw new SyntaxError(`expected NAME=VALUE, got "${input}"`);
  return [input.slice(0, at).trim(), input.slice(at + 1)];
}

/** Reads how many records may be rejected, for a flag: `100` or `0.5%`. */
export function rejectLimit(input: string): RejectLimit {
  if (/^\d{1,15}$/.test(input)) return Number(input);
  const share = /^(\d+(?:\.\d+)?)%$/.exec(input);
  if (share !== null && Number(share[1]) <= 100) return `${Number(share[1])}%`;
  throw new SyntaxError(`expected a number such as 100 or a share such as 0.5%, got "${input}"`);
}

/** Reads a speed such as `20MB/s` as bytes a second, for a flag. */
export function byteRate(input: string): number {
  const size = /^(.*?)(?:\/s|ps)?$/i.exec(input)![1]!;
  try {
    return byteSize(1024)(size);
  } catch {
    throw new SyntaxError(`expected a speed of at least 1KiB/s, such as 20MB/s, got "${input}"`);
  }
}

/** Names of compressions, as `--compress` takes them. */
export const compressionNames: readonly string[] = ["auto", "none", "zstd", "deflate", "snappy", "lz4"];

/** Reads a compression, for a flag: its name, for zstd and deflate with a level behind it, as in `zstd:3`. */
export function compression(input: string): CompressionChoice {
  const [name = "", level, ...more] = input.toLowerCase().split(":");
  const most = { zstd: 22, deflate: 9 }[name];
  const isKnown = compressionNames.includes(name) && more.length === 0;
  if (isKnown && level === undefined) return name as Exclude<CompressionChoice, object>;
  const value = /^\d{1,2}$/.test(level ?? "") ? Number(level) : Number.NaN;
  if (isKnown && most !== undefined && value >= 1 && value <= most) {
    return { name: name as "zstd" | "deflate", level: value };
  }
  throw new SyntaxError(
    `expected ${compressionNames.join(", ")}, or a level as in zstd:3 (to 22) or deflate:6 (to 9), got "${input}"`,
  );
}
