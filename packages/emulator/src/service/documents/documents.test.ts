import { describe, expect, it } from "vitest";
import { renderServiceError, renderTunnelError } from "./error-document.ts";
import { epochSeconds, formatHttpDate } from "./http-date.ts";
import {
  renderInstanceSource,
  renderInstanceStatus,
  renderTaskResults,
  renderTaskStatus,
  renderTaskSummary,
} from "./instance-document.ts";
import {
  renderExtendedPartition,
  renderPartition,
  renderPartitionNames,
  renderPartitionPage,
} from "./partition-document.ts";
import {
  renderExtendedProject,
  renderProject,
  renderSchema,
  renderSchemaList,
  renderTenant,
} from "./project-document.ts";
import {
  renderExtendedTable,
  renderTable,
  renderTableList,
  type TableDocumentInput,
} from "./table-document.ts";

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
const at = new Date("2024-01-02T03:04:05.678Z");
const later = new Date("2024-01-03T00:00:00Z");

const table: TableDocumentInput = {
  name: "tt",
  tableId: "0123456789abcdef",
  project: "proj",
  schemaName: "default",
  owner: "ALIYUN$me@example.com",
  comment: "a ]]> b",
  createdAt: at,
  lastModifiedAt: later,
  lastDdlAt: at,
  columns: [
    { name: "id", type: "bigint", nullable: false, comment: "", defaultValue: "0" },
    { name: "tags", type: "array<string>", nullable: true, comment: 'it\'s "q"' },
  ],
  partitionColumns: [{ name: "pt", type: "string", nullable: true, comment: "" }],
  lifecycleDays: 7,
  sizeBytes: 1024,
  recordCount: 3,
  primaryKey: ["id"],
  transactional: true,
  schemaVersion: 2,
  fileCount: 1,
};

const summary =
  "<Name>tt</Name><TableId>0123456789abcdef</TableId><Project>proj</Project><SchemaName>default</SchemaName>" +
  "<Owner>ALIYUN$me@example.com</Owner><Comment>a ]]&gt; b</Comment><TableLabel/><Type>MANAGED_TABLE</Type>" +
  "<CreationTime>Tue, 02 Jan 2024 03:04:05 GMT</CreationTime>" +
  "<LastModifiedTime>Wed, 03 Jan 2024 00:00:00 GMT</LastModifiedTime>";

const schema =
  '{"columns":[{"name":"id","type":"bigint","comment":"","label":"","isNullable":false,"hasDefaultValue":true,' +
  '"defaultValue":"0"},{"name":"tags","type":"array<string>","comment":"it\'s \\"q\\"","label":"","isNullable":true,' +
  '"hasDefaultValue":false}],"partitionKeys":[{"name":"pt","type":"string","comment":"","label":"","isNullable":true,' +
  '"hasDefaultValue":false}],"comment":"a ]]]]><![CDATA[> b","owner":"ALIYUN$me@example.com","createTime":1704164645,' +
  '"lastModifiedTime":1704240000,"lastDDLTime":1704164645,"lastAccessTime":0,"isVirtualView":false,' +
  '"isMaterializedView":false,"isExternal":false,"lifecycle":7,"hubLifecycle":-1,"size":1024,"recordNum":3,' +
  '"shardExist":false,"tableLabel":""';

describe("table documents", () => {
  it("writes the schema as JSON in CDATA", () => {
    expect(renderTable(table)).toBe(
      `${declaration}<Table>${summary}<Schema format="Json"><![CDATA[${schema}}]]></Schema></Table>`,
    );
  });

  it("adds keys and storage when extended, flags as text inside a text", () => {
    expect(renderExtendedTable(table)).toBe(
      `${declaration}<Table>${summary}<Schema format="Json"><![CDATA[${schema},"extendedLabel":[],"IsArchived":false,` +
        '"PhysicalSize":1024,"FileNum":1,"Reserved":"{\\"Transactional\\":\\"true\\",\\"schema_version\\":\\"2\\",' +
        '\\"PrimaryKey\\":[\\"id\\"]}"}]]></Schema></Table>',
    );
  });

  it("says -1 for a table without lifecycle, and never null", () => {
    const { lifecycleDays: _, ...endless } = table;
    expect(renderTable(endless)).toContain('"lifecycle":-1,');
    expect(renderExtendedTable(endless)).not.toContain("null");
  });

  it("lists tables by page", () => {
    expect(renderTableList({ tables: [table], marker: "tu", maxItems: 1 })).toBe(
      `${declaration}<Tables><Marker>tu</Marker><MaxItems>1</MaxItems><Table>${summary}</Table></Tables>`,
    );
    expect(renderTableList({ tables: [], marker: "", maxItems: 1000 })).toBe(
      `${declaration}<Tables><Marker/><MaxItems>1000</MaxItems></Tables>`,
    );
  });
});

const partition = {
  values: [
    { key: "pt", value: 'a<"b"' },
    { key: "hh", value: "1" },
  ],
  createdAt: at,
  lastDdlAt: at,
  lastModifiedAt: later,
  sizeBytes: 10,
  recordCount: 2,
  fileCount: 1,
};

describe("partition documents", () => {
  it("writes one partition's figures", () => {
    expect(renderPartition(partition)).toBe(
      `${declaration}<Partition><Schema><![CDATA[{"createTime":1704164645,"lastDDLTime":1704164645,` +
        '"lastModifiedTime":1704240000,"partitionRecordNum":2,"partitionSize":10}]]></Schema></Partition>',
    );
    expect(renderExtendedPartition(partition)).toContain(
      '"partitionSize":10,"IsArchived":false,"IsExstore":false,"LifeCycle":-1,"PhysicalSize":10,"FileNum":1,"Reserved":"{}"}',
    );
  });

  it("pages with values as attributes and times as seconds", () => {
    expect(renderPartitionPage({ partitions: [partition], marker: "", maxItems: 1000 })).toBe(
      `${declaration}<Partitions><Marker/><MaxItems>1000</MaxItems><Partition>` +
        '<Column Name="pt" Value="a&lt;&quot;b&quot;"/><Column Name="hh" Value="1"/>' +
        "<CreationTime>1704164645</CreationTime><LastDDLTime>1704164645</LastDDLTime>" +
        "<LastModifiedTime>1704240000</LastModifiedTime><PartitionSize>10</PartitionSize>" +
        "<PartitionRecordCount>2</PartitionRecordCount></Partition></Partitions>",
    );
  });

  it("lists bare names with slashes between levels", () => {
    expect(renderPartitionNames([partition, { values: [{ key: "pt", value: "b" }] }])).toBe(
      `${declaration}<Partitions><Partition><Name>pt=a&lt;"b"/hh=1</Name></Partition>` +
        "<Partition><Name>pt=b</Name></Partition></Partitions>",
    );
  });
});

describe("project, schema and tenant documents", () => {
  const project = {
    name: "proj",
    comment: "",
    owner: "me",
    createdAt: at,
    lastModifiedAt: later,
    properties: { "odps.sql.type.system.odps2": "true" },
  };
  const head =
    `${declaration}<Project><Name>proj</Name><Type>managed</Type><Comment/><Owner>me</Owner>` +
    "<CreationTime>Tue, 02 Jan 2024 03:04:05 GMT</CreationTime>" +
    "<LastModifiedTime>Wed, 03 Jan 2024 00:00:00 GMT</LastModifiedTime><State>AVAILABLE</State>" +
    "<Properties><Property><Name>odps.sql.type.system.odps2</Name><Value>true</Value></Property></Properties>";

  it("writes a project", () => {
    expect(renderProject(project)).toBe(`${head}</Project>`);
    expect(renderExtendedProject(project, { size: "1" })).toBe(
      `${head}<ExtendedProperties><Property><Name>size</Name><Value>1</Value></Property></ExtendedProperties></Project>`,
    );
  });

  it("writes schemas", () => {
    const input = {
      name: "s",
      project: "proj",
      owner: "me",
      comment: "c",
      createdAt: at,
      lastModifiedAt: later,
    };
    const xml =
      "<Schema><Name>s</Name><Project>proj</Project><Owner>me</Owner><Comment>c</Comment>" +
      "<Description>c</Description><Type>MANAGED</Type><CreateTime>Tue, 02 Jan 2024 03:04:05 GMT</CreateTime>" +
      "<ModifyTime>Wed, 03 Jan 2024 00:00:00 GMT</ModifyTime>" +
      "<ModifiedTime>Wed, 03 Jan 2024 00:00:00 GMT</ModifiedTime></Schema>";
    expect(renderSchema(input)).toBe(declaration + xml);
    expect(renderSchemaList({ schemas: [input], marker: "", maxItems: 10 })).toBe(
      `${declaration}<Schemas><Marker/><MaxItems>10</MaxItems>${xml}</Schemas>`,
    );
  });

  it("writes the tenant, whose flag for schemas is text", () => {
    expect(renderTenant({ name: "t", tenantId: "1", ownerId: "2", schemasEnabled: false })).toBe(
      '{"Tenant":{"Name":"t","TenantId":"1","OwnerId":"2","TenantState":"NORMAL","CreateTime":0,"UpdateTime":0,' +
        '"TenantMeta":"{}","Parameters":{"odps.namespace.schema":"false"}}}',
    );
  });
});

describe("instance documents", () => {
  it("writes the status without tasks", () => {
    expect(renderInstanceStatus("Running")).toBe(
      `${declaration}<Instance><Status>Running</Status></Instance>`,
    );
  });

  it("writes each task's status, the end only when there is one", () => {
    expect(
      renderTaskStatus("Terminated", [
        { name: "a", status: "Success", startedAt: at, endedAt: later },
        { name: "b", status: "Running", startedAt: at },
      ]),
    ).toBe(
      `${declaration}<Instance><Status>Terminated</Status><Tasks>` +
        '<Task Type="SQL"><Name>a</Name><StartTime>Tue, 02 Jan 2024 03:04:05 GMT</StartTime>' +
        "<EndTime>Wed, 03 Jan 2024 00:00:00 GMT</EndTime><Status>Success</Status><Histories/></Task>" +
        '<Task Type="SQL"><Name>b</Name><StartTime>Tue, 02 Jan 2024 03:04:05 GMT</StartTime>' +
        "<Status>Running</Status><Histories/></Task></Tasks></Instance>",
    );
  });

  it("writes results plain, or in Base64 when asked or when XML cannot hold them", () => {
    const result = (text: string, transform?: "Base64"): string =>
      renderTaskResults([{ name: "a", format: "csv", text, ...(transform && { transform }) }]);
    const wrap = (xml: string): string =>
      `${declaration}<Instance><Tasks><Task Type="SQL"><Name>a</Name>${xml}</Task></Tasks></Instance>`;
    expect(result('"a"\n"<汉>"\n')).toBe(wrap('<Result Format="csv">"a"\n"&lt;汉&gt;"\n</Result>'));
    expect(result("a汉", "Base64")).toBe(wrap('<Result Format="csv" Transform="Base64">YeaxiQ==</Result>'));
    expect(result("\u0000")).toBe(wrap('<Result Format="csv" Transform="Base64">AA==</Result>'));
  });

  it("hands back the job it was given", () => {
    const task = {
      name: "AnonymousSQLTask",
      query: "select 1 < 2\r\n",
      properties: new Map([["settings", '{"a":"b"}']]),
      settings: new Map([["a", "b"]]),
    };
    expect(renderInstanceSource({ priority: 9, tasks: [task] })).toBe(
      `${declaration}<Job><Priority>9</Priority><Tasks><SQL><Name>AnonymousSQLTask</Name><Config><Property>` +
        '<Name>settings</Name><Value>{"a":"b"}</Value></Property></Config><Query>select 1 &lt; 2&#13;\n</Query></SQL>' +
        "</Tasks><DAG><RunMode>Sequence</RunMode></DAG></Job>",
    );
  });

  it("writes a summary as JSON", () => {
    expect(renderTaskSummary({ text: "done", json: "{}" })).toBe(
      '{"Instance":{"JsonSummary":"{}","Summary":"done"}}',
    );
  });
});

describe("error documents and dates", () => {
  const error = { code: "NoSuchObject", message: "ODPS-0130131:[1,1] no <t>", requestId: "r1", hostId: "h" };

  it("writes all four elements for the service", () => {
    expect(renderServiceError(error)).toBe(
      `${declaration}<Error><Code>NoSuchObject</Code><Message>ODPS-0130131:[1,1] no &lt;t&gt;</Message>` +
        "<RequestId>r1</RequestId><HostId>h</HostId></Error>",
    );
  });

  it("writes JSON for the tunnel, and asks clients to hold back only when told to", () => {
    expect(renderTunnelError(error)).toBe(
      '{"Code":"NoSuchObject","Message":"ODPS-0130131:[1,1] no <t>","RequestId":"r1","HostId":"h"}',
    );
    expect(renderTunnelError({ ...error, holdClientMs: 500 })).toContain('"HoldClientMillis":"500"');
  });

  it("writes dates to the second, in GMT", () => {
    expect([formatHttpDate(at), epochSeconds(at), formatHttpDate(new Date("0001-01-01T00:00:00Z"))]).toEqual([
      "Tue, 02 Jan 2024 03:04:05 GMT",
      1_704_164_645,
      "Mon, 01 Jan 0001 00:00:00 GMT",
    ]);
    expect(() => formatHttpDate(new Date(Number.NaN))).toThrow("Expected a valid date");
  });
});
