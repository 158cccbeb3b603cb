import { describe, expect, it } from "vitest";
import { isDocumentError } from "./document-error.ts";
import { parseInstanceRequest } from "./instance-request.ts";

const job = (task: string): string => `<Instance><Job><Tasks>${task}</Tasks></Job></Instance>`;

describe("parseInstanceRequest", () => {
  it("reads PyODPS's request, with its query in CDATA", () => {
    const xml = `<?xml version="1.0" encoding="utf-8"?>
<Instance><Job><Priority>9</Priority><Tasks><SQL><Name>AnonymousSQLTask</Name>
  <Config><Property><Name>settings</Name><Value>{"odps.sql.allow.fullscan":"true","n":1}</Value></Property>
          <Property><Name>uuid</Name><Value>fd77</Value></Property></Config>
  <Query><![CDATA[select 1 < 2;]]></Query></SQL></Tasks><DAG><RunMode>Sequence</RunMode></DAG></Job></Instance>`;
    expect(parseInstanceRequest(xml)).toEqual({
      priority: 9,
      tasks: [
        {
          name: "AnonymousSQLTask",
          query: "select 1 < 2;",
          properties: new Map([
            ["settings", '{"odps.sql.allow.fullscan":"true","n":1}'],
            ["uuid", "fd77"],
          ]),
          settings: new Map([
            ["odps.sql.allow.fullscan", "true"],
            ["n", "1"],
          ]),
        },
      ],
    });
  });

  it("reads the Java and Go clients' request, with its query escaped", () => {
    const xml =
      "<Instance><Job><Name>x</Name><Priority>3</Priority><Tasks><SQL><Name>SQLCreateTableTask</Name><Config>" +
      "<Property><Name>type</Name><Value>sql</Value></Property></Config>" +
      "<Query>CREATE TABLE `P`.`T` (`a` array&lt;bigint&gt;);\n</Query></SQL></Tasks></Job></Instance>";
    expect(parseInstanceRequest(xml)).toEqual({
      jobName: "x",
      priority: 3,
      tasks: [
        {
          name: "SQLCreateTableTask",
          query: "CREATE TABLE `P`.`T` (`a` array<bigint>);\n",
          properties: new Map([["type", "sql"]]),
          settings: new Map(),
        },
      ],
    });
  });

  it("names a task without a name", () => {
    expect(parseInstanceRequest(job("<SQL><Query>select 1</Query></SQL>")).tasks[0].name).toBe(
      "AnonymousSQLTask",
    );
  });

  it.each([
    ["<Table/>", "unexpected-document", "Expected <Instance> with a <Job>, got <Table>"],
    ["<Instance/>", "unexpected-document", "Expected <Instance> with a <Job>, got <Instance>"],
    [job(""), "unexpected-document", "Expected a task in <Tasks>, got none"],
    [job("<SQL/>"), "unexpected-document", "Expected <Query> in <SQL>"],
    [job("<XFlow/>"), "unsupported-task", "Expected a SQL task, got a task of type XFlow"],
    [
      job("<SQL><Config><Property><Name>settings</Name><Value>[1]</Value></Property></Config><Query/></SQL>"),
      "unexpected-document",
      "Expected a JSON object in the property settings",
    ],
    [
      job("<SQL><Config><Property><Name>settings</Name><Value>{</Value></Property></Config><Query/></SQL>"),
      "unexpected-document",
      "Expected a JSON object in the property settings",
    ],
    [
      "<Instance><Job><Priority>high</Priority><Tasks><SQL><Query/></SQL></Tasks></Job></Instance>",
      "unexpected-document",
      'Expected a whole number in <Priority>, got "high"',
    ],
    ["<Instance>", "malformed-xml", "Malformed XML: line 1, column 1: Unclosed tag 'Instance'."],
  ])("refuses %s", (xml, code, message) => {
    const refusal = (() => {
      try {
        return parseInstanceRequest(xml);
      } catch (error) {
        return isDocumentError(error) ? [error.code, error.message] : error;
      }
    })();
    expect(refusal).toEqual([code, message]);
  });
});
