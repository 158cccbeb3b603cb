import type {
  Block,
  DownloadRecord,
  InstanceRecord,
  Partition,
  ResultRows,
  Segment,
  StreamRecord,
  TableColumn,
  TableName,
  UploadRecord,
  UpsertPack,
  UpsertRecord,
} from "./state.ts";

/**
 * One thing that happened, as the journal keeps it.
 *
 * Applying the same changes in the same order always gives the same state, also where one is refused: whether two
 * commits race or a block arrives after its session closed is decided by the journal's order alone.
 */
export type Change =
  | CatalogChange
  | SessionChange
  | StreamChange
  | UpsertChange
  | QueryChange
  | RestoreChange;

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
  | {
      readonly kind: "create-table";
      readonly at: number;
      readonly table: NewTable;
      /** Rows that a table without partitions begins with. @default none */
      readonly segments?: readonly Segment[];
    }
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
  | {
      readonly kind: "commit-upload";
      readonly at: number;
      readonly uploadId: string;
      /** Load the blocks once more where the session is closed already. @default refuse it */
      readonly again?: boolean;
    }
  /** Ends an open session in a status that it does not come back from; its blocks go. */
  | {
      readonly kind: "end-upload";
      readonly at: number;
      readonly uploadId: string;
      readonly status: "expired" | "critical" | "canceled";
    }
  | {
      readonly kind: "create-download";
      readonly at: number;
      readonly id: string;
      readonly tableId: string;
      readonly partition: readonly string[];
    }
  /** Expires what is over its lifetime and forgets what expired long ago. */
  | { readonly kind: "sweep"; readonly at: number };

/** A change of a stream upload session and of the rows that come with it. */
export type StreamChange =
  | { readonly kind: "create-stream"; readonly stream: StreamRecord }
  | {
      readonly kind: "append-rows";
      readonly at: number;
      readonly streamId: string;
      readonly segment: Segment;
      /** Refuse the rows when the table has another schema version than this. @default any will do */
      readonly latestSchema?: number;
    }
  | { readonly kind: "abort-stream"; readonly streamId: string };

/** A change of an upsert session and of the rows it merges. */
export type UpsertChange =
  | { readonly kind: "create-upsert"; readonly upsert: Omit<UpsertRecord, "packs"> }
  | {
      readonly kind: "store-upserts";
      readonly at: number;
      readonly upsertId: string;
      readonly pack: UpsertPack;
    }
  | {
      readonly kind: "commit-upsert";
      readonly at: number;
      readonly upsertId: string;
      /** What was merged: this many packs of the session into this version of the partition. */
      readonly packCount: number;
      readonly baseVersion: number;
      /** All rows of the partition afterwards. */
      readonly segments: readonly Segment[];
    }
  | { readonly kind: "abort-upsert"; readonly at: number; readonly upsertId: string };

/** A change that a SQL job makes: rows it wrote, and itself with the rows it gave. */
export type QueryChange =
  | {
      readonly kind: "write-rows";
      readonly at: number;
      readonly tableId: string;
      /** Whether the rows take the place of what the partitions hold, or come behind it. */
      readonly overwrite: boolean;
      /** Those that do not exist are created. */
      readonly partitions: readonly {
        readonly values: readonly string[];
        readonly segments: readonly Segment[];
      }[];
    }
  /** Records a job when it begins, and again when it has ended. */
  | { readonly kind: "record-instance"; readonly instance: InstanceRecord }
  | {
      readonly kind: "create-result-download";
      readonly at: number;
      readonly id: string;
      readonly instanceId: string;
      readonly rows: ResultRows;
      /** Rows that the session offers at most. */
      readonly maxRows: number;
    };

/** A piece of a compacted journal: state as it was, not something that happened. */
export type RestoreChange =
  | {
      readonly kind: "restore-table";
      readonly table: NewTable;
      readonly schemaVersion: number;
      readonly columnCounts: readonly number[];
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
  | { readonly kind: "restore-download"; readonly download: DownloadRecord }
  | { readonly kind: "restore-upsert"; readonly upsert: Omit<UpsertRecord, "packs"> }
  | {
      readonly kind: "restore-upsert-packs";
      readonly upsertId: string;
      readonly packs: readonly UpsertPack[];
    };

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
