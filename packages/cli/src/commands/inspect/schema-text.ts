import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type ColumnSpec, isCodecError, parseColumns } from "@maxcompute-tunnel/codec";
import { CliError } from "../../errors.ts";

/** Reads `--schema`: columns, a CREATE TABLE statement, or `@` and a file with either. */
export async function readSchema(text: string, cwd: string): Promise<readonly ColumnSpec[]> {
  const content = text.startsWith("@") ? await readSchemaFile(resolve(cwd, text.slice(1))) : text;
  const columns = parseSchemaText(content);
  try {
    parseColumns(columns);
  } catch (error) {
    if (!isCodecError(error)) throw error;
    throw new CliError("invalid-usage", `--schema: ${error.message}`, { cause: error });
  }
  return columns;
}

/** Takes `id bigint not null comment 'x', tags array<string>` or a CREATE TABLE statement apart. */
export function parseSchemaText(text: string): readonly ColumnSpec[] {
  const statement = /create\s+table[^(]*\(([\s\S]*)$/i.exec(text);
  const list = statement === null ? text : upToClosing(statement[1]!);
  const columns = splitAtCommas(list).filter((part) => part.trim() !== "");
  return columns.map((part) => {
    const match = /^\s*(?:`((?:[^`]|``)+)`|([^\s:`]+))[\s:]+([\s\S]+?)\s*$/.exec(part);
    if (match === null) {
      throw new CliError("invalid-usage", `--schema: expected a name and a type, got "${part.trim()}".`);
    }
    const rest = match[3]!.replace(/\s+comment\s+(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*$/i, "");
    const type = rest.replace(/\s+not\s+null\b.*$/is, "").replace(/\s+(?:null|default\b.*)$/is, "");
    const nullable = !/\snot\s+null\b/i.test(rest);
    return { name: match[1]?.replaceAll("``", "`") ?? match[2]!, type: type.toLowerCase(), nullable };
  });
}

async function readSchemaFile(file: string): Promise<string> {
  return await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new CliError("file-not-found", `${file}: it cannot be read (${cause.code}).`, { cause });
  });
}

function splitAtCommas(text: string): readonly string[] {
  const parts = [""];
  let depth = 0;
  for (const [piece] of text.matchAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`]|``)*`|[\s\S]/g)) {
    if (piece === "<" || piece === "(") depth += 1;
    if (piece === ">" || piece === ")") depth -= 1;
    if (piece === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += piece;
  }
  return parts;
}

function upToClosing(text: string): string {
  let depth = 0;
  let taken = "";
  for (const [piece] of text.matchAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`]|``)*`|[\s\S]/g)) {
    if (piece === ")" && depth === 0) return taken;
    if (piece === "(") depth += 1;
    if (piece === ")") depth -= 1;
    taken += piece;
  }
  return taken;
}
