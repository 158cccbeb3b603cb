import { DocumentError } from "./document-error.ts";
import { childText, readXml } from "./xml-reader.ts";

/** A table that is asked about together with others; names left out are "". */
export interface TableQuery {
  readonly project: string;
  readonly schema: string;
  readonly name: string;
}

/** protocol: MaxCompute, service endpoint: clients ask for a hundred tables at once at most. */
const maxTables = 100;

/**
 * Reads the body of `POST /projects/P/tables?query`, with which the Java and Go clients load several tables.
 *
 * @throws DocumentError when it is not well-formed XML, or no list of at most 100 tables
 */
export function parseTableQuery(xml: string): readonly TableQuery[] {
  const root = readXml(xml);
  const tables = root.children.filter(({ name }) => name === "Table");
  if (root.name !== "Tables" || tables.length > maxTables) {
    throw new DocumentError(`Expected <Tables> with at most ${maxTables} of <Table>, got <${root.name}>`, {
      code: "unexpected-document",
    });
  }
  return tables.map((table) => ({
    project: childText(table, "Project"),
    schema: childText(table, "Schema"),
    name: childText(table, "Name"),
  }));
}
