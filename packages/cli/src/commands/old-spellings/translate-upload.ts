import { readOldDelimiter, writeDelimiter } from "./delimiter-text.ts";
import { downloadOptions, readOldWords, uploadOptions } from "./old-options.ts";
import { translatePartition, translateTable } from "./old-table.ts";
import { type OldWorld, refused, type Translation } from "./translation.ts";

/** Translates what stands behind `tunnel upload`. */
export function translateUpload(words: readonly string[], world: OldWorld): Translation {
  const read = readOldWords(fromLegacy(words), uploadOptions);
  if (read.kind === "unknown") return unknownOption(read.word);
  if (read.kind === "no-value") return refused(`Missing argument for option: ${read.name}`, help);
  const [path, table, ...more] = read.positionals;
  if (path === undefined || table === undefined || more.length > 0) {
    const what = more.length > 0 ? `"${more[0]}" is too much` : "a file and a table are needed";
    return refused(`Unrecognized command: ${what}.`, "mctunnel tunnel upload FILE TABLE[/PARTITION]");
  }
  const options = new Map([...configured(world), ...read.options]);
  const { flags, notes, refusal } = translateOptions(options, world);
  if (refusal !== undefined) return refusal;
  return { kind: "command", argv: ["upload", path, translateTable(table, world), ...flags], notes };
}

interface Flags {
  readonly flags: readonly string[];
  readonly notes: readonly string[];
  readonly refusal: Translation | undefined;
}

function translateOptions(options: ReadonlyMap<string, string>, { localZone }: OldWorld): Flags {
  const flags: string[] = [];
  const notes: string[] = [];
  let refusal: Translation | undefined;
  const refuse = (message: string): void => {
    refusal ??= refused(message, help);
  };
  const oneOf = (name: string, values: readonly string[], usual: string): string => {
    const value = options.get(name) ?? usual;
    if (!values.includes(value)) {
      refuse(`Invalid parameter: ${name} expected ${values.join(" or ")}, found "${value}".`);
    }
    return value;
  };
  const isOn = (name: string, usual: boolean): boolean =>
    (options.get(name) ?? String(usual)).toLowerCase() === "true";
  const wholeNumber = (name: string, least: number): number | undefined => {
    const text = options.get(name);
    if (text === undefined) return undefined;
    const value = /^[+-]?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(value)) refuse(`Illegal number '${name}', please check: "${text}".`);
    else if (value < least) refuse(`Illegal number '${name}': it must be at least ${least}, found ${value}.`);
    return value;
  };

  const asCsv = isOn("csv-format", false);
  flags.push("--format", "csv");
  if (!asCsv) flags.push("--no-quote");
  const field = options.get("field-delimiter");
  const record = options.get("record-delimiter");
  if (field === "") refuse("Field delimiter is null.");
  if (record === "") refuse("Record delimiter is null.");
  const fieldText = readOldDelimiter(field ?? ",");
  const recordText = record === undefined ? undefined : readOldDelimiter(record);
  if (recordText && fieldText.includes(recordText))
    refuse("Field delimiter can not include record delimiter.");
  if (asCsv && (field !== undefined || record !== undefined)) {
    notes.push(
      "With -cf the old command split at commas and line breaks whatever -fd and -rd said; here they hold.",
    );
  }
  for (const [name, text] of [
    ["fd", field],
    ["rd", record],
  ] as const) {
    if (text === undefined || !/\\x[\da-f]{2}|^0x[\da-f]{2}$/i.test(text)) continue;
    const flag = name === "fd" ? "--delimiter" : "--record-delimiter";
    notes.push(
      `-${name} takes ${text} as these ${text.length} characters, as it always did; for the byte write ${flag} '\\x..' in mctunnel upload.`,
    );
  }
  if (field !== undefined) flags.push("--delimiter", writeDelimiter(fieldText));
  if (recordText !== undefined) flags.push("--record-delimiter", writeDelimiter(recordText));

  if (isOn("header", false)) {
    flags.push("--header");
    notes.push("The header's names say which column a field belongs to; the old command passed over them.");
  } else flags.push("--no-header");
  const charset = options.get("charset");
  if (charset !== undefined && charset.toLowerCase() !== "ignore") flags.push("--encoding", charset);
  const pattern = options.get("date-format-pattern");
  if (pattern) flags.push("--datetime-format", pattern);
  const nullText = options.get("null-indicator");
  if (nullText) flags.push("--null", nullText);
  const zone = options.get("time-zone");
  flags.push("--time-zone", zone === undefined ? localZone : translateZone(zone));
  // Decimals with more digits than their column has were taken as they came.
  flags.push("--round-decimals");
  if (oneOf("strict-schema", ["true", "false"], "true") === "false") flags.push("--no-strict");

  const discard = oneOf("discard-bad-records", ["true", "false"], "false") === "true";
  const limit = wholeNumber("max-bad-records", 0);
  if (discard) flags.push("--max-rejects", String(limit ?? 1000));
  else if (limit !== undefined)
    notes.push("-mbr says nothing without -dbr true: the first bad record stops the load.");

  const scan = oneOf("scan", ["true", "false", "only"], "true");
  if (scan === "only") flags.push("--dry-run");
  else if (options.has("scan")) {
    notes.push(
      "-s is not needed: every value is checked before anything is committed, and files are read once.",
    );
  }

  if (isOn("auto-create-partition", false)) flags.push("--create-partition");
  if (isOn("overwrite", false)) flags.push("--overwrite");
  flags.push("--compress", isOn("compress", true) ? "deflate" : "none");
  const blockSize = wholeNumber("block-size", 1);
  if (blockSize !== undefined) flags.push("--block-size", `${blockSize}MiB`);
  const threads = wholeNumber("threads", 1);
  if (threads !== undefined) {
    flags.push("--parallel", String(Math.min(threads, mostParallel)));
    if (threads > mostParallel)
      notes.push(`-t ${threads} is more than ${mostParallel}, which is what is used.`);
  }
  const endpoint = options.get("tunnel_endpoint")?.trim();
  if (endpoint) flags.push("--tunnel-endpoint", endpoint);
  const quota = options.get("quota_name");
  if (quota) flags.push("--quota-name", quota);
  const folder = options.get("session-dir");
  if (folder) flags.push("--state-dir", folder);
  if (options.has("time")) notes.push("-time is not needed: the receipt always says how long it took.");
  return { flags, notes, refusal };
}

/** `GMT+6`, `UTC+08:00` and the like as an offset; names of zones as they are. */
function translateZone(zone: string): string {
  const match = /^(?:GMT|UTC?)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(zone.trim());
  if (match === null) return zone.trim();
  const [, sign, hours, minutes = "00"] = match;
  return `${sign}${hours!.padStart(2, "0")}:${minutes}`;
}

/** `upload t partition(pt='1') from path` in today's order. */
function fromLegacy(words: readonly string[]): readonly string[] {
  const from = words.findIndex((word) => word.toLowerCase() === "from");
  if (from < 1 || words[from + 1] === undefined) return words;
  const match = /^(\S+?)(?:\s*partition\s*\(\s*(.*?)\s*\))?$/is.exec(words.slice(0, from).join(" "));
  if (match === null) return words;
  const [, table, partition] = match;
  const target = partition === undefined ? table! : `${table}/${translatePartition(partition)}`;
  return [words[from + 1]!, target, ...words.slice(from + 2)];
}

function configured({ configured = new Map() }: OldWorld): [string, string][] {
  return uploadOptions.flatMap(({ name, short }) => {
    const value = configured.get(name) ?? (short === undefined ? undefined : configured.get(short));
    // Where the service is, is the settings' business.
    if (value === undefined || name === "tunnel_endpoint" || name === "quota_name") return [];
    return [[name, value]];
  });
}

function unknownOption(word: string): Translation {
  const name = /^--?([^=]*)/.exec(word)![1]!;
  const ofDownload = downloadOptions.some((option) => option.name === name || option.short === name);
  if (ofDownload) return refused(`${word} is an option of download, not of upload.`, help);
  const meant = uploadOptions.find(
    (option) => option.name.toLowerCase() === name.toLowerCase() || option.short === name.toLowerCase(),
  );
  const hint = meant === undefined ? "" : `; did you mean -${meant.name}?`;
  return refused(`Unrecognized option: ${word}${hint}`, help);
}

const help = "mctunnel tunnel help upload";
const mostParallel = 64;
