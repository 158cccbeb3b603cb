import { readFileSync } from "node:fs";
import { frameArrow, isCodecError } from "@maxcompute-tunnel/codec";
import { parse as parseToml, TomlError } from "smol-toml";
// @boundaries-ignore parsers are fuzzed in their sources
import { MemberError, readConfiguration } from "../../../../packages/emulator/src/config/config-document.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { EmulatorError } from "../../../../packages/emulator/src/errors.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { parseFaultRule } from "../../../../packages/emulator/src/faults/parse-fault-rule.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { Refusal } from "../../../../packages/emulator/src/refusal.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { isDocumentError } from "../../../../packages/emulator/src/service/documents/document-error.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { childText, readXml } from "../../../../packages/emulator/src/service/documents/xml-reader.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { parseStatements } from "../../../../packages/emulator/src/sql/parse-statements.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { readInsert, readQuery } from "../../../../packages/emulator/src/sql/query/read-query.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { isSqlError } from "../../../../packages/emulator/src/sql/sql-error.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { encodeLine } from "../../../../packages/emulator/src/storage/journal-line.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { journalHeader, readJournal } from "../../../../packages/emulator/src/storage/read-journal.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { arrowIntake } from "../../../../packages/emulator/src/tunnel/arrow/arrow-intake.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { unscaledDecimal } from "../../../../packages/emulator/src/tunnel/arrow/decimal-words.ts";
import { type FuzzGroup, type FuzzTarget, refusing } from "../fuzz-target.ts";
import { arrowSeeds } from "./arrow-seeds.ts";
import { lz4, snappy } from "./packed-bodies.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytesOf = (...texts: readonly string[]): readonly Uint8Array[] =>
  texts.map((text) => encoder.encode(text));

const bodies = await arrowSeeds();

const arrow: FuzzTarget = {
  name: "Arrow bodies",
  share: 40,
  isPlaced: true,
  seeds: bodies.map(({ framed }) => framed),
  // Each is a single chunk: its size, the payload and the checksum of all.
  repair: (bytes) => frameArrow(bytes.subarray(4, Math.max(4, bytes.length - 4))),
  async read(body, seed) {
    // The last byte is one of the checksum: as good as a die. Now and then the body is read as another table's.
    const die = body.at(-1) ?? 0;
    const { columns } = bodies[die % 16 === 0 ? (seed + 1) % bodies.length : seed]!;
    const { conventions } = bodies[die % 8 === 1 ? (die >> 3) % bodies.length : seed]!;
    let written = 0;
    const intake = arrowIntake(
      columns,
      conventions,
    )(async (bytes) => {
      written += bytes.length;
    });
    try {
      await intake.take(body);
      await intake.end();
      if (written > 64 * body.length + 64) throw new Error(`${written} bytes of ${body.length}`);
      return "taken";
    } catch (error) {
      if (error instanceof Refusal || isCodecError(error)) return "refused";
      throw error;
    }
  },
};

const grammar = readFileSync(
  new URL("../../../../packages/emulator/src/sql/GRAMMAR.md", import.meta.url),
  "utf8",
);
const sqlWords = [...new Set(grammar.match(/\b[A-Z_]{2,}\b|'[^'\n]{1,4}'/g))].flatMap((word) => [
  ` ${word} `,
  word,
]);
const sql: FuzzTarget = {
  name: "SQL",
  share: 25,
  words: [...sqlWords, "(", ")", ";", "'", "`", "--", "/*", "*/", "1e", "((((((((", "array<", "NOT ", "- "],
  seeds: bytesOf(
    "CREATE TABLE IF NOT EXISTS p.t (id BIGINT NOT NULL COMMENT 'x', s STRING DEFAULT 'a', d DECIMAL(10,2), m MAP<STRING,ARRAY<INT>>, PRIMARY KEY (id)) PARTITIONED BY (pt STRING) STORED AS ALIORC TBLPROPERTIES ('transactional'='true') LIFECYCLE 30;",
    "ALTER TABLE t ADD IF NOT EXISTS PARTITION (pt='1', r=2); ALTER TABLE t ADD COLUMNS (a INT, b STRUCT<x:INT>); ALTER TABLE t RENAME TO u",
    "DROP TABLE IF EXISTS a.b.c; TRUNCATE TABLE t PARTITION (pt='1'); DESC t; SHOW TABLES LIKE 'a*'; SHOW PARTITIONS t; SET a=b",
    "SELECT a, COUNT(DISTINCT b) AS n, CAST(c AS DECIMAL(10,2)), CASE WHEN a > 1 THEN 'x' ELSE \"y\\n\" END FROM t1 x LEFT JOIN (SELECT * FROM t2 WHERE pt IN ('1','2')) y ON x.id = y.id WHERE a BETWEEN 1 AND 2 AND NOT b LIKE 'q%' GROUP BY a HAVING n > 1 ORDER BY n DESC LIMIT 10",
    "WITH a AS (SELECT 1 AS x UNION ALL SELECT 2) SELECT SUM(x) OVER (PARTITION BY x ORDER BY x ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM a LATERAL VIEW EXPLODE(ARRAY(1,2)) e AS v",
    "INSERT OVERWRITE TABLE t PARTITION (pt='1', r) (a, b) SELECT a, -b, r FROM s; INSERT INTO t VALUES (1, 'a', DATE '2024-01-01'), (NULL, x'00', 1.5e3)",
  ),
  read: (bytes) =>
    refusing(isSqlError, () => {
      for (const statement of parseStatements(decoder.decode(bytes))) {
        if (statement.kind === "query")
          (statement.verb === "insert" ? readInsert : readQuery)(statement.query);
      }
    }),
};

const xml: FuzzTarget = {
  name: "requests in XML",
  share: 14,
  words: [
    "<!DOCTYPE a [",
    '<!ENTITY x "y">',
    "&x;",
    "&#0;",
    "<![CDATA[",
    "]]>",
    "<a>",
    "</a>",
    "<?x?>",
    "<!--",
    "\u0001",
    "\ud800",
    "&#x110000;",
    "&lt",
  ],
  seeds: bytesOf(
    '<?xml version="1.0"?><Instance><Job><Priority>9</Priority><Tasks><SQL><Name>n</Name><Config><Property><Name>uuid</Name><Value>u</Value></Property></Config><Query><![CDATA[SELECT 1;]]></Query></SQL></Tasks></Job></Instance>',
    '<Table><Name a="b">t</Name><Schema>{"columns":[]}</Schema></Table>',
    '\ufeff<Table><Name a="&#65;&quot;">&#x41;&lt;&amp;</Name><!-- c --><A/><A><![CDATA[<]]> x</A></Table>',
    `${"<a>".repeat(34)}${"</a>".repeat(34)}`,
  ),
  read: (bytes) =>
    refusing(isDocumentError, () => {
      const root = readXml(decoder.decode(bytes), bytes.length % 16 === 0 ? { maxLength: 200 } : {});
      childText(root, "Name");
    }),
};

const journal: FuzzTarget = {
  name: "the emulator's journal",
  share: 60,
  words: ["\n", "[]", "null", "{}", "[[", "1", " "],
  seeds: [[[{ a: 1 }]], [[{ a: 1 }, { b: 2 }], []], [[1], [2], [3]]].map((lines) =>
    Buffer.concat([encodeLine(journalHeader), ...lines.map((line) => encodeLine(line))]),
  ),
  repair: (bytes) =>
    Buffer.concat([
      encodeLine(journalHeader),
      ...decoder
        .decode(bytes)
        .split("\n")
        .slice(1)
        .flatMap((line) => {
          const read: unknown[] = [];
          refusing(
            (error) => error instanceof SyntaxError,
            () => void read.push(JSON.parse(line.slice(9))),
          );
          // It is its own writer, and always writes lists.
          return read.filter(Array.isArray).map((value) => encodeLine(value));
        }),
    ]),
  async read(bytes) {
    // Files may give less than they are asked for, and end before they said.
    const most = bytes.length % 2 === 0 ? bytes.length : 50;
    const file = {
      size: async () => bytes.length + (bytes.length % 5 === 0 ? 1 : 0),
      read: async (target: Uint8Array, position: number) => {
        const part = bytes.subarray(position, position + Math.min(target.length, most));
        target.set(part);
        return part.length;
      },
    };
    try {
      await readJournal(file as unknown as Parameters<typeof readJournal>[0], "j", () => {});
      return "taken";
    } catch (error) {
      if (error instanceof EmulatorError) return "refused";
      throw error;
    }
  },
};

const decimals: FuzzTarget = {
  name: "decimals in text",
  share: 6,
  words: ["e", "-", "+", ".", "0000000000000000000000", "e-99", "E1001", "9".repeat(40)],
  seeds: bytesOf("12345678901234567890.1234", "-0.000", "1e5", "+.5e-3", "120e-1"),
  read(bytes) {
    const scale = bytes.length % 19;
    const unscaled = unscaledDecimal(decoder.decode(bytes), scale);
    if (unscaled === undefined) return "refused";
    if (unscaledDecimal(`${unscaled}e-${scale}`, scale) !== unscaled)
      throw new Error(`${unscaled} comes back differently`);
    return "taken";
  },
};

const rules: FuzzTarget = {
  name: "fault rules",
  share: 12,
  words: ["null", "[]", "-1", "1e9", '"kind":"reset"', '"redirect"', '"delay"', "{", '"__proto__":{}'],
  seeds: bytesOf(
    '{"id":"a","match":{"action":["put block"],"project":"p","block":[0,1]},"nth":[1,2],"times":3,"probability":0.25,"seed":4,"effect":{"kind":"answer","status":429,"code":"c","message":"m","headers":{"Retry-After":"3"},"holdClientMs":500,"body":"","work":"done"}}',
    '{"effect":{"kind":"reset","when":"before-body"}}',
  ),
  read: (bytes) =>
    refusing(
      (error) => error instanceof EmulatorError || error instanceof SyntaxError,
      () => void parseFaultRule(JSON.parse(decoder.decode(bytes)), { actions: ["put block"] }),
    ),
};

const configuration: FuzzTarget = {
  name: "the emulator's configuration",
  share: 10,
  words: ["[[keys]]", "\n", "=", '"', "[", "]", "__proto__", "permissions"],
  seeds: bytesOf(
    'projects = ["a"]\ntables = ["CREATE TABLE t (a INT)"]\n[[keys]]\naccess_id = "i"\naccess_key = "k"\npermissions = { a = "read" }\n[limits]\nrequests = 5\n',
  ),
  read: (bytes) =>
    refusing(
      (error) => error instanceof MemberError || error instanceof TomlError,
      () => void readConfiguration(parseToml(decoder.decode(bytes))),
    ),
};

export const group: FuzzGroup = {
  targets: [arrow, snappy, lz4, sql, xml, journal, decimals, rules, configuration],
  files: [
    "packages/emulator/src/tunnel/arrow/arrow-intake.ts",
    "packages/emulator/src/tunnel/arrow/batch-cursor.ts",
    "packages/emulator/src/tunnel/arrow/batch-message.ts",
    "packages/emulator/src/tunnel/arrow/batch-rows.ts",
    "packages/emulator/src/tunnel/arrow/column-readers.ts",
    "packages/emulator/src/tunnel/arrow/decimal-words.ts",
    "packages/emulator/src/tunnel/arrow/flat-table.ts",
    "packages/emulator/src/tunnel/arrow/message-assembler.ts",
    "packages/emulator/src/tunnel/encoding/byte-queue.ts",
    "packages/emulator/src/tunnel/encoding/lz4-block.ts",
    "packages/emulator/src/tunnel/encoding/lz4-frame.ts",
    "packages/emulator/src/tunnel/encoding/snappy-block.ts",
    "packages/emulator/src/tunnel/encoding/snappy-frame.ts",
    "packages/emulator/src/sql/tokenizer.ts",
    "packages/emulator/src/service/documents/xml-reader.ts",
    "packages/emulator/src/storage/read-journal.ts",
  ],
};
