import { mkdir, realpath, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { ConfigFile, Profile } from "./config-file.ts";
import { parseConfig } from "./config-file.ts";
import type { ProfileKey } from "./profile-keys.ts";

/** What is to be different in a configuration file. */
export interface ConfigEdit {
  /** The profile that is used when none is asked for; `null` says none. */
  readonly chosen?: string | null;
  /** The profile that `values` belong to. */
  readonly profile?: string;
  /** New values of that profile; `null` takes one out. */
  readonly values?: Readonly<Partial<Record<ProfileKey, string | null>>>;
  /** Takes out the whole profile. */
  readonly dropProfile?: boolean;
}

/**
 * Changes single lines of a configuration's text, so that comments and order stay; where that is not enough, for
 * example because a profile is written as an inline table, the whole text is written anew without comments.
 */
export async function editConfig(current: ConfigFile, edit: ConfigEdit): Promise<string> {
  const wanted = applied(current, edit);
  const edited = editLines(current.text ?? "", edit);
  const found = await parseConfig(current.file, edited).catch(() => undefined);
  if (found !== undefined && isSame(found, wanted)) return edited;
  const { stringify } = await import("smol-toml");
  const { chosen, profiles } = wanted;
  return stringify({ ...(chosen === undefined ? {} : { profile: chosen }), profiles: { ...profiles } });
}

/** Puts a text in the file's place in one step; only the owner may read it. A link to a file stays a link. */
export async function replaceConfigFile(named: string, text: string): Promise<void> {
  await mkdir(dirname(named), { recursive: true, mode: 0o700 });
  const file = await realpath(named).catch(() => named);
  const draft = `${file}.${process.pid}.new`;
  try {
    await writeFile(draft, text, { mode: 0o600, flag: "wx" });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

type Contents = Pick<ConfigFile, "chosen" | "profiles">;

function applied(current: Contents, { chosen, profile, values = {}, dropProfile }: ConfigEdit): Contents {
  const profiles: Record<string, Profile["values"]> = Object.assign(Object.create(null), current.profiles);
  if (profile !== undefined) {
    if (dropProfile === true) delete profiles[profile];
    else {
      const kept = Object.entries({ ...profiles[profile], ...values }).filter(([, value]) => value !== null);
      profiles[profile] = Object.fromEntries(kept) as Profile["values"];
    }
  }
  return { profiles, chosen: chosen === null ? undefined : (chosen ?? current.chosen) };
}

function editLines(text: string, { chosen, profile, values = {}, dropProfile }: ConfigEdit): string {
  const lines = text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/);
  if (profile !== undefined) {
    let section = sectionOf(lines, profile);
    if (dropProfile === true) {
      if (section !== undefined) lines.splice(section.start, section.end - section.start);
    } else {
      if (section === undefined) {
        if (lines.length > 0 && lines.at(-1) !== "") lines.push("");
        lines.push(`[profiles.${keyText(profile)}]`);
      }
      for (const [key, value] of Object.entries(values)) {
        section = sectionOf(lines, profile)!;
        setLine(lines, section.start + 1, section.end, key, value);
      }
    }
  }
  if (chosen !== undefined) {
    const end = lines.findIndex((line) => /^\s*\[/.test(line));
    setLine(lines, 0, end < 0 ? lines.length : end, "profile", chosen, 0);
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/** Where a profile's lines are: its header, and the line behind its last. */
function sectionOf(
  lines: readonly string[],
  profile: string,
): { readonly start: number; readonly end: number } | undefined {
  const headers = [`[profiles.${keyText(profile)}]`, `[profiles.${JSON.stringify(profile)}]`];
  const start = lines.findIndex((line) => headers.includes(line.replace(/\s*#.*$/, "").replaceAll(" ", "")));
  if (start < 0) return undefined;
  const next = lines.findIndex((line, index) => index > start && /^\s*\[/.test(line));
  return { start, end: next < 0 ? lines.length : next };
}

function setLine(
  lines: string[],
  from: number,
  to: number,
  key: string,
  value: string | null | undefined,
  insertAt?: number,
): void {
  const at = lines.findIndex(
    (line, index) => index >= from && index < to && new RegExp(`^\\s*${key}\\s*=`).test(line),
  );
  if (value === null || value === undefined) {
    if (at >= 0) lines.splice(at, 1);
    return;
  }
  const line = `${key} = ${JSON.stringify(value)}`;
  if (at >= 0) {
    lines[at] = line;
    return;
  }
  let end = insertAt ?? to;
  // Blank lines at the end of a section belong between the sections.
  while (insertAt === undefined && end > from && lines[end - 1]?.trim() === "") end -= 1;
  lines.splice(end, 0, line);
}

function keyText(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name);
}

function isSame(left: Contents, right: Contents): boolean {
  return canonical(left) === canonical(right);
}

function canonical({ chosen, profiles }: Contents): string {
  const sorted = (object: object): [string, unknown][] =>
    Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([
    chosen ?? null,
    sorted(profiles).map(([name, values]) => [name, sorted(values as object)]),
  ]);
}
