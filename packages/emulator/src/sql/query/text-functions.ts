import { anyNumber, argument, type FunctionRule, same, sameText, textArgument } from "./function-rule.ts";
import { asText, bigint, boolean, familyOf, string, type TypedSql, typed } from "./typed-sql.ts";

/** Functions of text and binary values. */
export const textFunctions: ReadonlyMap<string, FunctionRule> = new Map<string, FunctionRule>([
  [
    "ascii",
    { arity: [1, 1], write: (call) => typed(`CAST(ascii(${textArgument(call, 0)}) AS BIGINT)`, bigint) },
  ],
  ["base64", { arity: [1, 1], write: (call) => typed(`to_base64(${bytesOf(argument(call, 0))})`, string) }],
  [
    "chr",
    { arity: [1, 1], write: (call) => typed(`chr(CAST(${argument(call, 0).sql} AS INTEGER))`, string) },
  ],
  ["concat", { arity: [1, anyNumber], write: (call) => typed(joined(call.arguments), string) }],
  [
    "concat_ws",
    { arity: [2, anyNumber], write: (call) => typed(concatWithSeparator(call.arguments), string) },
  ],
  ["endswith", sameText("ends_with", [2, 2], boolean)],
  ["get_json_object", sameText("json_extract_string", [2, 2])],
  ["hex", { arity: [1, 1], write: (call) => typed(`hex(${hexable(argument(call, 0))})`, string) }],
  ["instr", { arity: [2, 3], write: (call) => typed(position(call.arguments, 0, 1), bigint) }],
  ["length", sameText("length", [1, 1], bigint)],
  [
    "lengthb",
    { arity: [1, 1], write: (call) => typed(`octet_length(${bytesOf(argument(call, 0))})`, bigint) },
  ],
  ["levenshtein", sameText("levenshtein", [2, 2], bigint)],
  ["locate", { arity: [2, 3], write: (call) => typed(position(call.arguments, 1, 0), bigint) }],
  ["lower", sameText("lower", [1, 1])],
  ["lpad", { arity: [3, 3], write: (call) => typed(padded("lpad", call.arguments), string) }],
  ["ltrim", sameText("ltrim", [1, 2])],
  ["md5", { arity: [1, 1], write: (call) => typed(`md5(${bytesOf(argument(call, 0))})`, string) }],
  [
    "regexp_count",
    { arity: [2, 2], write: (call) => typed(`len(regexp_extract_all(${pair(call.arguments)}))`, bigint) },
  ],
  ["regexp_extract", { arity: [2, 3], write: (call) => typed(extracted(call.arguments), string) }],
  ["regexp_replace", { arity: [3, 3], write: (call) => typed(replaced(call.arguments), string) }],
  [
    "repeat",
    {
      arity: [2, 2],
      write: (call) => typed(`repeat(${textArgument(call, 0)}, ${argument(call, 1).sql})`, string),
    },
  ],
  ["replace", sameText("replace", [3, 3])],
  ["reverse", sameText("reverse", [1, 1])],
  ["rpad", { arity: [3, 3], write: (call) => typed(padded("rpad", call.arguments), string) }],
  ["rtrim", sameText("rtrim", [1, 2])],
  ["sha1", { arity: [1, 1], write: (call) => typed(`sha1(${bytesOf(argument(call, 0))})`, string) }],
  ["space", { arity: [1, 1], write: (call) => typed(`repeat(' ', ${argument(call, 0).sql})`, string) }],
  ["split_part", { arity: [3, 4], write: (call) => typed(splitPart(call.arguments), string) }],
  ["startswith", sameText("starts_with", [2, 2], boolean)],
  ["substr", { arity: [2, 3], write: (call) => typed(substring(call.arguments), string) }],
  ["substring_index", { arity: [3, 3], write: (call) => typed(substringIndex(call.arguments), string) }],
  ["translate", sameText("translate", [3, 3])],
  ["trim", sameText("trim", [1, 2])],
  [
    "unbase64",
    { arity: [1, 1], write: (call) => typed(`from_base64(${textArgument(call, 0)})`, { kind: "binary" }) },
  ],
  [
    "unhex",
    { arity: [1, 1], write: (call) => typed(`from_hex(${textArgument(call, 0)})`, { kind: "binary" }) },
  ],
  ["upper", sameText("upper", [1, 1])],
  ["url_decode", sameText("url_decode", [1, 1])],
  ["url_encode", sameText("url_encode", [1, 1])],
  ["uuid", { arity: [0, 0], write: () => typed("CAST(uuid() AS VARCHAR)", string) }],
  ["to_json", same("to_json", [1, 1], { kind: "json" })],
]);

/** NULL as soon as one part is NULL. */
function joined(parts: readonly TypedSql[]): string {
  return `(${parts.map((part) => asText(part).sql).join(" || ")})`;
}

/** Parts that are arrays give their elements; NULLs are left out, but without a separator there is no result. */
function concatWithSeparator([separator, ...parts]: readonly TypedSql[]): string {
  const lists = parts.map((part) =>
    part.type?.kind === "array" ? `CAST(${part.sql} AS VARCHAR[])` : `[${asText(part).sql}]`,
  );
  const list = lists.length === 1 ? lists[0] : `list_concat(${lists.join(", ")})`;
  const kept = `list_filter(${list}, lambda part: part IS NOT NULL)`;
  const separatorSql = asText(separator ?? { sql: "NULL" }).sql;
  return `CASE WHEN ${separatorSql} IS NOT NULL THEN coalesce(array_to_string(${kept}, ${separatorSql}), '') END`;
}

function pair([text, pattern]: readonly TypedSql[]): string {
  return `${asText(text ?? nothing).sql}, ${asText(pattern ?? nothing).sql}`;
}

function position(parts: readonly TypedSql[], inside: number, sought: number): string {
  const text = asText(parts[inside] ?? nothing).sql;
  const part = asText(parts[sought] ?? nothing).sql;
  const from = parts[2];
  if (from === undefined) {
    return `CAST(instr(${text}, ${part}) AS BIGINT)`;
  }
  const found = `instr(substr(${text}, ${from.sql}), ${part})`;
  return `CAST(CASE WHEN ${found} = 0 THEN 0 ELSE ${found} + ${from.sql} - 1 END AS BIGINT)`;
}

function padded(name: string, [text, width, filler]: readonly TypedSql[]): string {
  return `${name}(${asText(text ?? nothing).sql}, CAST(${(width ?? nothing).sql} AS INTEGER), ${asText(filler ?? nothing).sql})`;
}

/** The first group, where no other is asked for. */
function extracted(parts: readonly TypedSql[]): string {
  return `regexp_extract(${pair(parts)}, CAST(${(parts[2] ?? { sql: "1" }).sql} AS INTEGER))`;
}

function replaced(parts: readonly TypedSql[]): string {
  return `regexp_replace(${pair(parts)}, ${asText(parts[2] ?? nothing).sql}, 'g')`;
}

function splitPart([text, separator, from, to]: readonly TypedSql[]): string {
  const start = (from ?? nothing).sql;
  const list = `string_split(${asText(text ?? nothing).sql}, ${asText(separator ?? nothing).sql})`;
  return `array_to_string(list_slice(${list}, ${start}, ${(to ?? from ?? nothing).sql}), ${asText(separator ?? nothing).sql})`;
}

/** A start of 0 counts like 1. */
function substring([text, from, length]: readonly TypedSql[]): string {
  const start = `CASE WHEN ${(from ?? nothing).sql} = 0 THEN 1 ELSE ${(from ?? nothing).sql} END`;
  const end = length === undefined ? "" : `, greatest(${length.sql}, 0)`;
  return `substr(${asText(text ?? nothing).sql}, ${start}${end})`;
}

function substringIndex([text, separator, count]: readonly TypedSql[]): string {
  const by = asText(separator ?? nothing).sql;
  const list = `string_split(${asText(text ?? nothing).sql}, ${by})`;
  const n = (count ?? nothing).sql;
  const range = `CASE WHEN ${n} >= 0 THEN list_slice(${list}, 1, ${n}) ELSE list_slice(${list}, ${n}, -1) END`;
  return `array_to_string(${range}, ${by})`;
}

function bytesOf(value: TypedSql): string {
  return value.type?.kind === "binary" ? value.sql : `encode(${asText(value).sql})`;
}

function hexable(value: TypedSql): string {
  return familyOf(value) === "integer" ? value.sql : bytesOf(value);
}

const nothing: TypedSql = { sql: "NULL" };
