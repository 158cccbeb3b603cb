import { parseAlterTable } from "./parse-alter-table.ts";
import { parseCreateTable } from "./parse-create-table.ts";
import { parseObjectName, parsePartitionList } from "./parse-names.ts";
import { parseQueryStatement, queryVerb } from "./parse-query-text.ts";
import { parseDescribe, parseSet, parseShow } from "./parse-show.ts";
import type {
  CreateSchemaStatement,
  DropSchemaStatement,
  DropTableStatement,
  Statement,
  StatementSource,
  TruncateTableStatement,
} from "./statement.ts";
import type { Token } from "./token.ts";
import { TokenCursor } from "./token-cursor.ts";
import { tokenize } from "./tokenizer.ts";

/**
 * Reads a script: statements separated by `;`, empty ones left out.
 *
 * Queries are taken whole and not looked into; everything else is read to its last word.
 *
 * @throws SqlError at the first statement that cannot be read, or that is not offered here.
 */
export function parseStatements(sql: string): Statement[] {
  return splitStatements(tokenize(sql)).map((tokens) => {
    const cursor = new TokenCursor(tokens, sql);
    const statement = parseStatement(cursor, sourceOf(sql, tokens));
    cursor.expectEnd();
    return statement;
  });
}

/** Reads one statement, up to but not over its end. */
export function parseStatement(cursor: TokenCursor, source: StatementSource): Statement {
  const verb = queryVerb(cursor);
  if (verb !== undefined) {
    return parseQueryStatement(cursor, source, verb);
  }
  const at = cursor.current;
  if (cursor.acceptWords("CREATE")) {
    if (cursor.acceptWords("TABLE")) return parseCreateTable(cursor, source);
    if (cursor.acceptWords("SCHEMA")) return parseCreateSchema(cursor, source);
    throw unsupportedObject(cursor, at);
  }
  if (cursor.acceptWords("DROP")) {
    if (cursor.acceptWords("TABLE")) return parseDropTable(cursor, source);
    if (cursor.acceptWords("SCHEMA")) return parseDropSchema(cursor, source);
    throw unsupportedObject(cursor, at);
  }
  if (cursor.acceptWords("TRUNCATE")) {
    cursor.expectWords("TABLE");
    return parseTruncateTable(cursor, source);
  }
  if (cursor.acceptWords("ALTER")) {
    if (cursor.acceptWords("TABLE")) return parseAlterTable(cursor, source);
    throw unsupportedObject(cursor, at);
  }
  if (cursor.acceptWords("DESC") || cursor.acceptWords("DESCRIBE")) return parseDescribe(cursor, source);
  if (cursor.acceptWords("SHOW")) return parseShow(cursor, source);
  if (cursor.acceptWords("SET")) return parseSet(cursor, source);
  if (unsupportedVerbs.some((word) => cursor.atWords(word))) {
    throw cursor.notSupported(`the statement ${at.text.toUpperCase()}`);
  }
  throw cursor.unexpected(
    "one of SELECT, WITH, VALUES, INSERT, CREATE, DROP, TRUNCATE, ALTER, DESC, SHOW and SET",
  );
}

/** Reads what follows `DROP TABLE`. */
export function parseDropTable(cursor: TokenCursor, source: StatementSource): DropTableStatement {
  const ifExists = cursor.acceptWords("IF", "EXISTS");
  const table = parseObjectName(cursor);
  cursor.acceptWords("PURGE");
  return { kind: "drop-table", source, table, ifExists };
}

/** Reads what follows `TRUNCATE TABLE`. */
export function parseTruncateTable(cursor: TokenCursor, source: StatementSource): TruncateTableStatement {
  const table = parseObjectName(cursor);
  const partitions = cursor.atWords("PARTITION") ? parsePartitionList(cursor) : [];
  return { kind: "truncate-table", source, table, partitions };
}

/** Reads what follows `CREATE SCHEMA`. */
export function parseCreateSchema(cursor: TokenCursor, source: StatementSource): CreateSchemaStatement {
  const ifNotExists = cursor.acceptWords("IF", "NOT", "EXISTS");
  const schema = parseObjectName(cursor, "a schema name");
  const comment = cursor.acceptWords("COMMENT") ? cursor.expectString("the text of the comment") : "";
  return { kind: "create-schema", source, schema, ifNotExists, comment };
}

/** Reads what follows `DROP SCHEMA`. */
export function parseDropSchema(cursor: TokenCursor, source: StatementSource): DropSchemaStatement {
  const ifExists = cursor.acceptWords("IF", "EXISTS");
  const schema = parseObjectName(cursor, "a schema name");
  const cascade = cursor.acceptWords("CASCADE");
  if (!cascade) cursor.acceptWords("RESTRICT");
  return { kind: "drop-schema", source, schema, ifExists, cascade };
}

/** Each statement's tokens without its `;`, closed by an `end` token where the `;` stood. */
function splitStatements(tokens: readonly Token[]): Token[][] {
  const statements: Token[][] = [];
  let current: Token[] = [];
  for (const token of tokens) {
    const isSeparator = token.kind === "symbol" && token.text === ";";
    if (!isSeparator && token.kind !== "end") {
      current.push(token);
      continue;
    }
    if (current.length > 0) {
      statements.push([...current, { ...token, kind: "end", text: "" }]);
    }
    current = [];
  }
  return statements;
}

function sourceOf(sql: string, tokens: readonly Token[]): StatementSource {
  const [first] = tokens;
  const last = tokens.at(-2) ?? first;
  return {
    line: first?.line ?? 1,
    column: first?.column ?? 1,
    text: sql.slice(first?.start ?? 0, last?.end ?? 0),
  };
}

/** The error for `CREATE`, `DROP` or `ALTER` of what this service does not keep. */
function unsupportedObject(cursor: TokenCursor, verb: Token): Error {
  return cursor.current.kind === "word" && unsupportedObjects.has(cursor.current.text.toUpperCase())
    ? cursor.notSupported(`${verb.text.toUpperCase()} ${cursor.current.text.toUpperCase()}`, verb)
    : cursor.unexpected(verb.text.toUpperCase() === "ALTER" ? "TABLE" : "TABLE or SCHEMA");
}

const unsupportedObjects: ReadonlySet<string> = new Set([
  ...[
    "EXTERNAL",
    "FUNCTION",
    "INDEX",
    "MATERIALIZED",
    "OR",
    "PACKAGE",
    "PROJECT",
    "RESOURCE",
    "ROLE",
    "SCHEMA",
  ],
  ...["SQL", "STREAM", "TEMPORARY", "USER", "VIEW", "VOLUME"],
]);

const unsupportedVerbs = [
  ...[
    "ADD",
    "ANALYZE",
    "APPLY",
    "CACHE",
    "CALL",
    "CLONE",
    "COST",
    "DELETE",
    "EXPLAIN",
    "EXPORT",
    "GRANT",
    "IMPORT",
  ],
  ...[
    "JAR",
    "KILL",
    "LIST",
    "LOAD",
    "MERGE",
    "MSCK",
    "PURGE",
    "READ",
    "RESTORE",
    "REVOKE",
    "SETPROJECT",
    "STATUS",
  ],
  ...["TUNNEL", "UNDO", "UNLOAD", "UPDATE", "USE", "WHOAMI"],
];
