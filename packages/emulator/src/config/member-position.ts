/** Where something stands in a text, both from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** Names and indexes that lead from the top of a document to one of its members. */
export type MemberPath = readonly (string | number)[];

/** `keys[1].permissions.shop` */
export function formatPath(path: MemberPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") {
      return `${text}[${step}]`;
    }
    const name = /^[\w*-]+$/.test(step) ? step : JSON.stringify(step);
    return text === "" ? name : `${text}.${name}`;
  }, "");
}

/**
 * Finds a member of a TOML text: it stands in the statement that brings it into being.
 *
 * @param parse reads TOML; throws where a text ends within a statement
 */
export function positionInToml(
  text: string,
  path: MemberPath,
  parse: (text: string) => unknown,
): TextPosition {
  const lines = text.split("\n");
  let begin = 0;
  for (let end = 1; end <= lines.length; end += 1) {
    let document: unknown;
    try {
      document = parse(lines.slice(0, end).join("\n"));
    } catch {
      continue;
    }
    if (hasMember(document, path)) {
      const name = path.findLast((step) => typeof step === "string") ?? "";
      return positionOfWord(lines, { begin, end }, name);
    }
    begin = end;
  }
  return { line: 1, column: 1 };
}

/** Finds a member of a text that is known to be JSON: where its name stands, or its value in an array. */
export function positionInJson(text: string, path: MemberPath): TextPosition {
  const wanted = JSON.stringify(path);
  const at: (string | number)[] = [];
  let name: { readonly text: string; readonly offset: number } | undefined;
  let fresh = false;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    const top = at.at(-1);
    if (fresh && typeof top === "number" && token !== "]" && JSON.stringify(at) === wanted) {
      return positionOf(text, index);
    }
    fresh = false;
    if (token === "{") {
      at.push("");
    } else if (token === "[") {
      at.push(0);
      fresh = true;
    } else if (token === "}" || token === "]") {
      at.pop();
    } else if (token === "," && typeof top === "number") {
      at[at.length - 1] = top + 1;
      fresh = true;
    } else if (token === ":" && name !== undefined) {
      at[at.length - 1] = JSON.parse(name.text) as string;
      if (JSON.stringify(at) === wanted) {
        return positionOf(text, name.offset);
      }
    } else if (token.startsWith('"')) {
      name = { text: token, offset: index };
    }
  }
  return { line: 1, column: 1 };
}

/** Line and column of an offset. */
export function positionOf(text: string, offset: number): TextPosition {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}

function hasMember(document: unknown, path: MemberPath): boolean {
  let value = document;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) {
      return false;
    }
    value = (value as Record<string | number, unknown>)[step];
  }
  return true;
}

/** Where a word stands in some lines, or the first of them that says anything. */
function positionOfWord(
  lines: readonly string[],
  { begin, end }: { readonly begin: number; readonly end: number },
  word: string,
): TextPosition {
  for (let index = begin; index < end; index += 1) {
    const found = (lines[index] ?? "").indexOf(word);
    if (word !== "" && found >= 0 && !/^\s*#/.test(lines[index] ?? "")) {
      return { line: index + 1, column: found + 1 };
    }
  }
  const first = lines.slice(begin, end).findIndex((line) => /^\s*[^#\s]/.test(line));
  const line = begin + Math.max(first, 0);
  return { line: line + 1, column: (lines[line] ?? "").search(/\S|$/) + 1 };
}
