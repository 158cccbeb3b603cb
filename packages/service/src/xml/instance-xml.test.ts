import { expect, it } from "vitest";
import { writeInstanceXml } from "./instance-xml.ts";

it("writes one job with one SQL task, its text escaped", () => {
  expect(
    writeInstanceXml({
      query: "select 'a<b' && c\r\nfrom t -- ]]>\n;",
      taskName: "AnonymousSQLTask",
      priority: 9,
      settings: { "odps.sql.allow.fullscan": "true", note: '<&">' },
      uuid: "0a1b",
    }),
  ).toBe(
    '<?xml version="1.0" encoding="utf-8"?>\n' +
      "<Instance><Job><Priority>9</Priority><Tasks><SQL><Name>AnonymousSQLTask</Name><Config>" +
      "<Property><Name>type</Name><Value>sql</Value></Property>" +
      "<Property><Name>uuid</Name><Value>0a1b</Value></Property>" +
      '<Property><Name>settings</Name><Value>{"odps.sql.allow.fullscan":"true","note":"&lt;&amp;\\"&gt;"}</Value></Property>' +
      "</Config><Query>select 'a&lt;b' &amp;&amp; c&#13;\nfrom t -- ]]&gt;\n;</Query></SQL></Tasks>" +
      "<DAG><RunMode>Sequence</RunMode></DAG></Job></Instance>",
  );
});
