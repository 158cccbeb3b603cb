import type {
  Block,
  DownloadRecord,
  InstanceRecord,
  Partition,
  Segment,
  TableColumn,
  TableName,
  UploadRecord,
} from "./state.ts";

/**
 * One thing that happened, as the journal keeps it.
 *
 * Applying the same changes in the same order always gives the same state, also where one is refused: whether two
 * commits race or a block arrives after its session closed is decided by the journal's order alone.
 */
export type Change = CatalogChange | SessionChange | RestoreChange;

/** A change of what exists: projects, schemas, tables, partitions. */
export type CatalogChange =
  | {
      readonly kind: "create-project";
      readonly at: number;
      readonly project: string;
      readonly owner: string;
      readonly comment: string;
    }
  | {
      readonly kind: "create-schema";
      readonly at: number;
      readonly project: string;
      readonly schema: string;
      readonly comment: string;
    }
  | {
      readonly kind: "drop-schema";
      readonly project: string;
      readonly schema: string;
      readonly cascade: boolean;
    }
  | { readonly kind: "create-table"; readonly at: number; readonly table: NewTable }
  | { readonly kind: "drop-table"; readonly tableId: string }
  | { readonly kind: "rename-table"; readonly at: number; readonly tableId: string; readonly name: string }
  | {
      readonly kind: "truncate-table";
      readonly at: number;
      readonly tableId: string;
      /** Values of the partitions to empty; without it all of them. */
      readonly partitions?: readonly (readonly string[])[];
    }
  | {
      readonly kind: "add-columns";
      readonly at: number;
      readonly tableId: string;
      readonly columns: readonly TableColumn[];
    }
  | {
      readonly kind: "set-table";
      readonly at: number;
      readonly tableId: string;
      readonly comment?: string;
      readonly lifecycleDays?: number;
      readonly properties?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: "add-partitions";
      readonly at: number;
      readonly tableId: string;
      readonly partitions: readonly (readonly string[])[];
      readonly ifNotExists: boolean;
    }
  | {
      readonly kind: "drop-partitions";
      readonly at: number;
      readonly tableId: string;
      readonly partitions: readonly (readonly string[])[];
      readonly ifExists: boolean;
    };

/** A change of sessions and of the data they carry. */
export type SessionChange =
  | {
      readonly kind: "create-upload";
      readonly at: number;
      readonly id: string;
      readonly tableId: string;
      readonly partition: readonly string[];
      readonly overwrite: boolean;
    }
  | { readonly kind: "store-block"; readonly uploadId: string; readonly block: Block }
  | { readonly kind: "commit-upload"; readonly at: number; readonly uploadId: string }
  | {
      readonly kind: "create-download";
      readonly at: number;
      readonly id: string;
      readonly tableId: string;
      readonly partition: readonly string[];
    }
  | { readonly kind: "record-instance"; readonly instance: InstanceRecord }
  /** Expires what is over its lifetime and forgets what expired long ago. */
  | { readonly kind: "sweep"; readonly at: number };

/** A piece of a compacted journal: state as it was, not something that happened. */
export type RestoreChange =
  | {
      readonly kind: "restore-table";
      readonly table: NewTable;
      readonly schemaVersion: number;
      readonly createdAt: number;
      readonly lastDdlAt: number;
      readonly lastModifiedAt: number;
    }
  | {
      readonly kind: "restore-partition";
      readonly tableId: string;
      readonly partition: Omit<Partition, "segments">;
    }
  | {
      readonly kind: "restore-segments";
      readonly tableId: string;
      readonly partition: readonly string[];
      readonly segments: readonly Segment[];
    }
  | { readonly kind: "restore-upload"; readonly upload: Omit<UploadRecord, "blocks"> }
  | { readonly kind: "restore-blocks"; readonly uploadId: string; readonly blocks: readonly Block[] }
  | { readonly kind: "restore-download"; readonly download: DownloadRecord };

/** What `CREATE TABLE` settles. */
export interface NewTable extends TableName {
  readonly id: string;
  readonly owner: string;
  readonly comment: string;
  readonly columns: readonly TableColumn[];
  readonly partitionKeys: readonly TableColumn[];
  readonly lifecycleDays?: number;
  readonly primaryKey: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
}
