/** An option of the old command. */
export interface OldOption {
  readonly name: string;
  readonly short: string | undefined;
  /** A word behind it is its value. */
  readonly takesValue: boolean;
}

const option = (name: string, short?: string, takesValue = true): OldOption => ({ name, short, takesValue });

const shared: readonly OldOption[] = [
  option("quota_name", "qn"),
  option("tunnel_endpoint", "te"),
  option("charset", "c"),
  option("field-delimiter", "fd"),
  option("record-delimiter", "rd"),
  option("date-format-pattern", "dfp"),
  option("null-indicator", "ni"),
  option("time-zone", "tz"),
  option("compress", "cp"),
  option("header", "h"),
  option("session-dir", "sd"),
  option("csv-format", "cf"),
  option("time"),
];

/** The options of `tunnel upload`. */
export const uploadOptions: readonly OldOption[] = [
  ...shared,
  option("scan", "s"),
  option("discard-bad-records", "dbr"),
  option("max-bad-records", "mbr"),
  option("strict-schema", "ss"),
  option("block-size", "bs"),
  option("threads", "t"),
  option("auto-create-partition", "acp"),
  option("overwrite", "ow"),
];

/** Options of `tunnel download` only: known, so that they are refused for what they are. */
export const downloadOptions: readonly OldOption[] = [
  option("limit"),
  option("exponential", "e"),
  option("columns-index", "ci"),
  option("columns-name", "cn"),
  option("with-partition", "wp"),
];

/** The options of `tunnel resume`. */
export const resumeOptions: readonly OldOption[] = [option("force", "f", false)];

/** The options of `tunnel show`. */
export const showOptions: readonly OldOption[] = [option("number", "n")];

/** The options of the sub-command, and what else stands on the line. */
export type OldWords =
  | {
      readonly kind: "words";
      /** Values by long name; the last one wins. */
      readonly options: ReadonlyMap<string, string>;
      readonly positionals: readonly string[];
    }
  | { readonly kind: "unknown"; readonly word: string }
  | { readonly kind: "no-value"; readonly name: string };

/**
 * Reads words as the old command does: long and short names behind one dash or two, `-name value` or `-name=value`, case
 * matters, nothing may be shortened, the last one wins. One pair of quotes around a value goes.
 */
export function readOldWords(words: readonly string[], known: readonly OldOption[]): OldWords {
  const options = new Map<string, string>();
  const positionals: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!;
    const match = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(word);
    if (match === null) {
      positionals.push(unquoted(word));
      continue;
    }
    const [, name, attached] = match;
    const found = known.find((candidate) => candidate.name === name || candidate.short === name);
    if (found === undefined) return { kind: "unknown", word };
    if (!found.takesValue) {
      options.set(found.name, "true");
      continue;
    }
    let value = attached;
    if (value === undefined) {
      index += 1;
      value = words[index];
    }
    if (value === undefined) return { kind: "no-value", name: word };
    options.set(found.name, unquoted(value));
  }
  return { kind: "words", options, positionals };
}

/** Cuts a whole command line into words at blanks outside quotes; the quotes stay. */
export function splitOldLine(line: string): readonly string[] {
  return line.match(/(?:"[^"]*"|'[^']*'|[^\s"']|["'])+/g) ?? [];
}

function unquoted(text: string): string {
  const quote = text[0];
  const isQuoted = text.length > 1 && (quote === '"' || quote === "'") && text.endsWith(quote);
  return isQuoted ? text.slice(1, -1) : text;
}
