// @boundaries-ignore parsers are fuzzed in their sources
import { parseOdpsConfig } from "../../../../packages/cli/src/settings/odps-config.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { CodecError, formatType, parseColumns, parseType } from "../../../../packages/codec/src/index.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { resultOf, taskStatusOf } from "../../../../packages/service/src/sql-outcome.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { parseXml } from "../../../../packages/service/src/xml/parse-xml.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import {
  parseDownloadDocument,
  parseDownloadDocumentOf,
} from "../../../../packages/session/src/download/download-document.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { SessionError } from "../../../../packages/session/src/errors.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { formatPartitionSpec, parsePartitionSpec } from "../../../../packages/session/src/partition-spec.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import {
  parseReportedStatus,
  parseUploadDocument,
  parseUploadDocumentOf,
  parseUploadSnapshot,
} from "../../../../packages/session/src/upload/session-document.ts";
// @boundaries-ignore parsers are fuzzed in their sources
import { parseErrorDocument } from "../../../../packages/transport/src/error-response.ts";
import { type FuzzGroup, type FuzzTarget, isOf, refusing } from "../fuzz-target.ts";
import { configs } from "./configs.ts";
import { journals } from "./journals.ts";
import { jsonWords } from "./json-words.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytesOf = (...texts: readonly string[]): readonly Uint8Array[] =>
  texts.map((text) => encoder.encode(text));
const sessions: FuzzTarget = {
  name: "session documents",
  share: 48,
  words: [...jsonWords, '"Status":"NORMAL"', '"UploadID":', '"Version":', '"nullable":', "CRITICAL"],
  seeds: bytesOf(
    '{"UploadID":"20240101u1","Status":"NORMAL","Initiated":"Tue, 20 Feb 2024 08:00:00 GMT","MaxFieldSize":8388608,"QuotaName":"q","Schema":{"IsVirtualView":false,"columns":[{"column_id":"a1","comment":"","defaultValue":"","name":"id","nullable":false,"type":"bigint"},{"name":"s","nullable":"true","type":"array<string>"}],"partitionKeys":[{"name":"pt","type":"string"}]},"UploadedBlockList":[{"BlockID":0,"CreateTime":1708416000,"RecordCount":5,"Version":1708416000000000},{"BlockID":0,"Version":2},{"BlockID":19999}]}',
    '{"DownloadID":"d1","Status":"normal","RecordCount":12,"Owner":"x","Schema":{"columns":[{"name":"id","type":"bigint"}],"partitionKeys":[]}}',
    '{"DownloadID":"d1","Status":"initiating"}',
    '{"UploadID":"20240101u1","Status":"NORMAL","Schema":{"columns":[{"column_id":3,"name":"id","type":"bigint"},{"name":"s","type":""}],"partitionKeys":[]},"UploadedBlockList":[]}',
  ),
  read: (bytes) =>
    refusing(isOf(SessionError, SyntaxError), () => {
      const value: unknown = JSON.parse(decoder.decode(bytes));
      let parsed = 0;
      for (const parse of documentParsers) {
        if (refusing(isOf(SessionError), () => parse(value)) === "taken") parsed++;
      }
      if (parsed === 0) throw new SessionError("invalid-response", "none of them");
    }),
};

const documentParsers = [
  parseUploadDocument,
  parseUploadDocumentOf("20240101u1"),
  parseUploadSnapshot("20240101u1"),
  parseReportedStatus("20240101u1"),
  parseDownloadDocument,
  parseDownloadDocumentOf("d1"),
] as const;
const xmlSeeds = bytesOf(
  '<?xml version="1.0"?><Error><Code>NoSuchTable</Code><Message><![CDATA[table <t> not found]]></Message><RequestId>r1</RequestId><HostId>h</HostId></Error>',
  '<Instance xmlns:xsi="x"><Status>Terminated</Status><Tasks><Task Type="SQL"><Name>a</Name><Status>Success</Status><Result Transform="Base64" Format="csv"><![CDATA[aWQsbmFtZQox]]></Result></Task></Tasks></Instance>',
  '<Partitions><Marker/><MaxItems>10</MaxItems><Partition><Column Name="pt" Value="&quot;0&#x41;7&quot;"/><!-- c --></Partition></Partitions>',
);
const xmlWords = [
  "<!DOCTYPE a [",
  '<!ENTITY x "xxxxxxxxxx">',
  "]>",
  "&x;",
  "&#0;",
  "&#xD800;",
  "<![CDATA[",
  "]]>",
  "<a>",
  "</a>",
  "<?",
  "?>",
  "<!--",
  "-->",
  "constructor",
  "__proto__",
];

const errors: FuzzTarget = {
  name: "error documents",
  share: 30,
  words: [...jsonWords, ...xmlWords],
  seeds: [
    ...xmlSeeds,
    ...bytesOf(
      '{"Code":"FlowExceeded","Message":"slow \\"down\\"","RequestId":"2024","HoldClientMillis":"500"}',
    ),
  ],
  read(bytes) {
    parseErrorDocument(decoder.decode(bytes));
    return "taken";
  },
};

const xml: FuzzTarget = {
  name: "answers in XML",
  share: 20,
  words: xmlWords,
  seeds: xmlSeeds,
  read: (bytes) =>
    refusing(
      (error) => error instanceof Error && (error.name === "ServiceError" || error.constructor === Error),
      () => {
        const root = parseXml(decoder.decode(bytes));
        taskStatusOf(root);
        resultOf(root);
      },
    ),
};

const oldConfigs: FuzzTarget = {
  name: "configuration files of odpscmd",
  share: 15,
  words: ["=", "\n", "#", "\r", "   ", "\ufeff", "access_key", "\u2028"],
  seeds: bytesOf(
    "project_name=p\naccess_id = i\naccess_key=k=\n# c\nend_point:https://s/api\nhttps_check=false\n",
  ),
  read(bytes) {
    parseOdpsConfig(decoder.decode(bytes));
    return "taken";
  },
};

const partitions: FuzzTarget = {
  name: "partitions",
  share: 20,
  words: ["=", ",", "/", "'", '"', "%2f", "../", "\0", "\r\n", "\u202e", "pt"],
  seeds: bytesOf("pt=1/region=cn", `pt='2024-01-01', region="c n"`, "a=1,b=2,c=3"),
  read: (bytes) =>
    refusing(isOf(SessionError), () => {
      const said = decoder.decode(bytes);
      refusing(isOf(SessionError), () =>
        formatPartitionSpec([{ name: said.slice(0, 2), value: said.slice(2) }]),
      );
      const spec = parsePartitionSpec(said);
      const text = formatPartitionSpec(spec);
      // What was read can be sent, and means the same then.
      if (JSON.stringify(parsePartitionSpec(text)) !== JSON.stringify(spec))
        throw new Error(`read again differs: ${text}`);
    }),
};

const types: FuzzTarget = {
  name: "types",
  share: 30,
  words: [
    "array<",
    "map<",
    "struct<",
    ">",
    ",",
    ":",
    "decimal(",
    "38",
    "39",
    ")",
    "`",
    "vector(",
    "varchar(65536)",
    " ",
  ],
  seeds: bytesOf(
    "array<map<string,struct<a:int,`b c`:decimal(38,18)>>>",
    "vector(float, 128)",
    "varchar(65535)",
    "decimal",
    "interval_day_time",
    "struct<x:timestamp_ntz,y:json,z:char(255)>",
  ),
  read: (bytes) =>
    refusing(isOf(CodecError), () => {
      const text = decoder.decode(bytes);
      const type = parseType(text);
      const again = formatType(type);
      if (formatType(parseType(again)) !== again) throw new Error(`${again} does not stay the same`);
      parseColumns([{ name: "c", type: text }]);
    }),
};

export const group: FuzzGroup = {
  targets: [sessions, errors, xml, journals, configs, oldConfigs, partitions, types],
  files: [
    "packages/session/src/document-reader.ts",
    "packages/session/src/table-schema.ts",
    "packages/session/src/upload/session-document.ts",
    "packages/session/src/download/download-document.ts",
    "packages/session/src/partition-spec.ts",
    "packages/service/src/xml/parse-xml.ts",
    "packages/writer/src/job/journal-text.ts",
    "packages/writer/src/job/parse-fact.ts",
    "packages/writer/src/job/block-id-runs.ts",
    "packages/codec/src/schema/parse-type.ts",
    "packages/codec/src/schema/format-type.ts",
    "packages/cli/src/settings/config-file.ts",
  ],
};
