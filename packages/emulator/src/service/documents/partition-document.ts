import { epochSeconds } from "./http-date.ts";
import { cdataJson, element, escapeAttribute, xmlDeclaration } from "./xml-text.ts";

/** What partition documents say about a partition. */
export interface PartitionDocumentInput {
  /** Every level in the table's order. */
  readonly values: readonly { readonly key: string; readonly value: string }[];
  readonly createdAt: Date;
  readonly lastDdlAt: Date;
  readonly lastModifiedAt: Date;
  readonly sizeBytes: number;
  readonly recordCount: number;
  /** Files the data lies in; shown in the extended document only. */
  readonly fileCount: number;
}

/** Answer to `GET /projects/P/tables/T?partition=pt='v'`. */
export function renderPartition(partition: PartitionDocumentInput): string {
  return partitionXml(schemaJson(partition));
}

/** Answer to the same with `?extended`: storage facts as well. */
export function renderExtendedPartition(partition: PartitionDocumentInput): string {
  return partitionXml({
    ...schemaJson(partition),
    IsArchived: false,
    IsExstore: false,
    LifeCycle: -1,
    PhysicalSize: partition.sizeBytes,
    FileNum: partition.fileCount,
    Reserved: "{}",
  });
}

/** One page of a partition listing. */
export interface PartitionPageInput {
  readonly partitions: readonly PartitionDocumentInput[];
  /** Where the next page starts; empty on the last page. */
  readonly marker: string;
  readonly maxItems: number;
}

/** Answer to `GET /projects/P/tables/T?partitions&expectmarker=true`; dates are epoch seconds in this one. */
export function renderPartitionPage(page: PartitionPageInput): string {
  const partitions = page.partitions.map(
    (partition) =>
      `<Partition>${partition.values.map(columnXml).join("")}` +
      element("CreationTime", String(epochSeconds(partition.createdAt))) +
      element("LastDDLTime", String(epochSeconds(partition.lastDdlAt))) +
      element("LastModifiedTime", String(epochSeconds(partition.lastModifiedAt))) +
      element("PartitionSize", String(partition.sizeBytes)) +
      `${element("PartitionRecordCount", String(partition.recordCount))}</Partition>`,
  );
  return (
    `${xmlDeclaration}<Partitions>${element("Marker", page.marker)}${element("MaxItems", String(page.maxItems))}` +
    `${partitions.join("")}</Partitions>`
  );
}

/** Answer to `GET /projects/P/tables/T?partitions&name`: names only, levels joined by `/`. */
export function renderPartitionNames(partitions: readonly Pick<PartitionDocumentInput, "values">[]): string {
  const names = partitions.map(({ values }) => {
    const name = values.map(({ key, value }) => `${key}=${value}`).join("/");
    return `<Partition>${element("Name", name)}</Partition>`;
  });
  return `${xmlDeclaration}<Partitions>${names.join("")}</Partitions>`;
}

function columnXml({ key, value }: { readonly key: string; readonly value: string }): string {
  return `<Column Name="${escapeAttribute(key)}" Value="${escapeAttribute(value)}"/>`;
}

function partitionXml(schema: object): string {
  return `${xmlDeclaration}<Partition><Schema>${cdataJson(schema)}</Schema></Partition>`;
}

function schemaJson(partition: PartitionDocumentInput): Record<string, unknown> {
  return {
    createTime: epochSeconds(partition.createdAt),
    lastDDLTime: epochSeconds(partition.lastDdlAt),
    lastModifiedTime: epochSeconds(partition.lastModifiedAt),
    partitionRecordNum: partition.recordCount,
    partitionSize: partition.sizeBytes,
  };
}
